"""Records: accepted versions, quarantined rows and receipts, append-only by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from assets.stores import Receipt
from orchestration.lake import atomic
from orchestration.lake.engine import Engine, quoted
from orchestration.lake.proof import Proofs, parsed
from orchestration.lake.store import Store, partial
from quality.contracts import metadata
from quality.contracts.model import engine_type
from quality.contracts.tombstones import tombstone

LINEAGE = {"record_key": "TEXT", "content_hash": "TEXT", "batch_id": "TEXT",
           "row_number": "BIGINT", "received_on": "DATE", "closes": "TEXT"}  # fmt: skip
REFUSED = {"dataset": "TEXT", "agency": "TEXT", "batch_id": "TEXT", "row_number": "BIGINT",
           "rule_id": "TEXT", "column": "TEXT", "value": "TEXT", "raw": "TEXT",
           "raw_hash": "TEXT", "received_on": "DATE", "record_key": "TEXT",
           "updated_at": "TIMESTAMP"}  # fmt: skip
HASHES = "sha256"


def _again(receipt: str) -> str:
    return f"delete {receipt} and run: the batch is split again from landing"


def _if_newest(dataset: str) -> str:
    """What keeps one version of each record (``ParquetRecords.latest``)."""
    table = metadata.tables[dataset]
    ended = tombstone(table)
    over = f"coalesce({ended}, FALSE) DESC, " if ended else ""
    withdrawn = (
        "status IN ('revoked', 'objection') DESC, " if "status" in table.c else ""
    )
    return (
        f"QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY {over}"
        f"updated_at DESC, {withdrawn}content_hash DESC) = 1"
    )


@dataclass(frozen=True)
class ParquetRecords:
    """``<dataset>/{accepted,refused}/<batch>.parquet`` and ``receipts/<batch>.json``.

    The receipt is written last: a batch without one is split again, to the same files.
    """

    store: Store
    engine: Engine
    known_at: date | None = None  # the last day whose deliveries count; None: all
    proofs: Proofs = field(default_factory=Proofs)

    def connect(self) -> DuckDBPyConnection:
        """The engine's connection."""
        return self.engine.connection

    def receipts(self, dataset: str) -> Sequence[Receipt]:
        """One receipt per batch that was split, in order of batch."""
        return [receipt for receipt, _ in self._receipts(dataset)]

    def _receipts(self, dataset: str) -> list[tuple[Receipt, dict[str, Any] | None]]:
        """Each receipt with the hashes of what it is for, by part, where it has any."""
        found = self.store.documents(f"{dataset}/receipts/[!.]*.json")
        places = [self.store.shown(name) for name, _ in found]
        held = [
            parsed(body, place, _again(place))
            for place, (_, body) in zip(places, found, strict=True)
        ]
        hashes = [document.pop(HASHES, None) for document in held]
        return [(Receipt(**d), h) for d, h in zip(held, hashes, strict=True)]

    def versions(self, dataset: str) -> str:
        """All accepted versions of a dataset."""
        columns = {c.name: engine_type(c) for c in metadata.tables[dataset].columns}
        name = f"versions_{dataset}"
        return self._view(name, dataset, "accepted", columns | LINEAGE, self._known())

    def _known(self) -> str:
        if self.known_at is None:
            return "true"
        return f"received_on <= DATE '{self.known_at}'"

    def quarantine(self, dataset: str) -> str:
        """All quarantined rows of a dataset, one line per broken rule."""
        return self._view(f"quarantine_{dataset}", dataset, "refused", REFUSED)

    def latest(self, dataset: str) -> str:
        """The newest version of each record, by the agency's own time.

        A record that ended stays ended, however new a stale upload says it is. Where
        two versions bear the same time, the one that withdraws or contests the record
        stands: which came first is not known, and the doubt is the enterprise's.
        """
        self.engine.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {dataset} AS SELECT * FROM "
            f"{self.versions(dataset)} {_if_newest(dataset)}"
        )
        return dataset

    def newest(self, dataset: str, value: str) -> str:
        """A query for one value of each newest version.

        It is worked out before versions are compared, so that they carry no other column.
        """
        return (
            f"SELECT value FROM (SELECT *, {value} AS value FROM "
            f"{self.versions(dataset)}) {_if_newest(dataset)}"
        )

    def append(
        self, dataset: str, receipt: Receipt, accepted: str, refused: str
    ) -> None:
        """Keep both relations of a batch and, last, its receipt."""
        hashes = {}
        for part, relation in (("accepted", accepted), ("refused", refused)):
            path = self._write(f"{dataset}/{part}/{receipt.batch}.parquet", relation)
            if path:
                hashes[part] = self.proofs.written(path)
        text = atomic.as_json(asdict(receipt) | {HASHES: hashes})
        self.store.write(f"{dataset}/receipts/{receipt.batch}.json", text)

    def _write(self, name: str, relation: str) -> Path | None:
        if self.engine.count(relation):
            made = partial(self.store, name)
            self.engine.write_parquet(f"SELECT * FROM {relation}", made)
            return self.store.keep(name, made)
        # A killed run may have left rows that are not in this part any more.
        self.store.remove(name)
        return None

    def _proved(self, dataset: str, part: str) -> Iterator[Path]:
        """The files of a part that count, each proved."""
        for receipt, hashes in self._receipts(dataset):
            name = f"{dataset}/{part}/{receipt.batch}.parquet"
            if part in hashes if hashes is not None else self._is_there(name):
                place = self.store.shown(f"{dataset}/receipts/{receipt.batch}.json")
                sha256, remedy = (hashes or {}).get(part), _again(place)
                yield self.store.proved(name, sha256, remedy, self.proofs)

    def _is_there(self, name: str) -> bool:
        """What counts where a receipt is of before there were hashes."""
        return name in self.store.names(name)

    def _newer(self, found: str, columns: dict[str, str]) -> str:
        """Columns that no batch has yet, since all were split before an upgrade."""
        seen = self.engine.connection.execute(f"SELECT * FROM {found} LIMIT 0")
        held = {name for name, *_ in seen.description or ()}
        lacking = {c: t for c, t in columns.items() if c not in held}
        return "".join(f', CAST(NULL AS {t}) AS "{c}"' for c, t in lacking.items())

    def _view(
        self,
        name: str,
        dataset: str,
        part: str,
        columns: dict[str, str],
        where: str = "true",
    ) -> str:
        # Only batches with a receipt count: what a killed process left is not there yet.
        paths = [quoted(path) for path in self._proved(dataset, part)]
        if paths:
            # By name: a batch split by an older edition lacks the newer columns.
            found = f"read_parquet([{', '.join(paths)}], union_by_name = true)"
            body = f"SELECT *{self._newer(found, columns)} FROM {found} WHERE {where}"
        else:
            nothing = ", ".join(
                f'CAST(NULL AS {t}) AS "{c}"' for c, t in columns.items()
            )
            body = f"SELECT {nothing} WHERE false"
        self.engine.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {body}")
        return name
