"""The quality gate: one batch split into accepted, quarantined and duplicate rows.

Every row ends in exactly one of the three. Accepted rows are versions: natural key,
content hash, the agency's time, the batch and the row, so that every value traces to a
raw line. Not here: rules (``quality.rules``), bytes (``assets.stores``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from duckdb import DuckDBPyConnection
from sqlalchemy import Table

from assets import sql
from assets.sources import candidates, forms, lines, modes
from assets.sources.declaration import FileAgency, Sources, fields_of
from assets.stores import Batch, Receipt, Records
from quality.contracts.model import table_facts
from quality.rules import broken, violations_query

CANDIDATES, VIOLATIONS = modes.CANDIDATES, modes.VIOLATIONS
VERSION = candidates.VERSION
ACCEPTED, REFUSED = "arriving_accepted", "arriving_refused"
ROWS, SUSPECTS = modes.ROWS, "arriving_suspects"
# Numbers of documents, which feeds write with brackets of every kind.
DOCUMENT_NUMBERS = {"decision_no", "case_no"}
# What a version carries beside the contract's columns.
LINEAGE = (
    "record_key",
    "content_hash",
    "batch_id",
    "row_number",
    "received_on",
    "closes",
)


@dataclass(frozen=True)
class Gate:
    """What splitting needs: where records live, how sources speak, which day."""

    records: Records
    sources: Sources
    today: date

    def split(self, table: Table, batch: Batch) -> Receipt:
        """Split one batch, keep both parts and their receipt.

        Splitting a batch again gives the same parts.

        Raises:
            FrozenBatchError: the dataset is frozen and something new is in the batch.
        """
        connection = self.records.connect()
        self._make_candidates(connection, table, batch)
        self._judge(connection, table)
        modes.apply(connection, table, self.sources.dataset(table.name), batch)
        self._refuse(connection, table, batch)
        self._accept(connection, table, batch)
        receipt = self._receipt(connection, batch)
        self.records.append(table.name, receipt, ACCEPTED, REFUSED)
        return receipt

    def _make_candidates(
        self, connection: DuckDBPyConnection, table: Table, batch: Batch
    ) -> None:
        """``arriving_candidates``: every row typed, keyed and marked if a rule is broken.

        Only marked rows keep their line: a whole delivery of lines would fill memory.
        """
        dataset = self.sources.dataset(table.name)
        agency = self.sources.agencies[batch.agency]
        queries: dict[tuple[str, ...] | None, str] = {}

        def take(group: lines.Arriving, first: bool) -> None:
            if group.names not in queries:
                queries[group.names] = self._rows_query(table, batch, group)
            rows = queries[group.names]
            made = (
                f"CREATE OR REPLACE TEMP TABLE {ROWS} AS"
                if first
                else f"INSERT INTO {ROWS}"
            )
            connection.execute(f"{made} {rows}")

        lines.read(connection, batch, agency, dataset, take)
        connection.execute(
            # Rows stand in the order in which they came.
            f"CREATE OR REPLACE TEMP VIEW {CANDIDATES} AS "
            f"SELECT rowid + 1 AS row_number, * FROM {ROWS}"
        )

    def _rows_query(self, table: Table, batch: Batch, group: lines.Arriving) -> str:
        dataset = self.sources.dataset(table.name)
        # Rows carry the agency's time; a file's rows have the file's.
        of_file = isinstance(self.sources.agencies[batch.agency], FileAgency)
        stamp = batch.version_at if of_file else None
        query = candidates.candidates_query(table, dataset, stamp, group.names)
        raw = sql.spent(forms.form((), group.names).raw)
        returns = f"nullif(trim({candidates.RETURNS}), '')"
        closes = f"md5({raw})" if batch.replays else returns
        return (
            f"SELECT {_columns(table)}, unparsed, strangers, suspect, "
            f"CASE WHEN suspect THEN {raw} END AS raw, {closes} AS closes, "
            f"{_key(table)} AS record_key, {_content(table)} AS content_hash, "
            "CAST(NULL AS TEXT) AS fate "
            f"FROM (SELECT *, len(strangers) > 0 OR {_broken(table, self.today)} "
            f"AS suspect FROM ({sql.spent(query)}))"
        )

    def _judge(self, connection: DuckDBPyConnection, table: Table) -> None:
        fields = fields_of(table, self.sources.dataset(table.name))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {SUSPECTS} AS "
            f"SELECT * FROM {CANDIDATES} WHERE suspect"
        )
        rules = _violations(table, self.today, tuple(fields.items()))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {VIOLATIONS} AS "
            'SELECT row_number, rule_id, "column", value, severity '
            f"FROM ({rules}) UNION ALL {_stranger_violations(table.name)}"
        )

    def _refuse(
        self, connection: DuckDBPyConnection, table: Table, batch: Batch
    ) -> None:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {REFUSED} AS SELECT "
            "? AS dataset, ? AS agency, ? AS batch_id, c.row_number, v.rule_id, "
            'v."column", v.value, c.raw, md5(c.raw) AS raw_hash, '
            f"CAST(? AS DATE) AS received_on, {_known_key(table)} AS record_key, "
            f"c.{VERSION} AS {VERSION} "
            f"FROM {CANDIDATES} c JOIN {VIOLATIONS} v USING (row_number) "
            "WHERE v.severity = 'error' "
            "AND md5(c.raw) NOT IN (SELECT raw_hash FROM "
            f"{self.records.quarantine(table.name)} WHERE batch_id <> ?) "
            'QUALIFY row_number() OVER (PARTITION BY md5(c.raw), v.rule_id, v."column" '
            "ORDER BY c.row_number) = 1",
            [table.name, batch.agency, batch.id, batch.received_on, batch.id],
        )

    def _accept(
        self, connection: DuckDBPyConnection, table: Table, batch: Batch
    ) -> None:
        self._settle(connection, table, batch)
        lineage = {
            "record_key": "record_key",
            "content_hash": "content_hash",
            "batch_id": f"'{batch.id}'",
            "row_number": "row_number",
            "received_on": f"DATE '{batch.received_on}'",
            "closes": "closes",
        }
        carried = ", ".join(f"{value} AS {name}" for name, value in lineage.items())
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {ACCEPTED} AS "
            f"SELECT {_columns(table)}, {carried} FROM {CANDIDATES} WHERE fate IS NULL"
        )

    def _settle(
        self, connection: DuckDBPyConnection, table: Table, batch: Batch
    ) -> None:
        """Mark what is not accepted: refused rows, and versions that are here already."""
        if self.sources.dataset(table.name).unknown_codes == "evolve":
            connection.execute(
                f"UPDATE {ROWS} SET record_key = {_key(table)}, "
                f"content_hash = {_content(table)} WHERE suspect"
            )
        _mark(
            connection,
            "refused",
            f"SELECT row_number FROM {VIOLATIONS} WHERE severity = 'error'",
        )
        version = f"record_key, content_hash, {VERSION}"
        sound = f"SELECT row_number, {version} FROM {CANDIDATES} WHERE fate IS NULL"
        _mark(
            connection,
            "repeated",
            f"SELECT row_number FROM ({sound}) QUALIFY row_number() OVER "
            f"(PARTITION BY {version} ORDER BY row_number) > 1",
        )
        _mark(
            connection,
            "held",
            f"SELECT s.row_number FROM ({sound}) s WHERE EXISTS (SELECT 1 FROM "
            f"{self.records.versions(table.name)} h WHERE h.record_key = s.record_key "
            f"AND h.content_hash = s.content_hash AND h.{VERSION} = s.{VERSION} "
            f"AND h.batch_id <> '{batch.id}')",
        )

    def _receipt(self, connection: DuckDBPyConnection, batch: Batch) -> Receipt:
        rows_in, accepted, refused, sound = _one(
            connection,
            f"SELECT (SELECT count(*) FROM {CANDIDATES}), "
            f"(SELECT count(*) FROM {ACCEPTED}), "
            f"(SELECT count(DISTINCT row_number) FROM {REFUSED}), "
            f"(SELECT count(*) FROM {CANDIDATES} WHERE row_number NOT IN ("
            f"SELECT row_number FROM {VIOLATIONS} WHERE severity = 'error'))",
        )
        # Counted apart, never as the remainder: so that a lost row shows as an imbalance.
        known_bad = _one(
            connection,
            f"SELECT count(DISTINCT v.row_number) FROM {VIOLATIONS} v "
            "WHERE v.severity = 'error' AND v.row_number NOT IN "
            f"(SELECT row_number FROM {REFUSED})",
        )[0]
        reasons = _by_rule(connection, REFUSED)
        return Receipt(
            batch=batch.id,
            rows_in=rows_in,
            accepted=accepted,
            quarantined=refused,
            duplicates=sound - accepted + known_bad,
            reasons=reasons,
            notices=_by_rule(connection, modes.NOTICES),
        )


# A table has many batches, and the rules of a day are the same for all.
@cache
def _broken(table: Table, today: date) -> str:
    return sql.spent(broken(table, today))


@cache
def _violations(table: Table, today: date, fields: tuple[tuple[str, str], ...]) -> str:
    return sql.spent(violations_query(table, SUSPECTS, today, dict(fields)))


def _mark(connection: DuckDBPyConnection, fate: str, rows: str) -> None:
    connection.execute(f"UPDATE {ROWS} SET fate = '{fate}' WHERE rowid + 1 IN ({rows})")


def _by_rule(connection: DuckDBPyConnection, relation: str) -> dict[str, int]:
    found = connection.execute(
        f"SELECT rule_id, count(*) FROM {relation} GROUP BY 1 ORDER BY 1"
    )
    return dict(found.fetchall())


def _one(connection: DuckDBPyConnection, text: str) -> tuple[int, ...]:
    row = connection.execute(text).fetchone()
    return tuple(row or ())


def _columns(table: Table) -> str:
    return ", ".join(f'"{c.name}"' for c in table.columns)


def _stranger_violations(dataset: str) -> str:
    # A field that no contract knows never passes silently.
    return (
        f"SELECT row_number, '{dataset}.unknown_column', k, "
        # A JSON pointer: a field name may hold what a path could not.
        "json_extract_string(raw, '/' || replace(replace(k, '~', '~0'), '/', '~1')), "
        "'error' "
        f"FROM (SELECT row_number, raw, unnest(strangers) AS k FROM {SUSPECTS})"
    )


def _key(table: Table) -> str:
    parts = ", ".join(map(_key_part, table_facts(table).key))
    return f"md5(concat_ws(chr(31), '{table.name}', {parts}))"


def _key_part(column: str) -> str:
    text = f'CAST("{column}" AS TEXT)'
    if column not in DOCUMENT_NUMBERS:
        return text
    # 〔2026〕1号, [2026]1号 and （２０２６）1号 are one document; the original is kept.
    plain = f"translate(half_width({text}), '〔〕[]【】［］', '()()()()')"
    return f"replace({plain}, ' ', '')"


def _known_key(table: Table) -> str:
    """The key of a refused row; NULL where a part of it is not known."""
    whole = " AND ".join(f'c."{c}" IS NOT NULL' for c in table_facts(table).key)
    return f"CASE WHEN {whole} THEN c.record_key END"


def _content(table: Table) -> str:
    # NULL and '' differ; the agency's time is the version, not the content.
    parts = ", ".join(
        f'coalesce(CAST("{c.name}" AS TEXT), chr(30))'
        for c in table.columns
        if c.name != VERSION
    )
    return f"md5(concat_ws(chr(31), {parts}))"
