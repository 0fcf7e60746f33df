"""A credit file in the terminal: enterprise, grade, every point, evidence and advice.

Of today from the lake, or of any date by a replay. Not here: replaying (``asof``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.sources.rawlines import RawLines
from assets.stores import dictionaries
from orchestration.lake.engine import Engine
from orchestration.lake.lake import LocalLake
from quality.contracts.codelists import code_list

THOUSANDTHS = 1000
MONTHS = 12
COLOURS = {"A": "green", "B": "yellow", "C": "red", "D": "white on black"}
DATED = "WHERE uscc = ? AND evaluated_on = ?"
Row = dict[str, Any]


class UnknownEnterpriseError(LookupError):
    """No enterprise of that code has a file here."""


class Readable(Protocol):
    """A lake, or a replay of one."""

    @property
    def engine(self) -> Engine:
        """The engine that holds the relations."""
        ...

    def relation(self, table: str) -> str:
        """Make a table readable by its name."""
        ...


@dataclass(frozen=True)
class Shown:
    """What a file is shown of.

    Attributes:
        uscc: the enterprise.
        on: the evaluation date.
        known_at: the last day whose deliveries count; ``None`` is all of them.
    """

    uscc: str
    on: date
    known_at: date | None = None


def credit_file_of(lake: Readable, asked: Shown, lines: RawLines) -> dict[str, Any]:
    """The file as plain data: enterprise, grade, points, evidence down to raw rows.

    Args:
        lake: the tables, of today or replayed.
        asked: which file.
        lines: the lines the evidence came from, as they were sent.

    Raises:
        UnknownEnterpriseError: the code has no file.
    """
    uscc, on = asked.uscc, asked.on
    enterprise = _rows(lake, "enterprises", "WHERE uscc = ?", [uscc])
    if not enterprise:
        raise UnknownEnterpriseError(f"{uscc} has no credit file; check the code")
    grades = _rows(lake, "grades", DATED, [uscc, on])
    told = f"{DATED} ORDER BY points DESC, rule_id"
    waiting = "WHERE uscc = ? ORDER BY found_on, subject"
    advised = f"{DATED} ORDER BY lifts DESC, points_gained DESC, indicator"
    return {
        "enterprise": enterprise[0],
        "evaluated_on": on,
        "known_at": asked.known_at,
        "grade": grades[0] if grades else None,
        "downgrades": _rows(lake, "downgrades", waiting, [uscc]),
        "explanation": _rows(lake, "explanations", told, [uscc, on]),
        "evidence": _evidence(lake, lines, uscc, on),
        "advice": _rows(lake, "advice", advised, [uscc, on]),
    }


def history_of(lake: LocalLake, uscc: str) -> list[Row]:
    """Every month end as known then and as known now, newest first."""
    if not lake.has("grade_history"):
        return []
    query = (
        "SELECT evaluated_on, min(known_on) AS known_then, "
        "first(letter ORDER BY known_on) AS letter_then, "
        "first(score_points ORDER BY known_on) AS score_then, max(known_on) AS known_now, "
        "last(letter ORDER BY known_on) AS letter_now, "
        "last(score_points ORDER BY known_on) AS score_now "
        f"FROM {lake.relation('grade_history')} WHERE uscc = ? "
        "GROUP BY evaluated_on ORDER BY evaluated_on DESC"
    )
    return dictionaries(lake.engine.connection.execute(query, [uscc]))


def _evidence(lake: Readable, lines: RawLines, uscc: str, on: date) -> list[Row]:
    found = _rows(lake, "evidence", f"{DATED} ORDER BY ALL", [uscc, on])
    told = [line | _origin(lake, line) for line in found]
    # In order of batch, so that each is read once.
    places = sorted({_place(line) for line in told if line["batch_id"]})
    raw = {place: lines.line(*place) for place in places}
    return [line | {"raw": raw.get(_place(line))} for line in told]


def _place(line: Row) -> tuple[str, str, int]:
    return line["dataset"], line["batch_id"], line["row_number"]


def _origin(lake: Readable, line: Row) -> Row:
    where = lake.engine.connection.execute(
        f"SELECT batch_id, row_number, received_on FROM {lake.relation(line['dataset'])} "
        "WHERE record_key = ?",
        [line["record_key"]],
    ).fetchone()
    names = ("batch_id", "row_number", "received_on")
    return dict(zip(names, where or (None, None, None), strict=True))


def _rows(lake: Readable, table: str, where: str, values: list[Any]) -> list[Row]:
    found = lake.engine.connection.execute(
        f"SELECT * FROM {lake.relation(table)} {where}", values
    )
    return dictionaries(found)


def show(found: dict[str, Any], console: Console) -> None:
    """Print a credit file."""
    enterprise, grade = found["enterprise"], found["grade"]
    console.print(f"[bold]{escape(enterprise['name'])}[/bold]  {enterprise['uscc']}")
    console.print(_headline(grade))
    for line in found["downgrades"]:
        console.print(_waits(line))
    if found["known_at"]:
        console.print(f"as known on 数据截至 {found['known_at']}")
    if found["explanation"]:
        console.print(_points(found))
    if any(line["raw"] for line in found["evidence"]):
        console.print(_raw_lines(found["evidence"]))
    if found["advice"]:
        console.print(_advice(found["advice"]))
    if found.get("history"):
        console.print(_history(found["history"]))


def _headline(grade: Row | None) -> str:
    if grade is None:
        return "not in the park: no grade 不在园区，不评价"
    if grade["letter"] is None:
        share = grade["completeness_bp"] // 100
        return f"not graded 未评 (data complete to {share} %)"
    colour = COLOURS[grade["letter"]]
    score = written(grade["score_points"])
    dated = f"{grade['policy_id']} · {grade['evaluated_on']}"
    attention = " 重点关注 attention" if grade["state"] == "attention" else ""
    return f"[{colour}] {grade['letter']} [/{colour}]{attention} {score} · {dated}"


def _waits(line: Row) -> str:
    """A lower grade that waits, or that the law put in force."""
    stage = code_list("downgrade_stage")[line["stage"]]
    to = line["pending_letter"]
    to += " attention" if line["pending_state"] == "attention" else ""
    until = f" · 异议至 {line['objection_until']}" if line["stage"] == "pending" else ""
    said = f"{line['letter']} → {to} · {stage.zh} {stage.en}{until}"
    return f"[bold]{said}[/bold] · {escape(line['subject'])}"


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
        reason = f"{line['reason_zh']}\n{line['reason_en']}"
        if line["legal_source"]:
            reason += f"\n〔{line['legal_source']}〕"
        cells = (line["rule_id"], written(line["points"]), reason)
        table.add_row(*map(escape, cells), places + more)
    return table


def _raw_lines(evidence: list[Row]) -> Table:
    """Each line once, as its agency sent it, without anything about natural persons."""
    table = Table(title="依据原始行 Lines as they were sent")
    table.add_column("dataset batch:row")
    table.add_column("line 原始行", overflow="fold")
    told = {_place(line): line["raw"] for line in evidence if line["raw"]}
    for (dataset, batch, row), raw in told.items():
        text = json.dumps(raw, ensure_ascii=False)
        table.add_row(*map(escape, (f"{dataset} {batch}:{row}", text)))
    return table


def _advice(advice: list[Row]) -> Table:
    table = Table(title="改进建议 What would lift the grade")
    for name in ("action 建议", "points 可得分", "grade 等级"):
        table.add_column(name, overflow="fold")
    for line in advice:
        moves = f"{line['letter_before']} → {line['letter_after']}"
        table.add_row(
            escape(f"{line['action_zh']}\n{line['action_en']}"),
            f"+{written(line['points_gained'])}",
            f"[bold]{moves}[/bold]" if line["lifts"] else moves,
        )
    return table


def _history(months: list[Row]) -> Table:
    table = Table(title="月末等级 Month ends, newest first")
    for name in ("month end 月末", "as known then 当时认定", "as known now 现认定"):
        table.add_column(name)
    for row in months[:MONTHS]:
        then, now = (
            f"{row[f'letter_{when}'] or '未评'} {written(row[f'score_{when}'])} "
            f"({row[f'known_{when}']})"
            for when in ("then", "now")
        )
        table.add_row(str(row["evaluated_on"]), then, now)
    return table


def written(points: int | None) -> str:
    """Thousandths as points; a dash where there are none."""
    if points is None:
        return "—"
    return f"{points / THOUSANDTHS:.3f}".rstrip("0").rstrip(".")
