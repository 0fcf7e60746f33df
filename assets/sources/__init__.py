"""From agencies to records: declarations, transports, parsing, the quality split.

Not here: credit files (``assets.files``) and the place of bytes (``assets.stores``).
"""
