"""Counting requests: how many, to which route, with what kind of key, how long.

One metering for all serving processes: each writes its own counts into a shared folder,
whoever scrapes any time gets their sum. Labels have few values: routes are templates,
never addresses, and keys are classes, never holders. Not here: where the figures are read
(``observing``).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, values

from publish.serving.asgi import Scope

SEEN = "seen"
NO_KEY, REFUSED, OTHER = "none", "refused", "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SHARED = "PROMETHEUS_MULTIPROC_DIR"


@dataclass
class Seen:
    """What a request turned out to be; whoever knows it writes it here.

    Attributes:
        route: the template of its route; empty for a page.
        key: ``none``, ``refused``, or the scopes of the key.
    """

    route: str = ""
    key: str = NO_KEY


def seen(scope: Scope) -> Seen:
    """Where to note what a request is; of no effect outside the envelope."""
    noted = scope.get(SEEN)
    return noted if isinstance(noted, Seen) else Seen()


class Meters:
    """The counters of one application.

    Args:
        sections: the first steps of the addresses of pages, to tell them apart by.
    """

    def __init__(self, sections: frozenset[str]) -> None:
        self._sections = sections
        self._known: dict[tuple[str, str, str, int], tuple[Counter, Histogram]] = {}
        into = CollectorRegistry()  # nobody reads it: see ``observing``
        self._requests = Counter(
            "creditpark_requests",
            "Requests answered.",
            ("method", "route", "key", "status"),
            registry=into,
        )
        self._seconds = Histogram(
            "creditpark_request_seconds",
            "Seconds until a request was answered.",
            ("route",),
            registry=into,
            buckets=SECONDS,
        )

    def count(self, method: str, scope: Scope, status: int, seconds: float) -> None:
        """Count one answered request.

        Args:
            method: as it was asked; ``scope`` may have another.
            scope: with what is ``seen`` of the request.
            status: of the answer.
            seconds: until it was answered.
        """
        noted = seen(scope)
        route = noted.route or self._section(str(scope["path"]))
        method = method if method in METHODS else OTHER
        requests, times = self._counters(method, route, noted.key, status)
        requests.inc()
        times.observe(seconds)

    def _counters(
        self, method: str, route: str, key: str, status: int
    ) -> tuple[Counter, Histogram]:
        """Of requests like this one; the library looks its labels up under a lock."""
        labels = (method, route, key, status)
        found = self._known.get(labels)
        if found is None:
            requests = self._requests.labels(method, route, key, str(status))
            found = self._known[labels] = (requests, self._seconds.labels(route))
        return found

    def _section(self, path: str) -> str:
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        return f"/{first}" if first in self._sections else OTHER


def sections_of(patterns: list[str]) -> frozenset[str]:
    """The first steps of routes written as patterns, such as ``^/e/(?P<uscc>…)$``."""
    firsts = (re.match(r"\^/([a-z0-9-]*)", pattern) for pattern in patterns)
    return frozenset(found[1] for found in firsts if found)


def share(folder: Path) -> None:
    """Let this process and those forked from it count in one folder.

    Call it before the first ``Meters``; the library knows no other way to be told.
    """
    os.environ[SHARED] = str(folder)
    shared: Any = values.MultiProcessValue  # untyped in the library
    values.ValueClass = shared()
