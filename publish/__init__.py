"""What is shown: releases, the public site, the bank API, keys and the registry.

The serving process lives here and stays light: no Dagster, GX, pandas or DuckDB outside
``publish.release``'s builder. Not here: what is computed (``assets``).
"""
