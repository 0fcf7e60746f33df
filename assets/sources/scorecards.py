"""How complete, timely and clean each agency's deliveries are: a table and a page.

Timeliness is counted in working days, make-up days included, from the event to the
agency's first upload. Not here: the state of a dataset for the public (``status``).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

import dagster as dg

from assets import sql
from assets.reference import rows_query
from assets.setup import Setup
from assets.sources import refused
from assets.sources.status import dataset_state
from assets.station import RESOURCES, owners
from assets.stores import Lake, dictionaries
from quality.checks import OFFICE
from quality.contracts import AGENCIES, metadata
from quality.contracts.model import engine_type, facts_of, table_facts
from quality.working_days import CalendarEndsError, announced_years, is_working_day

TABLE = "agency_scorecards"
LATE_CORRECTION_DAYS = 30
CALENDAR, UPLOADS = "announced_calendar", "announced_uploads"
Card = dict[str, Any]


@dataclass(frozen=True)
class Term:
    """Within how many working days of an event a record must be uploaded."""

    event: str
    working_days: int


@cache
def terms() -> Mapping[str, Term]:
    """The statutory terms by dataset, from the office's file."""
    path = files("assets.sources") / "policy" / "timeliness.csv"
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {r["dataset"]: Term(r["event"], int(r["working_days"])) for r in rows}


def cards(lake: Lake, setup: Setup) -> list[Card]:
    """One card per dataset that is delivered, in the order of the configuration.

    Raises:
        CalendarEndsError: an upload lies in a year whose working days are not announced.
    """
    return [
        _card(lake, setup, agency, name)
        for agency, declared in setup.sources.agencies.items()
        for name in declared.datasets
    ]


def _card(lake: Lake, setup: Setup, agency: str, name: str) -> Card:
    # Replays are ours: an agency is measured by what it sent.
    replays = {b.id for b in lake.landing.batches(name) if b.replays}
    receipts = [r for r in lake.records.receipts(name) if r.batch not in replays]
    rows_in = sum(r.rows_in for r in receipts)
    covered = lake.landing.covered_to(name)
    versions = lake.records.versions(name)
    _gather(lake, name, versions)
    return {
        "dataset": name,
        "label_zh": table_facts(metadata.tables[name]).zh,
        "agency": AGENCIES[agency][0],
        "rows_in": rows_in,
        "quarantined_bp": _share(sum(r.quarantined for r in receipts), rows_in),
        "open_rows": refused.open_rows(lake.records, name),
        "duplicates_bp": _share(sum(r.duplicates for r in receipts), rows_in),
        **_fullness(lake, name),
        **_timeliness(lake, name),
        "late_corrections": _late_corrections(lake, versions),
        "covered_to": covered,
        "state": dataset_state(lake, setup, name, covered),
    }


def kept(lake: Lake) -> list[Card]:
    """The cards of the last run, by agency and dataset; none before the first."""
    if not lake.has(TABLE):
        return []
    found = lake.records.connect().execute(
        f"SELECT * FROM {lake.relation(TABLE)} ORDER BY agency, dataset"
    )
    return dictionaries(found)


def _share(part: int, whole: int) -> int | None:
    """Basis points; ``None`` of nothing."""
    return part * 10_000 // whole if whole else None


def _fullness(lake: Lake, name: str) -> Card:
    columns = [c.name for c in metadata.tables[name].columns if facts_of(c).code]
    there = (f'CAST("{c}" IS NOT NULL AS BIGINT)' for c in columns)
    filled = lake.records.newest(name, " + ".join(there) or "0")
    rows, cells = _one(
        lake,
        f"SELECT count(*), CAST(coalesce(sum(value), 0) AS BIGINT) FROM ({filled})",
    )
    return {
        "records": rows,
        "completeness_bp": _share(cells, rows * len(columns)),
    }


def _gather(lake: Lake, name: str, versions: str) -> None:
    """``announced_uploads``: of each record what happened, its first and last upload."""
    term = terms().get(name)
    event = f'"{term.event}"' if term else "CAST(NULL AS DATE)"
    known = f"FILTER (WHERE {event} >= DATE '{announced_years()[0]}-01-01')"
    lake.records.connect().execute(
        f"CREATE OR REPLACE TEMP TABLE {UPLOADS} AS SELECT record_key, "
        f"max({event}) {known} AS happened, "
        f"CAST(min(updated_at) {known} AS DATE) AS uploaded, "
        f"max(updated_at) > min(updated_at) + INTERVAL {LATE_CORRECTION_DAYS} DAY AS late "
        f"FROM {versions} GROUP BY record_key"
    )


