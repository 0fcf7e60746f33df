"""The line of a delivery that a record came from, as it was sent, for people who may see.

Only fields that a contract knows are told, never those about a natural person: names are
left out, what a scan finds in prose is starred. Not here: who may see it.
"""

from __future__ import annotations

import json
from functools import cached_property

import duckdb

from assets import sql
from assets.sources import lines
from assets.sources.declaration import Sources, fields_of
from assets.stores import Batch, Landing
from quality.contracts import metadata
from quality.contracts.codelists import spellings
from quality.contracts.model import Facts, Personal, facts_of
from quality.personal import scan

KEPT = "kept_lines"  # in order, so that a row's place is its number
PARTY, NATURAL = "party_class", "natural"
KINDS = spellings(PARTY)


class RawLines:
    """Lines by dataset, batch and row; a batch is read once however many are asked for.

    Args:
        landing: the deliveries.
        sources: how each is read.
    """

    def __init__(self, landing: Landing, sources: Sources) -> None:
        self.landing, self.sources = landing, sources
        self._batches: dict[str, dict[str, Batch]] = {}
        self._loaded: tuple[str, str] | None = None

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect()

    def line(self, dataset: str, batch_id: str, row: int) -> dict[str, str] | None:
        """The agency's own fields and texts; ``None`` where the delivery is not here."""
        if not self._load(dataset, batch_id):
            return None
        found = self._connection.execute(
            f"SELECT raw FROM {KEPT} WHERE rowid = ?", [row - 1]
        ).fetchone()
        return _shown(self.sources, dataset, json.loads(found[0])) if found else None

    def _load(self, dataset: str, batch_id: str) -> bool:
        if self._loaded == (dataset, batch_id):
            return True
        if dataset not in self._batches:
            landed = self.landing.batches(dataset)
            self._batches[dataset] = {b.id: b for b in landed}
        batch = self._batches[dataset].get(batch_id)
        if batch is None:
            return False
        self.landing.prove(batch)
        agency = self.sources.agencies[batch.agency]
        spoken = self.sources.dataset(dataset)
        lines.read(self._connection, batch, agency, spoken, self._keep)
        self._loaded = dataset, batch_id
        return True

    def _keep(self, group: lines.Arriving, first: bool) -> None:
        made = f"CREATE OR REPLACE TABLE {KEPT} AS" if first else f"INSERT INTO {KEPT}"
        self._connection.execute(f"{made} {_documents(group)}")


def _documents(group: lines.Arriving) -> str:
    """Every row of a group as the JSON of its fields and texts."""
    if group.names is None:
        return f"SELECT raw FROM {lines.LINES}"
    fields = ", ".join(
        f"{sql.literal(name).sql(sql.DIALECT)}, {lines.cell(place)}"
        for place, name in enumerate(group.names)
    )
    return f"SELECT json_object({fields}) AS raw FROM {lines.CELLS}"


def _shown(sources: Sources, dataset: str, raw: object) -> dict[str, str]:
    table, told = metadata.tables[dataset], dict[str, str]()
    if not isinstance(raw, dict):
        return {}
    for column, field in fields_of(table, sources.dataset(dataset)).items():
        if column == PARTY and KINDS.get(str(raw.get(field)).strip()) == NATURAL:
            return {}
        if raw.get(field) is not None and column in table.c:
            text = _text(facts_of(table.c[column]), str(raw[field]))
            told |= {field: text} if text is not None else {}
    return told


def _text(facts: Facts, text: str) -> str | None:
    if facts.personal is Personal.NAME:
        return None
    for span in scan(text):
        text = text[: span.start] + "*" * (span.end - span.start) + text[span.end :]
    return text
