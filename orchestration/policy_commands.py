"""``creditpark policy …`` and ``creditpark file``: what the credit office types.

Not here: the work behind each (``comparison``, ``creditfile``, ``asof``).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.printing import json_option
from orchestration.settings import POLICY, Settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def policy() -> None:
    """Check, compare and read the grading policy."""


@policy.command("check")
@click.argument("file", required=False, type=click.Path(exists=True))
@click.pass_obj
@guarded
def policy_check(obj: Any, file: str | None) -> None:
    """Report every mistake of a policy document with its line; exit 1 if there is one.

    FILE may also be a severity table (.csv). Without it, the policy and the table in
    force are checked.
    """
    from assets.credit.loading import check  # noqa: PLC0415
    from assets.files import severity  # noqa: PLC0415

    path = file or str(obj.settings.policy)
    problems: list[Any] = [] if path.endswith(".csv") else [*check(path)]
    if file is None or path.endswith(".csv"):
        table = Path(file).read_text("utf-8") if file else severity.shipped()
        problems += severity.read(table)[1]
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.ClickException(f"{len(problems)} mistakes")
    click.echo(f"{path}: no mistakes")


@policy.command("compare")
@click.argument("old")
@click.argument("new")
@click.option("--on", type=DAY, help="Evaluation date; today by default.")
@click.option("--known", type=DAY, help="Last day whose deliveries count.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report here.")
@json_option
@click.pass_obj
@guarded
def policy_compare(
    obj: Any,
    old: str,
    new: str,
    *,
    on: datetime | None,
    known: datetime | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Grade the same files by two policies: who moves, and which rules move them.

    OLD and NEW are files, or ids of policies that ship.
    """
    from orchestration import comparison  # noqa: PLC0415
    from orchestration.places import make_lake, make_setup  # noqa: PLC0415

    settings: Settings = obj.settings
    today = settings.clock.today()
    files = (policy_file(old), policy_file(new))
    asked = comparison.Asked(*files, _day(on, today), _day(known, today))
    found = comparison.compare(make_lake(settings), make_setup(settings), asked)
    if html:
        comparison.write_page(found, html)
    if as_json:
        click.echo(_json(found.as_dict()))
    else:
        comparison.show(found, obj.console)


@policy.command("sql")
@click.argument("indicator", required=False)
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Engine to print it for.",
)
@click.pass_obj
@guarded
def policy_sql(obj: Any, indicator: str | None, dialect: str) -> None:
    """Print the SQL that an indicator and its rules are compiled to; all by default."""
    from assets.credit.compiled import statement_of  # noqa: PLC0415
    from assets.credit.loading import load_policy  # noqa: PLC0415

    loaded = load_policy(obj.settings.policy)
    wanted = [indicator] if indicator else [i.id for i in loaded.indicators]
    for name in wanted:
        click.echo(statement_of(loaded, name, dialect))


@policy.command("card")
@json_option
@click.pass_obj
@guarded
def policy_card(obj: Any, as_json: bool) -> None:
    """Print the model card: weights, rules, and how grades spread and keep in fact."""
    from assets.credit.card import described  # noqa: PLC0415
    from assets.credit.loading import load_policy  # noqa: PLC0415
    from orchestration.card import measured_of, text_of  # noqa: PLC0415
    from orchestration.places import make_lake  # noqa: PLC0415

    settings: Settings = obj.settings
    found = measured_of(make_lake(settings), settings.clock.today())
    if as_json:
        click.echo(_json(found))
    else:
        click.echo(f"{described(load_policy(settings.policy))}\n{text_of(found)}")


@policy.command("figures")
@click.argument("balance", type=click.Path(exists=True, path_type=Path))
@click.argument("income", type=click.Path(exists=True, path_type=Path))
@click.option("--days", default=360, show_default=True, help="Days of a year.")
@json_option
@click.pass_obj
@guarded
def policy_figures(
    obj: Any, balance: Path, income: Path, *, days: int, as_json: bool
) -> None:
    """Figures of a firm's published yearly statements, by mean receivables.

    BALANCE and INCOME are transposed statements (items down, year ends across), in yuan
    or 万元, UTF-8 or GB18030. Sales on credit are not in them, and not made up.
    """
    from assets.credit.annual import Published  # noqa: PLC0415
    from orchestration.annual import figures_of, show  # noqa: PLC0415

    found = figures_of([Published(balance.stem, balance, income)], days)
    if as_json:
        click.echo(_json(found))
    else:
        show(found, days, obj.console)


@click.command("file")
@click.argument("uscc")
@click.option("--on", type=DAY, help="Evaluation date; today by default.")
@click.option("--known", type=DAY, help="Last day whose deliveries count.")
@json_option
@click.pass_obj
@guarded
def credit_file(
    obj: Any, uscc: str, on: datetime | None, known: datetime | None, as_json: bool
) -> None:
    """Show an enterprise's credit file: grade, every point, what it rests on, advice.

    With --on and --known the grade is computed as of that day, as known on that day.
    """
    from assets.sources.rawlines import RawLines  # noqa: PLC0415
    from orchestration import creditfile  # noqa: PLC0415
    from orchestration.places import make_lake, make_setup  # noqa: PLC0415

    settings: Settings = obj.settings
    today, lake = settings.clock.today(), make_lake(settings)
    lines = RawLines(lake.landing, make_setup(settings).sources)
    if on or known:
        asked = creditfile.Shown(uscc, _day(on, today), _day(known, today))
        replay = _replayed(settings, asked.on, asked.known_at)
        found = creditfile.credit_file_of(replay, asked, lines)
    else:
        shown = creditfile.Shown(uscc, today)
        found = creditfile.credit_file_of(lake, shown, lines)
        found["history"] = creditfile.history_of(lake, uscc)
    if as_json:
        click.echo(_json(found))
    else:
        creditfile.show(found, obj.console)


def policy_file(name: str) -> Path:
    """A policy by file or by the id of one that ships.

    Raises:
        LookupError: there is none.
    """
    path, shipped = Path(name), POLICY / f"{name}.yaml"
    for found in (path, shipped):
        if found.is_file():
            return found
    known = ", ".join(sorted(p.stem for p in POLICY.glob("*.yaml")))
    raise LookupError(f"no policy {name!r}: give a file, or one of {known}")


def _replayed(settings: Settings, on: date, known_at: date | None) -> Any:
    from orchestration import asof  # noqa: PLC0415
    from orchestration.places import make_lake, make_setup  # noqa: PLC0415

    setup = make_setup(settings)
    replay = asof.archive(make_lake(settings), setup, on, known_at or on)
    return asof.grade(replay, setup)


def _day(given: datetime | None, default: date) -> date:
    return given.date() if given else default


def _json(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, default=str)


def add_policy_commands(main: click.Group) -> None:
    """Hang everything here under ``creditpark``."""
    for command in (policy, credit_file):
        main.add_command(command)
