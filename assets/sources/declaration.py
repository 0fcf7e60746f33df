"""What a source configuration may say: one YAML document declares every agency.

A new dataset is connected by declaring it here, not by writing code. Not here: how
pages are fetched (``http``), files read (``filedrop``), values parsed (``candidates``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import Table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from quality.contracts import AGENCIES, metadata
from quality.contracts.codelists import code_list
from quality.contracts.model import facts_of, table_facts

Mode = Literal["evolve", "freeze", "quarantine"]
# Columns of the sheet that goes back to an agency; it may send them in again.
QUARANTINE_ID = "隔离编号"
RETURNED = (QUARANTINE_ID, "问题与处理", "规则编号", "批次编号", "行号")
PLACEHOLDER = re.compile(r"\$\{([A-Z0-9_]+)\}")


class SourceError(ValueError):
    """A source configuration is wrong; it names the file, the place, the cure."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BearerAuth(_Strict):
    """``Authorization: Bearer <token>``."""

    kind: Literal["bearer"]
    token: str = Field(repr=False)


class HeaderKeyAuth(_Strict):
    """A fixed key in a header."""

    kind: Literal["header"]
    header: str
    key: str = Field(repr=False)


class HmacAuth(_Strict):
    """HMAC over method, path, sorted query, time stamp and nonce: SHA-256 or SM3."""

    kind: Literal["hmac-sha256", "hmac-sm3"]
    app_id: str
    secret: str = Field(repr=False)


class NoAuth(_Strict):
    """An open interface."""

    kind: Literal["none"] = "none"


Auth = Annotated[
    BearerAuth | HeaderKeyAuth | HmacAuth | NoAuth, Field(discriminator="kind")
]


class PagePaging(_Strict):
    """Page numbers from 1; the envelope gives the total of rows."""

    kind: Literal["page"]
    page: str
    size: str
    page_size: int = 500


class CursorPaging(_Strict):
    """An opaque cursor in the envelope; absent or null at the end."""

    kind: Literal["cursor"]
    cursor: str
    next: str
    size: str
    page_size: int = 500


class LinkPaging(_Strict):
    """``Link: <…>; rel="next"`` headers."""

    kind: Literal["link"]
    size: str
    page_size: int = 500


Paging = Annotated[PagePaging | CursorPaging | LinkPaging, Field(discriminator="kind")]


class Envelope(_Strict):
    """Where an answer keeps its verdict, its rows and their declared total."""

    code: str
    success: str | int
    message: str
    rows: str
    total: str


class Dataset(_Strict):
    """What differs from the contract for one dataset of one source.

    Attributes:
        path: HTTP path below the agency's base; the dataset's name by default.
        files: globs below the agency's folder; ``<dataset>_*`` by default.
        columns: contract column -> the source's field name; by default its code.
        constants: contract column -> a value all rows share, as it would be sent.
        ignore: fields of the source that are known and not wanted; ``*`` is all others.
        header_row: the row that holds the header, from 1.
        names: field names in order, where the file's own header is missing or broken.
        encoding: of CSV files and JSON lines.
        transposed: fields lie in rows, records in columns (financial statements).
        from_name: a pattern over the file's name; its named groups become fields.
        lookup: field -> its value -> further fields of the row.
        units: contract column -> ``yuan`` or ``wan``, where the source writes another.
        codes: contract column -> the source's spelling -> code, where it means another
            thing by it than the code list says.
        control: ending of the file that says a file is whole, and may hold its rows.
        table: table or view of an exchange database; the dataset's name by default.
        changed: its column that tells changes, where it is not the agency's.
        unknown_columns: what a field nobody agreed does: ``quarantine`` its row, let it
            pass with a notice (``evolve``), or refuse the batch (``freeze``).
        unknown_codes: the same for a code outside its list; ``evolve`` leaves an optional
            column empty, a required one still sends its row to quarantine.
        minimum_rows: fewer records than this fail the volume check.
        maximum_rows: more warn.
    """

    path: str | None = None
    table: str | None = None
    changed: str | None = None
    unknown_columns: Mode = "quarantine"
    unknown_codes: Mode = "quarantine"
    minimum_rows: int | None = None
    maximum_rows: int | None = None
    files: tuple[str, ...] = ()
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    header_row: int = 1
    names: tuple[str, ...] = ()
    encoding: str = "utf-8-sig"
    transposed: bool = False
    from_name: str | None = None
    lookup: dict[str, dict[str, dict[str, str]]] = {}
    units: dict[str, Literal["yuan", "wan"]] = {}
    codes: dict[str, dict[str, str]] = {}
    control: str | None = None


class HttpAgency(_Strict):
    """An agency with an HTTP interface."""

    transport: Literal["http"]
    base_url: str
    auth: Auth = NoAuth()
    paging: Paging
    envelope: Envelope
    window_from: str = "updated_from"
    window_to: str = "updated_to"
    connect_timeout: float = 5
    read_timeout: float = 60
    page_seconds: float = 300
    maximum_page_bytes: int = 64 * 1024 * 1024
    requests_per_second: float | None = None
    ca_file: Path | None = None
    datasets: dict[str, Dataset]

    @property
    def dated(self) -> bool:
        """It is asked for windows of days."""
        return True


