"""The public site: pages, templates, design and languages of the published release.

A Datasette plugin (``plugin``) with its own routes (``routes``). Everything shown comes
from the public file of the mounted release through ``facts``, which guards publicity
periods. Not here: mounting and switching releases (``publish.serving``), the bank
interface (``publish.api``), building a release (``publish.release``).
"""
