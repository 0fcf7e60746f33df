"""Cases as a source: what they mean for records, and what enterprises are told.

Not here: the cases (``publish.cases``), the letters (``publish.notices``).
"""
