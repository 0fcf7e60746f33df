"""One run at a time: the lock of a home, whoever runs, the command or Dagster.

A run holds the home in the process that coordinates it. Its steps may be processes of
their own, here or on other machines that see the home: they take part by the run's id,
and as long as one of them lives, no other run begins. The system lets go of every lock
when its process dies. Not here: which executor starts the steps (``executors``).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO

LOCK, STEPS = "run.lock", "steps.lock"
_HELD: set[Path] = set()


class AlreadyRunningError(RuntimeError):
    """Another run writes to this home; wait for it or stop it."""


@contextmanager
def sole_writer(home: Path) -> Iterator[None]:
    """Hold the home's lock.

    Raises:
        AlreadyRunningError: somebody else holds it, or a step of a killed run lives on.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a") as file:
        if not _taken(file):
            raise AlreadyRunningError(
                f"another run is writing to {home}; wait for it or stop it"
            )
        file.truncate(0)  # before the next question: no step may begin any more
        with (home / STEPS).open("a") as steps:
            if not _taken(steps):
                raise AlreadyRunningError(
                    f"a step of a killed run is still writing to {home}; wait for it or "
                    "stop it"
                )
        _HELD.add(home)
        try:
            yield
        finally:
            _HELD.discard(home)


@contextmanager
def coordinating(home: Path, run_id: str) -> Iterator[None]:
    """Hold the home for a run, and let its steps take part.

    Raises:
        AlreadyRunningError: somebody else holds it.
    """
    # The command holds the home already, for longer than its run.
    held: AbstractContextManager[None] = (
        nullcontext() if home in _HELD else sole_writer(home)
    )
    with held:
        (home / LOCK).write_text(run_id)
        try:
            yield
        finally:
            (home / LOCK).write_text("")


@contextmanager
def taking_part(home: Path, run_id: str) -> Iterator[None]:
    """Be a step of the run that holds the home.

    Raises:
        AlreadyRunningError: it is not, or no longer, this run.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / STEPS).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # a new run asks for a moment only
        if not (home / LOCK).is_file() or (home / LOCK).read_text() != run_id:
            raise AlreadyRunningError(f"run {run_id} does not hold {home} any more")
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
