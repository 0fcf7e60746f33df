"""Wire shapes: the envelope of every answer, and rows as their contracts declare them.

Not here: which rows (``facts``), the same shapes as a schema (``openapi``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from publish.serving.release import PUBLISHED
from quality.contracts.model import Item, Kind, facts_of, public_columns

Wire = dict[str, Any]

# The enterprise is named once, above its records.
_SUBJECT = frozenset({"uscc", "enterprise_name"})
_GRADE = ("published_grade", "graded_on")

# Every published table that speaks of one enterprise is a section of its answer.
SECTIONS = tuple(
    name for name, t in PUBLISHED.items() if name != "enterprises" and "uscc" in t.c
)


@dataclass(frozen=True)
class Envelope:
    """What every answer carries around its data.

    Attributes:
        release: id of the release that was read.
        policy: id of the policy that graded it.
        evaluated_on: ISO date of its evaluation.
        as_of: ISO date on which publicity periods were judged.
        data: the answer proper.
    """

    release: str
    policy: str | None
    evaluated_on: str | None
    as_of: str
    data: Wire

    def document(self) -> Wire:
        """As JSON members."""
        return _members(self)


@dataclass(frozen=True)
class Section:
    """Records of one kind.

    Attributes:
        count: how many there are.
        truncated: whether ``rows`` holds fewer.
        rows: newest first.
    """

    count: int
    truncated: bool
    rows: list[Wire]


@dataclass(frozen=True)
class Grade:
    """A park grade that the policy lets the public see."""

    letter: str
    graded_on: str | None


@dataclass(frozen=True)
class Enterprise:
    """The public facts of one enterprise.

    Attributes:
        register: its register entry with source and date of collection.
        published_grade: ``None`` where no grade may be shown; that says nothing bad.
        sections: records by kind; a kind without records is there and empty.
    """

    uscc: str
    register: Wire
    published_grade: Grade | None
    sections: Mapping[str, Section]

    def document(self) -> Wire:
        """As JSON members, one per section."""
        grade = self.published_grade
        return {
            "uscc": self.uscc,
            "register": self.register,
            "published_grade": _members(grade) if grade else None,
            **{name: _members(part) for name, part in self.sections.items()},
        }


def _members(part: Envelope | Grade | Section) -> Wire:
    """Its fields as they are; ``asdict`` would copy every row."""
    return {f.name: getattr(part, f.name) for f in fields(part)}


def register_columns() -> list[Item]:
    """The register entry's columns, grade and code apart."""
    columns = public_columns(PUBLISHED["enterprises"])
    return [c for c in columns if c.name not in {"uscc", *_GRADE}]


def record_columns(section: str) -> list[Item]:
    """The columns of a section's rows, without the enterprise's own."""
    return [c for c in public_columns(PUBLISHED[section]) if c.name not in _SUBJECT]


def row_of(columns: Iterable[Item], values: Iterable[Any]) -> Wire:
    """One row as its contract types it: flags are booleans, dates ISO, money fen."""
    return {
        c.name: bool(v) if v is not None and facts_of(c).kind is Kind.FLAG else v
        for c, v in zip(columns, values, strict=True)
    }
