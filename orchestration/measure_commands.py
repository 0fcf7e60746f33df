"""Commands of the office's measures: inspections, warnings, lists to work from.

Everything shown is read from what the last run made. Not here: how it follows from
files, grades and policy (``assets.measures``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from orchestration.errors import guarded
from orchestration.printing import emit, json_option
from orchestration.settings import Settings


def rows_of(settings: Settings, query: str, *tables: str) -> list[dict[str, Any]]:
    """Rows of a query over derived tables of the last run."""
    from assets.stores import dictionaries  # noqa: PLC0415
    from orchestration.places import make_lake  # noqa: PLC0415

    lake = make_lake(settings)
    for table in tables:
        lake.relation(table)
    return dictionaries(lake.engine.connection.execute(query))


@click.group()
def inspect() -> None:
    """Random inspections: draw, replay, visits, load."""


@inspect.command("draw")
@click.argument("plan_no")
@click.option("--seed", required=True, help="The numbers that were drawn in public.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, exists=False),
    help="Where the sealed draw is written; never overwritten.",
)
@click.pass_obj
@guarded
def inspect_draw(obj: Any, plan_no: str, seed: str, out: Path) -> None:
    """Draw today's enterprises for a plan and seal population, seed and result."""
    from assets.measures.draw import Entry, sealed  # noqa: PLC0415

    query = "SELECT uscc, ratio_bp, exempt FROM inspection_frequencies ORDER BY uscc"
    rows = rows_of(obj.settings, query, "inspection_frequencies")
    population = [Entry(**row) for row in rows]
    day = obj.settings.clock.today().isoformat()
    document = sealed(population, plan_no, seed, day)
    if out.exists():
        raise click.ClickException(f"{out} exists; a sealed draw is never overwritten")
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    number, size = len(document["drawn"]), len(population)
    click.echo(f"{plan_no}: {number} of {size} drawn with seed {seed}")
    click.echo(f"population {document['population_sha256']}")


@inspect.command("replay")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
@guarded
def inspect_replay(_: Any, file: Path) -> None:
    """Draw again from a sealed draw; exit 1 if it does not follow from its seed."""
    from assets.measures.draw import SealBrokenError, replay  # noqa: PLC0415

    document = json.loads(file.read_text("utf-8"))
    try:
        again = replay(document)
    except SealBrokenError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{document['plan_no']}: the same {len(again)} enterprises are drawn")


@inspect.command("visits")
@click.argument("plan_no")
@json_option
@click.pass_obj
@guarded
def inspect_visits(obj: Any, plan_no: str, as_json: bool) -> None:
    """The joint visits of a plan: checks, what is spared and why, inspectors."""
    query = (
        "SELECT v.uscc, v.items, v.spared, v.reason, i.inspectors FROM inspection_visits"
        " AS v LEFT JOIN (SELECT plan_no, uscc, string_agg(inspector_no, ';' ORDER BY"
        " inspector_no) AS inspectors FROM inspection_assignments GROUP BY plan_no, uscc)"
        " AS i USING (plan_no, uscc) WHERE plan_no = "
        f"{quoted(plan_no)} ORDER BY uscc"
    )
    rows = rows_of(obj.settings, query, "inspection_visits", "inspection_assignments")
    emit(obj.console, rows, as_json=as_json, empty=f"No plan {plan_no} was drawn")


@inspect.command("load")
@json_option
@click.pass_obj
@guarded
def inspect_load(obj: Any, as_json: bool) -> None:
    """Expected visits a year per hundred enterprises by grade, before and after."""
    query = "SELECT * FROM inspection_savings ORDER BY letter"
    rows = rows_of(obj.settings, query, "inspection_savings")
    emit(obj.console, rows, as_json=as_json, empty="No enterprise is graded yet")


@click.group()
def warnings() -> None:
    """Early warnings: list, back-test."""


@warnings.command("list")
@click.option(
    "--level",
    type=click.Choice(["enterprise", "chain", "area"]),
    help="Only one level.",
)
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@json_option
@click.pass_obj
@guarded
def warnings_list(obj: Any, level: str | None, everything: bool, as_json: bool) -> None:
    """Standing warnings: level, subject, reason, since when, path, who took it up."""
    conditions = ["true" if everything else "ended_on IS NULL"]
    if level:
        conditions.append(f"level = {quoted(level)}")
    query = (
        "SELECT warning_id, colour, level, subject_name, subject, reason, since, path,"
        f" state, unit, closed_why FROM warnings WHERE {' AND '.join(conditions)}"
        " ORDER BY level, since DESC, subject, rule_id"
    )
    rows = rows_of(obj.settings, query, "warnings")
    emit(obj.console, rows, as_json=as_json, empty="No warning stands")


