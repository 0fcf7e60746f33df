"""Whether the bank interface grows with its processes, each held to part of a processor.

``python -m benchmarks.scale``: on a small machine the client that asks takes a processor of
its own, so that one process more shows nothing. Here the system gives each serving process
the same share, by control groups of Linux (root): what so many processes then answer is
what so many processors of that share would. Not here: how fast one is (``api``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import click
from sqlalchemy import URL

from benchmarks.api import KEY, WARM, Served, exactness, ours, registry_of, served
from benchmarks.api_world import world
from benchmarks.http_load import Told, family

PERIOD = 10_000  # microseconds in which a share is given out
GROUPS = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


@contextmanager
def held(pids: list[int], percent: int) -> Iterator[None]:
    """Each process in a control group of its own.

    Raises:
        click.ClickException: this system gives no shares, or not to us.
    """
    top = next((g for g in GROUPS if (g / "cgroup.procs").exists()), GROUPS[-1])
    made = [top / f"creditpark-{pid}" for pid in pids]
    try:
        for group, pid in zip(made, pids, strict=True):
            group.mkdir()
            _give(group, PERIOD * percent // 100)
            (group / "cgroup.procs").write_text(str(pid))
        yield
    except OSError as error:
        raise click.ClickException(f"no shares of processors here: {error}") from error
    finally:
        for group, pid in zip(made, pids, strict=True):
            if group.exists():
                (top / "cgroup.procs").write_text(str(pid))
                group.rmdir()


def _give(group: Path, quota: int) -> None:
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text(f"{quota} {PERIOD}")
    else:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(quota))


def serving(it: Served) -> list[int]:
    """The processes that answer: the children where there are some."""
    first, *children = family(it.pid)
    return children or [first]


def measured(
    home: Path, paths: list[str], processes: int, percent: int, url: URL
) -> Told:
    """So many processes, each on its share."""
    with served(ours, home, processes, url) as it:
        it.ask(paths[:WARM], KEY)  # what each opens once, it opens in freedom
        with held(serving(it), percent):
            return it.ask(paths[WARM:], KEY)


@click.command()
@click.option(
    "--enterprises", default=30_000, show_default=True, help="In the release."
)
@click.option("--requests", default=3_000, show_default=True, help="Of each run.")
@click.option("--percent", default=20, show_default=True, help="Of a processor, each.")
@click.option("--most", default=4, show_default=True, help="Processes, at the end.")
@click.option("--postgresql", is_flag=True, help="The registry on PostgreSQL.")
def main(
    enterprises: int, requests: int, percent: int, most: int, postgresql: bool
) -> None:
    """Print what 1, 2, … processes answer, each on the same share of a processor."""
    with (
        tempfile.TemporaryDirectory() as folder,
        registry_of(Path(folder), postgresql) as url,
    ):
        home, asked = Path(folder), requests + WARM
        codes = list(islice(cycle(world(home, enterprises, asked, url)), asked))
        for title, end in (("public facts", ""), ("grade, authorised", "/credit")):
            paths = [f"/api/v1/enterprises/{code}{end}" for code in codes]
            base = None
            for count in range(1, most + 1):
                found = measured(home, paths, count, percent, url)
                base = base or found
                times = f"{found.rate:6.0f}/s  {found.rate / base.rate:5.2f} x one"
                click.echo(f"{title}, {count} x {percent} % of a processor: {times}")
        click.echo(exactness(url))


if __name__ == "__main__":
    main()
