"""Datasette as we run it: one instance that always serves the newest release.

Not here: which hooks we implement (``plugin``) and what surrounds it (``app``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import itsdangerous
from datasette.app import Datasette

from publish.serving.editions import Editions
from publish.serving.mount import Mount
from publish.serving.release import PUBLIC
from quality.clock import Clock

# What signs the tokens of forms: SHA-1 unless the whole process is told otherwise.
itsdangerous.Signer.default_digest_method = staticmethod(hashlib.sha256)
# Datasette's own settings; every other one keeps its default.
SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "allow_csv_stream": False,  # it truncates in silence when a page is interrupted
    "suggest_facets": False,
    "facet_time_limit_ms": 200,
    "sql_time_limit_ms": 1000,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "default_cache_ttl": 0,  # expired records must not live on in other caches
    "num_sql_threads": 3,
}


class ServedDatasette(Datasette):  # type: ignore[misc]  # Datasette ships no types
    """Datasette with a mount that follows releases.

    Attributes:
        home: ``CREDITPARK_HOME``.
        mount: the releases.
        editions: the releases' files as they may be handed out today.
        clock: the clock of the process.
        public_sql: whether visitors may write SQL against the public tables.
        registry: the registry's engine, set by the application.
        marks: records under objection now, set by the application.
        limiter: how often an address may try a key or ask for a paper, set by the
            application.
    """

    registry: Any
    marks: Any
    limiter: Any

    def __init__(
        self,
        home: Path,
        clock: Clock,
        *,
        grace: float,
        public_sql: bool = False,
        **options: Any,
    ) -> None:
        self.home, self.public_sql = home, public_sql
        self.clock = clock
        self.editions = Editions(home, clock)
        self.mount = Mount(self, home, clock, grace=grace)
        super().__init__(settings=SETTINGS, **options)
        self.remove_database("_memory")

    @property
    def databases(self) -> dict[str, Any]:
        """What Datasette's pages see: ``public`` is the release of this request.

        No page can mix two releases, and none can reach the authorised file.
        """
        release = self.mount.seen()
        if release is None:
            return self._registered
        return {**self._registered, PUBLIC: release.public}

    @databases.setter
    def databases(self, registered: dict[str, Any]) -> None:
        self._registered = {k: v for k, v in registered.items() if k != PUBLIC}

    async def refresh_schemas(self) -> None:
        """Nothing: the ``_internal`` catalogue is closed and would cost queries."""

    def _table_permission_allows(self, database: str, table: str) -> list[Any]:  # noqa: ARG002
        """Nothing: our metadata holds no ``allow`` blocks (``plugin`` decides).

        Datasette copies all metadata for it, several times a request.
        """
        return []
