"""From the platform's own errors to one line for an operator, and to an exit code."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    import dagster as dg

P = ParamSpec("P")
T = TypeVar("T")
SILENT = "the database does not answer; see that it runs, then repeat the command"
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
            raise click.ClickException(f"{SILENT}: {error.orig}") from error
        except (ReleaseError, LookupError, ValueError) as error:
            raise click.ClickException(str(error)) from error

    return run


def reason(event: dg.DagsterEvent) -> str:
    """Why a step failed, in the words of our own error."""
    data = event.step_failure_data
    error = data.error if data else None
    # Below Dagster's own wrapping lies our typed error; what caused that is for the log.
    while error and error.cause and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    return error.message.strip() if error else "failed"
