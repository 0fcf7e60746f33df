"""The two forms of arriving lines as SQL: the text of a field, unknown fields, the line.

Not here: where the relations come from (``lines``) and what a text means (``candidates``).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from assets.sources.declaration import QUARANTINE_ID
from assets.sources.lines import CELLS, LINES, cell

RAW, UNKNOWN, SENT = "raw", "unknown_fields", "sent"
NOTHING = exp.cast(exp.array(), "TEXT[]")


class Form(ABC):
    """What is read of a line, whatever its form."""

    @property
    @abstractmethod
    def source(self) -> exp.Expr:
        """The relation to read from."""

    @property
    @abstractmethod
    def line(self) -> list[exp.Column]:
        """The columns that are carried along, so that ``raw`` can be told."""

    @property
    @abstractmethod
    def raw(self) -> exp.Expr:
        """The line as JSON text."""

    @abstractmethod
    def text(self, field: str) -> exp.Expr:
        """What a field holds, as text."""

    @abstractmethod
    def strangers(self, known: Collection[str] | None) -> exp.Expr:
        """The fields that are not ``known``; ``None`` knows all."""

    def completed(
        self,
        query: exp.Select,
        known: Collection[str] | None,  # noqa: ARG002
    ) -> exp.Select:
        """The query with what ``strangers`` refers to."""
        return query


def form(fields: Iterable[str], names: Sequence[str] | None) -> Form:
    """The form of a group of lines: cells with ``names``, else JSON."""
    if names is None:
        return JsonLines(tuple(dict.fromkeys([*fields, QUARANTINE_ID])))
    return Cells(tuple(names))


@dataclass(frozen=True)
class JsonLines(Form):
    """Rows of ``arriving_lines``; each line's JSON is read once for all fields."""

    fields: tuple[str, ...]

    @property
    def source(self) -> exp.Expr:
        """Each line with what it sent."""
        shape = json.dumps(
            dict.fromkeys(sorted(self._apart), "VARCHAR"), ensure_ascii=False
        )
        sent = exp.func("json_transform", exp.column(RAW), exp.Literal.string(shape))
        return exp.select(RAW, sent.as_(SENT)).from_(LINES).subquery("lines")

    @property
    def _apart(self) -> set[str]:
        # A struct knows no upper and lower case: two such fields are looked up one by one.
        spelled = Counter(f.casefold() for f in self.fields)
        return {f for f in self.fields if spelled[f.casefold()] == 1}

    @property
    def line(self) -> list[exp.Column]:
        """The line itself."""
        return [exp.column(RAW)]

    @property
    def raw(self) -> exp.Expr:
        """The line itself, as text."""
        return exp.cast(exp.column(RAW), "TEXT")

    def text(self, field: str) -> exp.Expr:
        """The field's value; a number, list or object as JSON writes it."""
        if field in self._apart:
            return exp.func(
                "struct_extract", exp.column(SENT), exp.Literal.string(field)
            )
        path = exp.Literal.string(f'$."{field}"')
        return exp.func("json_extract_string", exp.column(RAW), path)

    def strangers(self, known: Collection[str] | None) -> exp.Expr:
        """Looked for line by line only where the group has any."""
        if known is None:
            return NOTHING.copy()
        names = exp.select("names").from_(UNKNOWN).subquery()
        keys = exp.func("json_keys", exp.column(RAW))
        found = exp.func("list_intersect", keys, names)
        none = names.copy().is_(exp.null())
        return exp.case().when(none, NOTHING.copy()).else_(found)

    def completed(self, query: exp.Select, known: Collection[str] | None) -> exp.Select:
        """The query with the unknown fields of its group."""
        if known is None:
            return query
        keys = exp.func("unnest", exp.func("json_keys", exp.column(RAW))).as_("k")
        met = exp.select(keys).distinct().from_(LINES).subquery("met")
        outside = exp.column("k").isin(*map(exp.Literal.string, sorted(known))).not_()
        listed = exp.func("list", exp.column("k")).as_("names")
        unknown = exp.select(listed).from_(met).where(outside)
        return query.with_(UNKNOWN, as_=unknown, materialized=True, copy=False)


@dataclass(frozen=True)
class Cells(Form):
    """Rows of ``arriving_cells``: every row has every field.

    Attributes:
        names: the fields in order, none twice.
    """

    names: tuple[str, ...]

    @property
    def source(self) -> exp.Expr:
        """The cells."""
        return exp.to_table(CELLS)

    @property
    def line(self) -> list[exp.Column]:
        """All cells."""
        return [exp.column(cell(n)) for n in range(len(self.names))]

    @property
    def raw(self) -> exp.Expr:
        """The line as ``json.dumps`` writes a row of ``filedrop``."""
        parts: list[exp.Expr] = []
        for number, (name, value) in enumerate(zip(self.names, self.line, strict=True)):
            start = ", " if number else "{"
            field = json.dumps(name, ensure_ascii=False)
            written = exp.func("coalesce", value, exp.Literal.string(""))
            parts += [
                exp.Literal.string(f"{start}{field}: "),
                exp.cast(exp.func("to_json", written), "TEXT"),
            ]
        return exp.func("concat", *parts, exp.Literal.string("}"))

    def text(self, field: str) -> exp.Expr:
        """The cell below a header; nothing where the table has no such column."""
        if field not in self.names:
            return exp.cast(exp.null(), "TEXT")
        return exp.column(cell(self.names.index(field)))

    def strangers(self, known: Collection[str] | None) -> exp.Expr:
        """The same for every row."""
        found = [] if known is None else [n for n in self.names if n not in known]
        listed = exp.array(*map(exp.Literal.string, found))
        return exp.cast(listed, "TEXT[]")
