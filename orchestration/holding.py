"""One writer at a time: the lock of a home, whoever runs, the command or Dagster."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "run.lock"


class AlreadyRunningError(RuntimeError):
    """Another run writes to this home; wait for it or stop it."""


@contextmanager
def sole_writer(home: Path) -> Iterator[None]:
    """Hold the home's lock; the system lets go of it when a process dies.

    Raises:
        AlreadyRunningError: somebody else holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(
                f"another run is writing to {home}; wait for it or stop it"
            ) from error
        yield