class FileAgency(_Strict):
    """An agency that drops files into a folder."""

    transport: Literal["files"]
    folder: str
    datasets: dict[str, Dataset]

    @property
    def dated(self) -> bool:
        """Files come when they come."""
        return False


class DatabaseAgency(_Strict):
    """An agency with an exchange database (前置库).

    Attributes:
        url: as SQLAlchemy writes it, for instance ``postgresql+psycopg://…``.
        changes: ``window`` asks for days of the change column; ``mark`` for all rows
            from the highest value seen.
        changed: the column that tells changes; it must never go back.
        chunk_rows: rows held in memory at a time.
    """

    transport: Literal["database"]
    url: str = Field(repr=False)
    changes: Literal["window", "mark"] = "window"
    changed: str
    chunk_rows: int = Field(default=5000, ge=1)
    datasets: dict[str, Dataset]

    @property
    def dated(self) -> bool:
        """It is asked for windows of days, unless it counts."""
        return self.changes == "window"

    @property
    def password(self) -> str | None:
        """The password inside the address."""
        return make_url(self.url).password

    @property
    def address(self) -> str:
        """The address without the password."""
        return make_url(self.url).render_as_string(hide_password=True)

    @field_validator("url")
    @classmethod
    def _readable(cls, url: str) -> str:
        try:
            make_url(url)
        except ArgumentError as error:
            raise ValueError("no database URL, write dialect+driver://…") from error
        return url


Agency = Annotated[
    HttpAgency | FileAgency | DatabaseAgency, Field(discriminator="transport")
]


class Membership(_Strict):
    """Who belongs to the park: tenants, or addresses that match a pattern."""

    by: Literal["tenancy", "address"] = "tenancy"
    pattern: str = "a^"  # matches nothing


class Sources(_Strict):
    """A whole source configuration.

    Attributes:
        name: shown in the summary and on the site.
        invented: true where no enterprise is real; every page says so.
        history_from: the first day asked for.
        agencies: by contract agency (market, tax, labour, park).
    """

    name: str
    invented: bool = False
    history_from: date
    membership: Membership = Membership()
    agencies: dict[str, Agency]

    def agency_of(self, dataset: str) -> str | None:
        """The agency that delivers ``dataset`` here, if any does."""
        for name, agency in self.agencies.items():
            if dataset in agency.datasets:
                return name
        return None

    def dataset(self, name: str) -> Dataset:
        """The declaration of a dataset; the contract's own where it is not delivered."""
        agency = self.agency_of(name)
        return self.agencies[agency].datasets[name] if agency else Dataset()


def load_sources(path: Path, variables: Mapping[str, str]) -> Sources:
    """Read a configuration and fill its ``${NAME}`` places from ``variables``.

    Raises:
        SourceError: unreadable, a place without a value, or a field that is wrong.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SourceError(f"{path}: cannot be read: {error}") from error
    try:
        sources = Sources.model_validate(_fill(document, variables, path))
    except ValidationError as error:
        raise SourceError(f"{path}: {_places(error)}") from error
    _against_contracts(sources, path)
    return sources


def _fill(node: object, variables: Mapping[str, str], path: Path) -> object:
    if isinstance(node, dict):
        return {k: _fill(v, variables, path) for k, v in node.items()}
    if isinstance(node, list):
        return [_fill(v, variables, path) for v in node]
    if isinstance(node, str):
        return PLACEHOLDER.sub(lambda m: _value(m[1], variables, path), node)
    return node


def _value(name: str, variables: Mapping[str, str], path: Path) -> str:
    if name not in variables:
        raise SourceError(
            f"{path}: ${{{name}}} has no value; set it in the environment"
        )
    return variables[name]


def _places(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()
    )


def _against_contracts(sources: Sources, path: Path) -> None:
    for agency, declared in sources.agencies.items():
        if agency not in AGENCIES:
            raise SourceError(
                f"{path}: unknown agency {agency!r}; one of {[*AGENCIES]}"
            )
        for name, dataset in declared.datasets.items():
            table = metadata.tables.get(name)
            if table is None or table_facts(table).agency != agency:
                raise SourceError(f"{path}: {agency} has no dataset {name!r}")
            _known_columns(table, dataset, path)


def _known_columns(table: Table, dataset: Dataset, path: Path) -> None:
    named = {*dataset.columns, *dataset.constants, *dataset.units, *dataset.codes}
    strangers = named - set(table.columns.keys())
    if strangers:
        raise SourceError(f"{path}: {table.name} has no column {sorted(strangers)}")
    for column, meant in dataset.codes.items():
        codes = facts_of(table.c[column]).codes
        outside = set(meant.values()) - set(code_list(codes) if codes else ())
        if outside:
            raise SourceError(
                f"{path}: {table.name}.{column} has no code {sorted(outside)}"
            )


def fields_of(table: Table, dataset: Dataset) -> dict[str, str]:
    """Contract column -> field name in the source, for the columns that are delivered."""
    coded = {c.name: facts_of(c).code for c in table.columns}
    named = {k: dataset.columns.get(k, v) for k, v in coded.items()}
    return {k: v for k, v in named.items() if v and k not in dataset.constants}
