"""Wire shapes: an enterprise, and rows as their contracts declare them.

Not here: which rows (``facts``), the same shapes as a schema (``schemas``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from publish.serving.release import PUBLISHED
from quality.contracts import tables_of
from quality.contracts.model import Item, Kind, Tier, facts_of, public_columns

Wire = dict[str, Any]

# The enterprise is named once, above its records.
_SUBJECT = frozenset({"uscc", "enterprise_name"})
BANKS = frozenset({Tier.PUBLIC, Tier.AUTHORISED})
AUTHORISED_TABLES = {
    t.name.removeprefix("authorised_"): t
    for t in tables_of("publication")
    if t.name.startswith("authorised_")
}
_GRADE = ("published_grade", "graded_on")

# Every published table that speaks of one enterprise is a section of its answer.
SECTIONS = tuple(
    name for name, t in PUBLISHED.items() if name != "enterprises" and "uscc" in t.c
)


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


def _members(part: Grade | Section) -> Wire:
    """Its fields as they are; ``asdict`` would copy every row."""
    return {f.name: getattr(part, f.name) for f in fields(part)}


@cache
def register_columns() -> list[Item]:
    """The register entry's columns, grade and code apart."""
    columns = public_columns(PUBLISHED["enterprises"])
    return [c for c in columns if c.name not in {"uscc", *_GRADE}]


@cache
def record_columns(section: str) -> list[Item]:
    """The columns of a section's rows, without the enterprise's own."""
    return [c for c in public_columns(PUBLISHED[section]) if c.name not in _SUBJECT]


@cache
def authorised_columns(table: str) -> list[Item]:
    """The columns of a table of the authorised file that banks may see."""
    return [c for c in AUTHORISED_TABLES[table].columns if facts_of(c).tier in BANKS]


def row_of(columns: Iterable[Item], values: Iterable[Any]) -> Wire:
    """One row as its contract types it: flags are booleans, dates ISO, money fen."""
    return {
        c.name: bool(v) if v is not None and facts_of(c).kind is Kind.FLAG else v
        for c, v in zip(columns, values, strict=True)
    }
