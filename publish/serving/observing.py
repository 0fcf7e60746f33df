"""The door of Prometheus: ``/metrics`` on an address of its own, never on the site's.

Not here: what is counted (``meters``) and read (``figures``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from publish.serving.figures import Figures
from publish.serving.meters import share
from quality.clock import Clock


@dataclass(frozen=True)
class Place:
    """Where figures are told; keep it off the public network."""

    host: str
    port: int


@dataclass(frozen=True)
class Tls:
    """What a process proves itself with where it speaks TLS itself.

    Attributes:
        certificate: PEM, with what leads to its authority.
        key: PEM, without a password.
    """

    certificate: Path
    key: Path


@contextmanager
def observed(
    place: Place | None, releases: Path, clock: Clock, tls: Tls | None = None
) -> Iterator[Callable[[], None]]:
    """What to call once all serving processes are started; it opens the door.

    Args:
        place: where; ``None`` counts nothing for anybody.
        releases: folder of the releases.
        clock: the one clock.
        tls: plain HTTP without.
    """
    if place is None:
        yield lambda: None
        return
    with tempfile.TemporaryDirectory(prefix="creditpark-metrics-") as folder:
        share(Path(folder))
        told = CollectorRegistry()
        collect: Any = MultiProcessCollector  # untyped in the library
        collect(told, path=folder)
        told.register(Figures(releases, clock))
        doors = []

        def open_door() -> None:
            door, _ = start_http_server(
                *(place.port, place.host, told),
                certfile=str(tls.certificate) if tls else None,
                keyfile=str(tls.key) if tls else None,
            )
            doors.append(door)

        try:
            yield open_door
        finally:
            for door in doors:
                door.shutdown()
                door.server_close()
