"""What may be shown: one SELECT per published table, named like its contract.

Not here: gates, files and pointers (``publish.release``).
"""