@warnings.command("acknowledge")
@click.argument("warning_id")
@click.option("--words", required=True, help="What will be done about it.")
@click.option("--by", required=True, help="Who takes it up: a desk, no person's name.")
@click.pass_obj
@guarded
def warnings_acknowledge(obj: Any, warning_id: str, words: str, by: str) -> None:
    """Take a standing warning up; close it with `case move CASE resolve --note …`."""
    from orchestration.registry import opened  # noqa: PLC0415
    from publish.cases.model import CaseError  # noqa: PLC0415
    from publish.cases.office_cases import acknowledge  # noqa: PLC0415

    settings: Settings = obj.settings
    query = (
        "SELECT rule_id, subject FROM warnings WHERE ended_on IS NULL "
        f"AND warning_id = {quoted(warning_id)}"
    )
    found = rows_of(settings, query, "warnings")
    if not found:
        raise CaseError(f"no warning {warning_id} stands: see creditpark warnings list")
    registry = opened(settings)
    given = {"unit": by, "words": words}
    click.echo(acknowledge(registry, settings.clock, **found[0], **given).id)


@warnings.command("backtest")
@json_option
@click.pass_obj
@guarded
def warnings_backtest(obj: Any, as_json: bool) -> None:
    """How good each rule was: hits, false alarms, days ahead, chance without it."""
    query = "SELECT * FROM warning_backtest ORDER BY level DESC, rule_id"
    rows = rows_of(obj.settings, query, "warning_backtest")
    emit(obj.console, rows, as_json=as_json, empty="No warning was ever given")


@click.command("matches")
@click.argument("uscc")
@json_option
@click.pass_obj
@guarded
def matches(obj: Any, uscc: str, as_json: bool) -> None:
    """What an enterprise may have: incentives, services, products, policies, and why."""
    tables = ("incentives", "approval_services", "finance_matches", "policy_matches")
    query = (
        "SELECT 'incentive' AS what, title, reason FROM incentives WHERE uscc = $u "
        "UNION ALL SELECT 'service', title, reason FROM approval_services "
        "WHERE uscc = $u AND open "
        "UNION ALL SELECT 'product', concat(bank, ' ', name), reason "
        "FROM finance_matches WHERE uscc = $u "
        "UNION ALL SELECT 'policy', title, reason FROM policy_matches WHERE uscc = $u "
        "ORDER BY 1, 2"
    ).replace("$u", quoted(uscc))
    rows = rows_of(obj.settings, query, *tables)
    emit(obj.console, rows, as_json=as_json, empty=f"Nothing for {uscc} today")


@click.command("push")
@click.option("--policy", "policy_code", help="Only one support policy.")
@json_option
@click.pass_obj
@guarded
def push(obj: Any, policy_code: str | None, as_json: bool) -> None:
    """The month's push list of support policies: whom to tell in its first week, why."""
    only = f" AND policy_code = {quoted(policy_code)}" if policy_code else ""
    query = (
        "SELECT policy_code, title, uscc, reason, push_from, push_until, closes_on "
        f"FROM policy_matches WHERE push{only} ORDER BY policy_code, uscc"
    )
    rows = rows_of(obj.settings, query, "policy_matches")
    emit(obj.console, rows, as_json=as_json, empty="Nobody is to be told this month")


@click.command("screen")
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--name", "names", multiple=True, help="A name or code typed in.")
@json_option
@click.pass_obj
@guarded
def screen(obj: Any, file: Path | None, names: tuple[str, ...], as_json: bool) -> None:
    """Screen candidates for investment: match, explained risk, partners, chain gap."""
    from assets import sql  # noqa: PLC0415
    from assets.measures import screening  # noqa: PLC0415

    wanted = [screening.typed(name) for name in names]
    if file:
        wanted += screening.candidates_of(file)
    if not wanted:
        raise click.UsageError("give a FILE of candidates, or --name")
    today = obj.settings.clock.today()
    query = sql.to_sql(screening.screening_query(wanted, today))
    rows = rows_of(obj.settings, query, *screening.TABLES)
    emit(obj.console, rows, as_json=as_json, empty="No candidate")


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    from sqlglot import exp  # noqa: PLC0415

    return exp.Literal.string(text).sql("duckdb")


def add_measure_commands(main: click.Group) -> None:
    """Hang everything here under ``creditpark``."""
    for command in (inspect, warnings, matches, push, screen):
        main.add_command(command)
