"""What a run says at its end: one table a person reads, the same facts as JSON.

Every figure is read back from what is on disk, never counted along the way.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.setup import Setup
from assets.sources.lost import damaged_deliveries, lost_deliveries
from assets.sources.status import COLUMNS, status_rows
from orchestration.lake.lake import LocalLake
from orchestration.lake.tables import MissingTableError
from orchestration.run import Outcome
from publish.release.store import Releases

NOT_GRADED = "未评"
COUNTS = ("rows_in", "accepted", "quarantined", "duplicates")
WIDE = 110


@dataclass(frozen=True)
class Summary:
    """The state of the platform after a run."""

    success: bool
    today: str
    sources: str
    pulled_span: str
    datasets: list[dict[str, Any]]
    reasons: dict[str, int]
    graded: dict[str, int]
    published: dict[str, int]
    release: str | None
    unchanged: bool
    previous_release: str | None
    moves: list[dict[str, Any]]
    failures: dict[str, str]
    missing: list[str]
    home: str
    lost: list[str] = field(default_factory=list)
    new_batches: int = 0
    totals: dict[str, int] = field(default_factory=dict)


def summarise(
    setup: Setup, lake: LocalLake, outcome: Outcome, before: str | None, new: int
) -> Summary:
    """Read back what stands now.

    Args:
        setup: the configuration that ran.
        lake: what it wrote to.
        outcome: how it ended.
        before: the release that served before.
        new: batches that landed in this run.
    """
    rows = status_rows(lake, setup)
    datasets: list[dict[str, Any]] = [dict(zip(COLUMNS, r, strict=True)) for r in rows]
    releases = Releases(setup.releases)
    current = releases.current()
    return Summary(
        success=outcome.success,
        today=setup.today.isoformat(),
        sources=setup.sources.name,
        pulled_span=str(outcome.span),
        datasets=datasets,
        reasons=_reasons(setup, lake),
        graded=_grades(setup, lake),
        published=_published(setup.releases, current),
        release=current,
        unchanged=current == before,
        previous_release=before,
        moves=_moves(setup.releases, current) if current != before else [],
        failures=dict(outcome.failures),
        missing=[d["dataset"] for d in datasets if d["state"] in {"failed", "waiting"}],
        home=str(setup.releases.parent),
        lost=[line for d in datasets for line in _lost(setup, lake, d["dataset"])],
        new_batches=new,
        totals={k: sum(d[k] for d in datasets) for k in COUNTS},
    )


def _lost(setup: Setup, lake: LocalLake, dataset: str) -> tuple[str, ...]:
    lost = lost_deliveries(lake, setup, dataset)
    return lost + damaged_deliveries(lake, dataset)


def _reasons(setup: Setup, lake: LocalLake) -> dict[str, int]:
    found: Counter[str] = Counter()
    for agency in setup.sources.agencies.values():
        for name in agency.datasets:
            for receipt in lake.records.receipts(name):
                found.update(receipt.reasons)
    return dict(found.most_common())


def _grades(setup: Setup, lake: LocalLake) -> dict[str, int]:
    try:
        grades = lake.relation("grades")
    except MissingTableError:
        return {}
    rows = lake.engine.connection.execute(
        f"SELECT coalesce(letter, ?), count(*) FROM {grades} "
        "WHERE evaluated_on = ? GROUP BY 1 ORDER BY 1",
        [NOT_GRADED, setup.today],
    ).fetchall()
    return dict(rows)


def _published(releases: Path, current: str | None) -> dict[str, int]:
    manifest = _json(releases / (current or "-") / "manifest.json")
    tables: dict[str, Any] = manifest.get("tables", {})
    return {
        held["name"]: held["rows"]
        for contract, held in tables.items()
        if contract.startswith("public_")
    }


def _moves(releases: Path, current: str | None) -> list[dict[str, Any]]:
    path = releases / (current or "-") / "moves.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    moves = [json.loads(line) for line in lines]
    return [m for m in moves if m["before"]["letter"] != m["after"]["letter"]]


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def show(summary: Summary, console: Console, site: str) -> None:
    """Print the summary."""
    console.print(f"New batches 新到批次: {summary.new_batches}")
    console.print(_dataset_table(summary, wide=console.width >= WIDE))
    _grading(summary, console)
    _problems(summary, console)
    _release(summary, console, site)


def as_json(summary: Summary) -> str:
    """The summary as a JSON document."""
    return json.dumps(asdict(summary), ensure_ascii=False, indent=2, default=str)


def _dataset_table(summary: Summary, wide: bool) -> Table:
    title = f"{summary.today} · {summary.sources}"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("dataset" + (" 数据集" if wide else ""), no_wrap=True)
    for name in ("pulled", "accepted", "quarantined", "duplicates"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for row in summary.datasets:
        name = f"{row['dataset']} {row['label_zh']}" if wide else row["dataset"]
        colour = "green" if row["state"] == "current" else "red"
        state = f"[{colour}]{row['state']}[/{colour}]"
        table.add_row(name, *(str(row[k]) for k in COUNTS), state)
    table.add_section()
    table.add_row("total", *(str(summary.totals[k]) for k in COUNTS), "")
    return table


def _grading(summary: Summary, console: Console) -> None:
    graded = "  ".join(f"[bold]{k}[/bold] {v}" for k, v in summary.graded.items())
    console.print(f"Graded 评价:     {graded or '—'}")
    published = "  ".join(f"{k} {v}" for k, v in summary.published.items())
    console.print(f"Published 发布:  {published or '—'}", soft_wrap=True)
    reasons = "  ".join(f"{k} {v}" for k, v in [*summary.reasons.items()][:12])
    console.print(f"Quarantine 隔离: {reasons or 'none'}", soft_wrap=True)


def _problems(summary: Summary, console: Console) -> None:
    for step, reason in summary.failures.items():
        console.print(f"[red]Failed 失败[/red] {escape(f'{step}: {reason}')}")
    if summary.missing:
        names = ", ".join(summary.missing)
        console.print(
            f"[yellow]Missing 缺数[/yellow] {names}: asked for again next run"
        )
    for line in summary.lost:
        console.print(f"[red]Lost 缺失[/red] {escape(line)}", soft_wrap=True)


def _release(summary: Summary, console: Console, site: str) -> None:
    if summary.release is None:
        console.print("[red]No release 尚无发布[/red]")
        return
    if summary.unchanged:
        console.print(f"Release 发布:    {summary.release} — nothing changed 无变化")
    else:
        followed = (
            f" (was {summary.previous_release})" if summary.previous_release else ""
        )
        console.print(f"Release 发布:    [bold]{summary.release}[/bold]{followed}")
    for move in summary.moves[:10]:
        console.print(f"  {escape(_move(move))}", soft_wrap=True)
    console.print(f"Look 查看:       make serve, then {site} · files in {summary.home}")


def _move(move: dict[str, Any]) -> str:
    before, after = move["before"], move["after"]
    why = "；".join(r["reason_zh"] for r in move["rules"][:3])
    return (
        f"{move['uscc']} {move['name'] or ''} "
        f"{before['letter'] or NOT_GRADED} → {after['letter'] or NOT_GRADED} {why}"
    )
