"""A credit file in the terminal: enterprise, grade, every point and its evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.lake.lake import LocalLake

THOUSANDTHS = 1000
COLOURS = {"A": "green", "B": "yellow", "C": "red", "D": "white on black"}


class UnknownEnterpriseError(LookupError):
    """No enterprise of that code has a file here."""


def credit_file_of(lake: LocalLake, today: date, uscc: str) -> dict[str, Any]:
    """The file as plain data: enterprise, grade, points, evidence down to raw rows.

    Raises:
        UnknownEnterpriseError: the code has no file.
    """
    enterprise = _rows(lake, "enterprises", "WHERE uscc = ?", [uscc])
    if not enterprise:
        raise UnknownEnterpriseError(f"{uscc} has no credit file; check the code")
    dated = "WHERE uscc = ? AND evaluated_on = ?"
    grades = _rows(lake, "grades", dated, [uscc, today])
    return {
        "enterprise": enterprise[0],
        "grade": grades[0] if grades else None,
        "explanation": _rows(lake, "explanations", dated, [uscc, today]),
        "evidence": _evidence(lake, uscc, today),
    }


def _evidence(lake: LocalLake, uscc: str, today: date) -> list[dict[str, Any]]:
    found = _rows(
        lake, "evidence", "WHERE uscc = ? AND evaluated_on = ?", [uscc, today]
    )
    return [line | _origin(lake, line) for line in found]


def _origin(lake: LocalLake, line: dict[str, Any]) -> dict[str, Any]:
    where = lake.engine.connection.execute(
        f"SELECT batch_id, row_number FROM {lake.relation(line['dataset'])} "
        "WHERE record_key = ?",
        [line["record_key"]],
    ).fetchone()
    return dict(zip(("batch_id", "row_number"), where or (None, None), strict=True))


def _rows(
    lake: LocalLake, table: str, where: str, values: list[Any]
) -> list[dict[str, Any]]:
    found = lake.engine.connection.execute(
        f"SELECT * FROM {lake.relation(table)} {where}", values
    )
    names = [d[0] for d in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def show(found: dict[str, Any], console: Console) -> None:
    """Print a credit file."""
    enterprise, grade = found["enterprise"], found["grade"]
    console.print(f"[bold]{escape(enterprise['name'])}[/bold]  {enterprise['uscc']}")
    console.print(_headline(grade))
    if found["explanation"]:
        console.print(_points(found))


def _headline(grade: dict[str, Any] | None) -> str:
    if grade is None:
        return "not in the park: no grade 不在园区，不评价"
    if grade["letter"] is None:
        share = grade["completeness_bp"] // 100
        return f"not graded 未评 (data complete to {share} %)"
    colour = COLOURS[grade["letter"]]
    score = _written(grade["score_points"])
    dated = f"{grade['policy_id']} · {grade['evaluated_on']}"
    return f"[{colour}] {grade['letter']} [/{colour}] {score} · {dated}"


def _points(found: dict[str, Any]) -> Table:
    table = Table()
    for name in (
        "rule 规则",
        "points 分",
        "reason 原因",
        "evidence 依据 (dataset batch:row)",
    ):
        table.add_column(name, overflow="fold")
    for line in found["explanation"]:
        rests = [e for e in found["evidence"] if e["rule_id"] == line["rule_id"]]
        places = "\n".join(
            f"{e['dataset']} {e['batch_id']}:{e['row_number']}" for e in rests[:3]
        )
        more = f"\n… {len(rests)}" if len(rests) > 3 else ""  # noqa: PLR2004
        cells = (line["rule_id"], _written(line["points"]), line["reason_zh"])
        table.add_row(*map(escape, cells), places + more)
    return table


def _written(points: int) -> str:
    return f"{points / THOUSANDTHS:.3f}".rstrip("0").rstrip(".")
