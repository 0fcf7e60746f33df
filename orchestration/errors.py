"""From the platform's own errors to one line for an operator, and to an exit code."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    import dagster as dg
    from sqlalchemy.exc import OperationalError

P = ParamSpec("P")
T = TypeVar("T")
# Full, over a quota, read-only, not allowed.
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
MEND_DISK = "make room or let us write there, then repeat; what is published serves on"
FULL = f"a database cannot be written; {MEND_DISK}"
SERVER_FULL = (
    "the disk of the database's server is full, and nothing was written; make room there, "
    "then repeat the command; what is published serves on"
)
SILENT = "the database does not answer; see that it runs, then repeat the command"
KILLED = "ChildProcessCrashException"  # Dagster's, and without words
FAILED, USAGE, INCOMPLETE, BUSY = 1, 2, 3, 4


def guarded(command: Callable[P, T]) -> Callable[P, T]:
    """A command whose typed errors are told in one line instead of a traceback.

    ``LookupError`` and ``ValueError`` are what every typed error of the house derives
    from, apart from ``ReleaseError``.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        from sqlalchemy.exc import OperationalError  # noqa: PLC0415

        from publish.release.errors import ReleaseError  # noqa: PLC0415

        try:
            return command(*args, **kwargs)
        except OperationalError as error:
            raise click.ClickException(f"{_said(error)}: {error.orig}") from error
        except (ReleaseError, LookupError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno not in DISK:
                raise
            raise click.ClickException(f"{error}: {MEND_DISK}") from error

    return run


def _said(error: OperationalError) -> str:
    """What a database could not do, and what to do about it."""
    from publish.registry.engine import full  # noqa: PLC0415

    if hasattr(error.orig, "sqlite_errorcode"):
        return FULL
    return SERVER_FULL if full(error) else SILENT


def reason(event: dg.DagsterEvent) -> str:
    """Why a step failed, in the words of our own error."""
    data = event.step_failure_data
    error = data.error if data else None
    # Below Dagster's own wrapping lies our typed error; what caused that is for the log.
    while error and error.cause and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    if error and error.cls_name == KILLED:
        return "the process of this step was killed: run again; what is whole is kept"
    return error.message.strip() if error else "failed"
