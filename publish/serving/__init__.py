"""Serving: the application, its mounted release and the doors around both.

Here: mounting and switching releases without losing a request, the publicity guard of
every connection, the ASGI layers (headers, cache, compression, probes). Not here: pages
(``publish.site``), bank routes (``publish.api``), building a release
(``publish.release``).
"""
