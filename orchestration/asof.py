"""Grades as of any date: of a day (valid on), as known on a day (known at).

A replay runs the statements of the cases, files and credit stations over the records that
had arrived and the cases that had been opened or decided by then. Not here: SQL (the
stations), the lake (``orchestration.lake``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assets import reference, sql
from assets.cases.definitions import EFFECTS
from assets.credit import governance
from assets.credit.definitions import computing_statements, standing_statements
from assets.files.definitions import REFERENCE_TABLES, TABLES
from assets.setup import Setup
from assets.station import Statement, make
from assets.stores import dictionaries
from orchestration.lake.lake import LocalLake
from orchestration.lake.replay import ReplayLake
from quality.clock import Clock

RUN = "replay"
Row = dict[str, Any]


class NothingKnownError(LookupError):
    """No registration had arrived by the day asked for."""


def archive(lake: LocalLake, setup: Setup, on: date, known_at: date) -> ReplayLake:
    """The credit files on ``on``, as known at ``known_at``.

    Raises:
        NothingKnownError: nothing had arrived by then.
    """
    replay = ReplayLake(lake, known_at)
    then = replace(setup, clock=Clock(on))
    known = replace(setup, clock=Clock(known_at))
    for statement in EFFECTS:
        make(replay, statement, known, RUN)
    for statement in (*_reference(on), *TABLES):
        make(replay, statement, then, RUN)
    if not replay.engine.count("enterprises"):
        raise NothingKnownError(
            f"nothing had arrived by {known_at}; ask for a later --known day"
        )
    return replay


def _reference(on: date) -> Sequence[Statement]:
    known = [s for s in REFERENCE_TABLES if s.table != "evaluations"]
    dates = reference.rows_query({"evaluated_on": "DATE"}, [(on,)])
    return [*known, Statement("evaluations", lambda _: dates, ())]


def compute(replay: ReplayLake, setup: Setup) -> ReplayLake:
    """What the rules of the setup's policy give for an archive."""
    for statement in computing_statements():
        make(replay, statement, setup, RUN)
    return replay


def grade(replay: ReplayLake, setup: Setup) -> ReplayLake:
    """The credit tables of an archive under the setup's policy: computed and in force.

    What earlier runs computed is the ledger's, up to the day before the one known at.
    """
    compute(replay, setup)
    ledger = governance.LEDGER
    known = f"SELECT * FROM kept WHERE known_on < DATE '{replay.known_at}'"
    empty = sql.to_sql(governance.empty_ledger())
    replay.bring(ledger, known if replay.lake.has(ledger) else empty)
    then = replace(setup, clock=Clock(replay.known_at))
    for statement in standing_statements():
        make(replay, statement, then, RUN)
    return replay


def rows(replay: ReplayLake, query: str, values: Sequence[object] = ()) -> list[Row]:
    """A query's rows as dictionaries."""
    return dictionaries(replay.engine.connection.execute(query, [*values]))
