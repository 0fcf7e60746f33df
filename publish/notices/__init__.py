"""Letters to enterprises: made once, sent once, by whatever channel they chose.

Not here: what is due (``assets/cases``), tables (``publish.registry``).
"""
