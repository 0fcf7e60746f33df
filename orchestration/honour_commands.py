"""``creditpark honours``: candidates of the lists, and objections to them.

Not here: who is a candidate (``assets.measures``), the steps of a case
(``case_commands``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from orchestration.case_commands import by_option, paper_option, uploads, words_option
from orchestration.errors import guarded
from orchestration.measure_commands import quoted, rows_of
from orchestration.printing import emit, json_option
from orchestration.registry import opened
from orchestration.settings import Settings
from publish.cases.model import CaseError
from publish.cases.office_cases import object_to_honour

IN_NOTICE = ("in_notice", "contested")
COLUMNS = (
    "honour_list, year, place, uscc, enterprise_name, score_points, state, "
    "notice_from, notice_to, listed_on, valid_to, delisted_on, delisting_reason"
)


@click.group()
def honours() -> None:
    """Honour lists: candidates with their scores, objections in the public notice."""


@honours.command("list")
@click.option("--list", "honour_list", help="Only one list.")
@click.option("--year", type=int, help="Only one year.")
@json_option
@click.pass_obj
@guarded
def honours_list(
    obj: Any, honour_list: str | None, year: int | None, as_json: bool
) -> None:
    """Every candidate of every round: place, score, how it stands, and since when."""
    conditions = ["true"]
    if honour_list:
        conditions.append(f"honour_list = {quoted(honour_list)}")
    if year:
        conditions.append(f"year = {year}")
    query = (
        f"SELECT {COLUMNS} FROM honour_candidates WHERE {' AND '.join(conditions)} "
        "ORDER BY honour_list, year, place"
    )
    rows = rows_of(obj.settings, query, "honour_candidates")
    emit(obj.console, rows, as_json=as_json, empty="No round was held")


@honours.command("object")
@click.argument("honour_list")
@click.argument("year", type=int)
@click.argument("uscc")
@words_option
@paper_option
@by_option
@click.pass_obj
@guarded
def honours_object(
    obj: Any,
    *,
    honour_list: str,
    year: int,
    uscc: str,
    words: str,
    papers: Sequence[str],
    by: str,
) -> None:
    """Take an objection to a candidate in its public notice; not by whom it is.

    Decide it with `case move CASE uphold` or `reject`, each with `--note`.
    """
    settings: Settings = obj.settings
    name = _in_notice(settings, honour_list, year, uscc)
    made = object_to_honour(
        opened(settings),
        settings.clock,
        (honour_list, year, uscc),
        name=name,
        words=words,
        papers=uploads(papers),
        by=by,
    )
    click.echo(made.id)


def _in_notice(settings: Settings, honour_list: str, year: int, uscc: str) -> str:
    """The candidate's name, while it stands in the notice."""
    query = (
        "SELECT enterprise_name, state, notice_from, notice_to FROM honour_candidates "
        f"WHERE honour_list = {quoted(honour_list)} AND year = {year} "
        f"AND uscc = {quoted(uscc)}"
    )
    found = rows_of(settings, query, "honour_candidates")
    if not found:
        raise CaseError(f"{uscc} is no candidate: see creditpark honours list")
    (row,) = found
    if row["state"] not in IN_NOTICE:
        span = f"{row['notice_from']} to {row['notice_to']}"
        raise CaseError(f"objections are taken in the public notice: {span}")
    return str(row["enterprise_name"])
