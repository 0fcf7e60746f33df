"""The office's tables of periods and papers, and how they are read.

A row holds from ``valid_from`` to ``valid_to``, both inside; ``certainty`` says how sure
we are of it, as in ``docs/concepts.md``. Not here: counting days
(``quality.working_days``).
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from publish.cases.machines import Kind
from quality.working_days import add_working_days

PACKAGE = "publish.cases.policy"


@dataclass(frozen=True)
class Period:
    """How long a case may stay in a state."""

    kind: str
    state: str
    days: int
    unit: str
    valid_from: date
    valid_to: date | None
    zh: str
    source: str

    def end(self, start: date) -> date:
        """The last day of the period that starts on ``start``.

        Raises:
            CalendarEndsError: working days of its end are not announced yet.
        """
        if self.unit == "workday":
            return add_working_days(start, self.days)
        return start + timedelta(days=self.days)


@dataclass(frozen=True)
class Material:
    """A paper that belongs to an application."""

    kind: str
    dataset: str
    code: str
    required: bool
    zh: str
    en: str
    source: str


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of the office."""
    text = (files(PACKAGE) / f"{name}.csv").read_text("utf-8")
    return [*csv.DictReader(text.splitlines())]


@cache
def office() -> dict[str, Any]:
    """The unit that keeps the cases, and its own small figures."""
    return tomllib.loads((files(PACKAGE) / "office.toml").read_text("utf-8"))


@cache
def periods() -> tuple[Period, ...]:
    """Every period there is or was."""
    return tuple(
        Period(
            kind=r["kind"],
            state=r["state"],
            days=int(r["days"]),
            unit=r["unit"],
            valid_from=date.fromisoformat(r["valid_from"]),
            valid_to=date.fromisoformat(r["valid_to"]) if r["valid_to"] else None,
            zh=r["zh"],
            source=r["source"],
        )
        for r in rows("deadlines")
    )


def period(kind: Kind, state: str, on: date) -> Period | None:
    """The period of a state that was in force on a day, if the state has one."""
    fitting = (
        p
        for p in periods()
        if (p.kind, p.state) == (kind, state)
        and p.valid_from <= on
        and (p.valid_to is None or on <= p.valid_to)
    )
    return next(fitting, None)


@cache
def materials(kind: Kind, dataset: str | None = None) -> tuple[Material, ...]:
    """What belongs to an application about a record of a dataset."""
    found = (
        Material(
            kind=r["kind"],
            dataset=r["dataset"],
            code=r["material"],
            required=r["required"] == "true",
            zh=r["zh"],
            en=r["en"],
            source=r["source"],
        )
        for r in rows("materials")
    )
    return tuple(m for m in found if m.kind == kind and m.dataset in {"", dataset})
