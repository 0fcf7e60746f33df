"""An enterprise's own pages: what it may do about its records, and its cases.

Not here: the rules of cases (``publish.cases``), the public pages (``publish.site.pages``).
"""
