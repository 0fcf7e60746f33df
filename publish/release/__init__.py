"""Building, checking, switching and verifying releases of published data.

``build`` makes a release, ``store`` finds, verifies and switches releases, ``bigrams``
cuts names for search. The serving process imports only ``store`` and ``bigrams``, which
stay free of DuckDB. Not here: what may be published (contracts), how pages show it.
"""