def _timeliness(lake: Lake, name: str) -> Card:
    term = terms().get(name)
    if term is None:
        return dict.fromkeys(("statutory_days", "timed", "on_time_bp", "median_days"))
    first, last = _one(
        lake,
        f"SELECT min(happened), max(greatest(happened, uploaded)) FROM {UPLOADS} "
        "WHERE happened IS NOT NULL",
    )
    card: Card = {"statutory_days": term.working_days, "timed": 0}
    if first is None:
        return card | {"on_time_bp": None, "median_days": None}
    _make_calendar(lake, first, last)
    timed, on_time, median = _one(
        lake,
        f"SELECT count(*), count_if(u.number - h.number <= {term.working_days}), "
        "CAST(quantile_disc(u.number - h.number, 0.5) AS BIGINT) "
        f"FROM {UPLOADS} JOIN {CALENDAR} h ON h.day = happened "
        f"JOIN {CALENDAR} u ON u.day = uploaded",
    )
    shares = {"on_time_bp": _share(on_time, timed), "median_days": median}
    return card | {"timed": timed} | shares


def _make_calendar(lake: Lake, first: date, last: date) -> None:
    """``announced_calendar(day, number)``: working days passed by the end of each day.

    The day after an event is the first that counts, so a difference of numbers is the
    working days a record took.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    numbers = [*accumulate(int(is_working_day(day)) for day in days)]
    lake.records.connect().execute(
        f"CREATE OR REPLACE TEMP TABLE {CALENDAR} AS "
        "SELECT unnest(?::DATE[]) AS day, unnest(?::BIGINT[]) AS number",
        [days, numbers],
    )


def _late_corrections(lake: Lake, versions: str) -> int:
    # Which of them brought another content: read only of the few that came that late.
    (found,) = _one(
        lake,
        f"SELECT count(*) FROM (SELECT record_key FROM {versions} WHERE record_key IN "
        f"(SELECT record_key FROM {UPLOADS} WHERE late) GROUP BY 1 "
        "HAVING min(content_hash) < max(content_hash))",
    )
    return int(found)


def _one(lake: Lake, text: str) -> tuple[Any, ...]:
    return tuple(lake.records.connect().execute(text).fetchone() or ())


def scorecards_asset(made_by: dict[str, str]) -> dg.AssetsDefinition:
    """The asset ``quality/agency_scorecards``, with a check that the calendar reaches."""
    above = [["records", n] for n, station in made_by.items() if station == "records"]
    key = dg.AssetKey(["quality", TABLE])
    facts = table_facts(metadata.tables[TABLE])

    @dg.asset(
        key=key,
        deps=above,
        group_name="records",
        description=f"{facts.zh} {facts.en}. {facts.description}",
        owners=owners(None),
        kinds={"duckdb"},
        tags={"tier": facts.tier.value},
        check_specs=[
            dg.AssetCheckSpec(
                "calendar",
                asset=key,
                description="工作日历覆盖全部报送日期 The working-day calendar reaches.",
            )
        ],
        required_resource_keys=RESOURCES,
        pool="scorecards",
    )
    def agency_scorecards(context: dg.AssetExecutionContext) -> Iterator[Any]:
        lake: Lake = context.resources.lake
        setup: Setup = context.resources.setup
        found, error = _cards_or_error(lake, setup)
        if error:
            context.log.error(error)
        columns = {c.name: engine_type(c) for c in metadata.tables[TABLE].columns}
        rows = [[card[c] for c in columns] for card in found]
        query = rows_query(columns, rows)
        if not error:
            lake.write(TABLE, sql.to_sql(query), context.run.run_id)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "dagster/row_count": len(rows),
                "scorecards": dg.MetadataValue.md(as_markdown(found)),
                "page": dg.MetadataValue.text(f"{OFFICE}/scorecards.html"),
            },
            check_results=[
                dg.AssetCheckResult(
                    asset_key=key,
                    check_name="calendar",
                    passed=error is None,
                    severity=dg.AssetCheckSeverity.ERROR,
                    description=error,
                )
            ],
        )

    return agency_scorecards


def _cards_or_error(lake: Lake, setup: Setup) -> tuple[list[Card], str | None]:
    # The old table stays: no card is better than one counted by a guessed calendar.
    try:
        return cards(lake, setup), None
    except CalendarEndsError as error:
        return [], str(error)


SHOWN = (
    ("agency", "部门", "Agency"),
    ("label_zh", "数据集", "Dataset"),
    ("rows_in", "接收", "Received"),
    ("on_time_bp", "及时率", "On time"),
    ("median_days", "中位用时（工作日）", "Median time, working days"),
    ("completeness_bp", "完整率", "Complete"),
    ("quarantined_bp", "隔离率", "Quarantined"),
    ("open_rows", "待更正", "To be corrected"),
    ("duplicates_bp", "重复率", "Duplicates"),
    ("late_corrections", "迟到更正", "Late corrections"),
)


def shown(card: Mapping[str, Any]) -> list[str]:
    """A card's cells as people read them: shares as per cent, nothing as a dash."""
    return [_shown(name, card[name]) for name, *_ in SHOWN]


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "—"
    if name.endswith("_bp"):
        return f"{value // 100}.{value % 100:02}%"
    return str(value)


def as_markdown(found: Sequence[Mapping[str, Any]]) -> str:
    """The cards as a table for Dagster's page of the asset."""
    lines = (f"| {' | '.join(shown(card))} |" for card in found)
    titles = " | ".join(zh for _, zh, _ in SHOWN)
    return "\n".join([f"| {titles} |", "|---" * len(SHOWN) + "|", *lines])
