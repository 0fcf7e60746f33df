"""``python -m benchmarks``: run scenarios, keep what they cost, write the report.

``make bench-quick`` runs the small sizes in about three minutes, ``make bench`` all.
Figures are given beside a baseline measured in the same run: absolute seconds differ
from machine to machine.
"""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks import harness, report
from benchmarks.declared import BY_NAME, SCENARIOS, Scenario

QUICK = Path("var") / "benchmarks"  # what is published stays as it is


@click.command()
@click.option("--only", multiple=True, help=f"{', '.join(BY_NAME)}; else all.")
@click.option("--size", "sizes", multiple=True, type=int, help="Instead of the usual.")
@click.option("--quick", is_flag=True, help="Small sizes, about three minutes.")
@click.option(
    "--runs", type=int, help="Else three, or one for long ones; 0: report only."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the report.")
def main(
    only: tuple[str, ...],
    sizes: tuple[int, ...],
    quick: bool,
    runs: int | None,
    out: Path | None,
) -> None:
    """Measure, keep and report."""
    wrong = {*only} - {*BY_NAME}
    if wrong:
        raise click.BadParameter(f"no such scenario: {', '.join(sorted(wrong))}")
    out = out or (QUICK if quick else harness.RESULTS.parent)
    for scenario in (s for s in SCENARIOS if not only or s.name in only):
        for size in () if runs == 0 else _sizes(scenario, sizes, quick=quick):
            command = f"python -m benchmarks --only {scenario.name} --size {size}"
            often = scenario.runs(size) if runs is None else runs
            found = harness.run(scenario, size, often, command)
            harness.keep(found, out / "results")
            click.echo(report.as_text(found))
    report.write(out)


def _sizes(
    scenario: Scenario, asked: tuple[int, ...], *, quick: bool
) -> tuple[int, ...]:
    if quick:
        return (scenario.quick,) if scenario.quick else ()
    return asked or scenario.sizes


if __name__ == "__main__":
    main()
