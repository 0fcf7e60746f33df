"""``creditpark run``: the sandbox if needed, the run with its bars, the summary."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
import dagster as dg
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from orchestration import summary
from orchestration.errors import BUSY, FAILED, INCOMPLETE
from orchestration.holding import AlreadyRunningError
from orchestration.last_run import remember
from orchestration.places import make_lake, make_setup
from orchestration.run import STATIONS, Outcome, execute
from orchestration.settings import Settings
from publish.release.store import Releases
from sandbox import Sandbox

LABELS = {
    "landing": "① landing 接收",
    "records": "② records 校验入库",
    "quality": "   quality 质量文档",
    "cases": "   cases 信用事项",
    "reference": "   reference 代码与规则",
    "files": "③ files 归档",
    "guidance": "   guidance 修复指引与提醒",
    "credit": "④ credit 评价",
    "measures": "⑤ measures 措施",
    "publication": "⑥ publication 公开内容",
    "release": "⑦ release 发布",
}


def run_main_job(settings: Settings, console: Console, *, as_json: bool) -> int:
    """Run and report; gives the exit code."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    before = Releases(settings.releases).current()
    landed = make_lake(settings).landing.count()
    began = time.monotonic()
    try:
        with (
            agencies(settings) as ready,
            Bars(Console(stderr=as_json) if as_json else console) as bars,
        ):
            outcome = execute(ready, bars.watch, bars.announce)
            report = _report(ready, outcome, before, landed)
    except AlreadyRunningError as error:
        console.print(f"[red]{error}[/red]")
        return BUSY
    remember(
        settings,
        settings.clock.now(),
        time.monotonic() - began,
        success=report.success,
        missing=len(report.missing),
    )
    if as_json:
        click.echo(summary.as_json(report))
    else:
        summary.show(
            report,
            console,
            settings.site_url or f"http://{settings.host}:{settings.port}",
        )
    if not report.success:
        return FAILED
    return INCOMPLETE if report.missing or report.lost else 0


def _report(
    settings: Settings, outcome: Outcome, before: str | None, landed: int
) -> summary.Summary:
    setup, lake = make_setup(settings), make_lake(settings)
    new = lake.landing.count() - landed
    return summary.summarise(setup, lake, outcome, before, new)


@contextmanager
def agencies(settings: Settings) -> Iterator[Settings]:
    """Settings whose agencies can be reached: the sandbox is started where it is meant."""
    with ExitStack() as stack:
        if settings.uses_sandbox and not settings.sandbox_url:
            simulated = Sandbox(
                seed=settings.sandbox_seed,
                enterprises=settings.sandbox_enterprises,
                today=settings.clock.today(),
            )
            url = simulated.start()
            stack.callback(simulated.stop)
            simulated.drop(settings.drop_folder)
            settings = settings.model_copy(update={"sandbox_url": url})
        yield settings


class Bars:
    """One progress bar per station."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self.tasks: dict[str, int] = {}

    def __enter__(self) -> Bars:
        """Start drawing."""
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop drawing."""
        self.progress.stop()

    def announce(self, totals: Counter[str]) -> None:
        """Draw an empty bar for every station."""
        for name in STATIONS:
            label = LABELS[name]
            self.tasks[name] = self.progress.add_task(
                label, total=totals[name], start=False
            )

    def watch(self, key: dg.AssetKey) -> None:
        """An asset is made."""
        self.advance(key.path[0])

    def advance(self, station: str) -> None:
        """One more asset of a station is made."""
        task = self.progress.tasks[self.tasks[station]]
        if not task.started:
            self.progress.start_task(task.id)
        self.progress.advance(task.id)
