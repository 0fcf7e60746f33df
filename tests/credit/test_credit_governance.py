"""How grades take effect: upgrades at once, downgrades told, open to objection, confirmed.

Worked by hand: 2026-06-01 is a Monday; the working days after it are 2, 3, 4, 5 and 8 June.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import sql
from assets.credit import decisions, governance
from assets.credit.decisions import GradeDecision, GradeDecisionError
from assets.credit.policy import Policy
from assets.reference import rows_query, working_days
from quality.contracts import credit
from quality.contracts.model import engine_type

MONDAY = date(2026, 6, 1)
SINCE = date(2026, 1, 1)
FEW = settings(max_examples=4, deadline=None, derandomize=True, database=None)
STANDINGS: dict[str, tuple[str, str | None]] = {
    "A": ("graded", "A"),
    "B": ("graded", "B"),
    "C": ("graded", "C"),
    "attention": ("attention", "C"),
    "D": ("graded", "D"),
    "none": ("not_graded", None),
}
WORST_LAST = ("A", "B", "C", "attention", "D")


def june(day: int) -> date:
    return date(2026, 6, day)


@dataclass
class Office:
    """Runs on days, with what was computed; and what was done about downgrades."""

    connection: duckdb.DuckDBPyConnection
    policy: Policy
    acts: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._make(governance.LEDGER, sql.to_sql(governance.empty_ledger()))
        for name, columns in (("explanations", credit.explanations.columns),):
            typed = ", ".join(f"{c.name} {engine_type(c)}" for c in columns)
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({typed})")
        days = working_days(SINCE, MONDAY)
        self._make("working_days", sql.to_sql(days))

    def run(self, day: date, *dates: date, **computed: str) -> dict[str, str]:
        """A whole run; gives what is in force that day."""
        self.look(day, *dates, **computed)
        self._make(
            governance.LEDGER, sql.to_sql(governance.ledger_query(day)), replace=True
        )
        return self.standing(day)

    def look(self, day: date, *dates: date, **computed: str) -> None:
        """What a run makes, without keeping it."""
        rows = [
            (uscc, on, "p", *STANDINGS[name], 1_000, 10_000, name == "D")
            for on in (*dates, day)
            for uscc, name in computed.items()
        ]
        names = ("uscc", "evaluated_on", "policy_id", "state", "letter")
        names += ("score_points", "completeness_bp", "vetoed")
        kinds = dict(zip(names, ("TEXT", "DATE", *["TEXT"] * 3), strict=False))
        kinds |= {"score_points": "BIGINT", "completeness_bp": "BIGINT"}
        columns = kinds | {"vetoed": "BOOLEAN", "veto_rule": "TEXT"}
        given = rows_query(columns, [(*row, None) for row in rows])
        self._make("computed_grades", sql.to_sql(given))
        listed = [(uscc, uscc) for uscc in computed]
        named = rows_query({"uscc": "TEXT", "name": "TEXT"}, listed)
        self._make("enterprises", sql.to_sql(named))
        evaluated = rows_query({"evaluated_on": "DATE"}, [(d,) for d in (*dates, day)])
        self._make("evaluations", sql.to_sql(evaluated))
        known = [a for a in self.acts if a[2] <= day]
        self._make("grade_acts", sql.to_sql(rows_query(governance.ACTS, known)))
        for name, query in (
            ("grade_steps", governance.steps_query(self.policy, day)),
            ("grades", governance.effective_query(self.policy)),
            ("downgrades", governance.downgrades_query(day)),
        ):
            self._make(name, sql.to_sql(query))

    def standing(self, day: date) -> dict[str, str]:
        found = self.rows(
            "SELECT uscc, CASE state WHEN 'graded' THEN letter WHEN 'not_graded' "
            f"THEN 'none' ELSE state END FROM grades WHERE evaluated_on = '{day}'"
        )
        return dict(found)

    def waiting(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT subject, letter, pending_letter, objection_until, stage "
            "FROM downgrades"
        )

    def tell(self, day: date) -> None:
        """What the outbox does after a run."""
        told = {a[0] for a in self.acts if a[1] == "told"}
        for subject, stage in self.rows("SELECT subject, stage FROM downgrades"):
            if stage != "lawful" and subject not in told:
                self.acts.append((subject, "told", day, None))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def _make(self, name: str, text: str, *, replace: bool = False) -> None:
        if replace:
            self.connection.execute(f"CREATE OR REPLACE TABLE made AS {text}")
            text = "FROM made"
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")


@pytest.fixture
def office(connection: duckdb.DuckDBPyConnection, shipped: Policy) -> Office:
    return Office(connection, shipped)


def test_the_first_grade_is_in_force_at_once(office: Office):
    first = dict(zip(("E1", "E2", "E3", "E4", "E5", "E6"), STANDINGS, strict=True))
    assert office.run(MONDAY, **first) == first
    assert office.waiting() == []


def test_a_better_grade_is_in_force_at_once(office: Office):
    office.run(june(1), E1="C", E2="attention", E3="D")
    assert office.run(june(2), E1="A", E2="C", E3="B") == {
        "E1": "A",
        "E2": "C",
        "E3": "B",
    }
    assert office.waiting() == []


def test_a_worse_grade_waits_for_notice_objection_and_confirmation(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    assert office.run(june(1), E1="C") == {"E1": "A"}
    subject = "E1/2026-06-01/C"
    assert office.waiting() == [(subject, "A", "C", june(8), "pending")]
    office.tell(june(1))
    assert office.run(june(8), E1="C") == {"E1": "A"}
    assert office.waiting() == [(subject, "A", "C", june(8), "pending")]
    assert office.run(june(9), E1="C") == {"E1": "A"}
    assert office.waiting() == [(subject, "A", "C", june(8), "unconfirmed")]
    office.acts.append((subject, "confirmed", june(9), None))
    assert office.run(june(9), E1="C") == {"E1": "C"}
    assert office.waiting() == []
    assert office.run(june(30), E1="C") == {"E1": "C"}


def test_a_confirmation_before_the_end_shortens_nothing(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.tell(june(1))
    office.acts.append(("E1/2026-06-01/B", "confirmed", june(2), None))
    assert office.run(june(8), E1="B") == {"E1": "A"}
    assert office.run(june(9), E1="B") == {"E1": "B"}


def test_nobody_falls_without_having_been_told(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.acts.append(("E1/2026-06-01/B", "confirmed", june(2), None))
    assert office.run(june(30), E1="B") == {"E1": "A"}
    # The letter leaves at last: the five days run from it.
    office.tell(june(30))
    assert office.run(date(2026, 7, 7), E1="B") == {"E1": "A"}
    assert office.run(date(2026, 7, 8), E1="B") == {"E1": "B"}


def test_the_policy_may_confirm_by_itself(
    connection: duckdb.DuckDBPyConnection, shipped: Policy
):
    rule = shipped.governance.model_copy(update={"confirmation": "automatic"})
    office = Office(connection, shipped.model_copy(update={"governance": rule}))
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.tell(june(1))
    assert office.run(june(8), E1="B") == {"E1": "A"}
    assert office.run(june(9), E1="B") == {"E1": "B"}


def test_an_open_objection_holds_it_up_and_one_upheld_ends_it(office: Office):
    office.run(date(2026, 5, 29), E1="A", E2="A")
    office.run(june(1), E1="B", E2="B")
    office.tell(june(1))
    for uscc in ("E1", "E2"):
        subject = f"{uscc}/2026-06-01/B"
        office.acts.append((subject, "confirmed", june(2), None))
        office.acts.append((subject, "contested", june(5), june(12)))
    office.acts.append(("E2/2026-06-01/B", "withheld", june(12), None))
    assert office.run(june(11), E1="B", E2="B") == {"E1": "A", "E2": "A"}
    assert [row[-1] for row in office.waiting()] == ["contested", "contested"]
    assert office.run(june(12), E1="B", E2="B") == {"E1": "B", "E2": "A"}
    assert [row[-1] for row in office.waiting()] == ["withheld"]


def test_the_law_s_own_list_is_in_force_at_once_and_ends_at_once(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    assert office.run(june(1), E1="D") == {"E1": "D"}
    assert office.waiting() == [("E1/2026-06-01/D", "A", "D", june(8), "lawful")]
    assert office.run(june(3), E1="A") == {"E1": "A"}
    assert office.waiting() == []


def test_a_deeper_step_is_told_by_itself(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.tell(june(1))
    office.run(june(4), E1="attention")
    assert office.waiting() == [
        ("E1/2026-06-01/B", "A", "B", june(8), "pending"),
        ("E1/2026-06-04/attention", "A", "C", june(11), "pending"),
    ]
    office.tell(june(4))
    office.acts += [(row[0], "confirmed", june(5), None) for row in office.waiting()]
    assert office.run(june(9), E1="attention") == {"E1": "B"}
    assert office.run(june(12), E1="attention") == {"E1": "attention"}


def test_a_better_day_between_ends_the_waiting(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.tell(june(1))
    assert office.run(june(4), E1="A") == {"E1": "A"}
    assert office.run(june(30), E1="B") == {"E1": "A"}
    assert office.waiting()[0][0] == "E1/2026-06-30/B"


def test_a_gap_in_the_data_takes_the_grade_and_is_no_way_around_the_notice(
    office: Office,
):
    office.run(june(1), E1="A")
    assert office.run(june(2), E1="none") == {"E1": "none"}
    assert office.run(june(3), E1="C") == {"E1": "A"}


def test_the_same_day_again_and_a_past_day_again_change_nothing(office: Office):
    office.run(date(2026, 5, 29), E1="A", E2="B")
    once = office.run(june(1), E1="B", E2="B"), office.waiting()
    ledger = office.rows("FROM grade_ledger ORDER BY ALL")
    assert (office.run(june(1), E1="B", E2="B"), office.waiting()) == once
    assert office.rows("FROM grade_ledger ORDER BY ALL") == ledger
    # Mended within the day: as if it had never been.
    office.run(june(1), E1="A", E2="B")
    assert len(office.rows("FROM grade_ledger")) == 2
    office.run(june(2), E1="C", E2="B")
    ledger = office.rows("FROM grade_ledger ORDER BY ALL")
    assert office.run(june(1), E1="B", E2="D") == {"E1": "A", "E2": "D"}
    assert office.rows("FROM grade_ledger ORDER BY ALL") == ledger


def test_a_month_that_is_over_is_never_marked_down_afterwards(office: Office):
    may = date(2026, 5, 31)
    office.run(date(2026, 5, 29), E1="B", E2="B")
    # A late fact of May would have cost E1 its letter then; a mended one gives E2 an A.
    office.run(june(1), E1="B", E2="B")
    office.look(june(2), may, E1="C", E2="A")
    assert office.standing(may) == {"E1": "B", "E2": "A"}
    assert office.standing(june(2)) == {"E1": "B", "E2": "A"}


def test_what_a_month_end_was_stays_what_it_was(office: Office):
    office.run(date(2026, 5, 29), E1="A")
    office.run(june(1), E1="B")
    office.tell(june(1))
    office.acts.append(("E1/2026-06-01/B", "confirmed", june(3), None))
    office.run(june(9), E1="B")
    office.look(date(2026, 7, 15), june(30), june(5), E1="B")
    assert office.standing(june(5)) == {"E1": "A"}
    assert office.standing(june(30)) == {"E1": "B"}


NAMES = ("E1", "E2", "E3", "E4", "E5", "E6")
COMPUTED = st.fixed_dictionaries(dict.fromkeys(NAMES, st.sampled_from([*STANDINGS])))
RUNS = st.lists(st.tuples(st.integers(1, 9), COMPUTED), min_size=4, max_size=5)


@FEW
@given(runs=RUNS)
def test_whatever_is_computed_nobody_falls_unconfirmed(
    connection: duckdb.DuckDBPyConnection, shipped: Policy, runs: Any
):
    office = Office(connection, shipped)
    day, best = MONDAY, dict.fromkeys(NAMES, len(WORST_LAST))
    for gap, computed in runs:
        day += timedelta(days=gap)
        now = office.run(day, **computed)
        office.tell(day)
        for uscc, name in computed.items():
            if name == "none":
                assert now[uscc] == "none"
                continue
            best[uscc] = min(best[uscc], WORST_LAST.index(name))
            # No step is ever confirmed: only the law's own list takes a letter.
            assert now[uscc] == ("D" if name == "D" else WORST_LAST[best[uscc]])


@FEW
@given(runs=RUNS)
def test_the_ledger_is_all_that_is_needed(
    connection: duckdb.DuckDBPyConnection, shipped: Policy, runs: Any
):
    """A day looked at again later, from the ledger, is what it was on the day."""
    office = Office(connection, shipped)
    day, seen = MONDAY, {}
    for gap, computed in runs:
        day += timedelta(days=gap)
        seen[day] = office.run(day, **computed), computed
        office.tell(day)
        # Confirmed at once: the days decide.
        for subject, *_ in office.waiting():
            if (subject, "confirmed") not in {a[:2] for a in office.acts}:
                office.acts.append((subject, "confirmed", day, None))
    for then, (standing, computed) in seen.items():
        office.look(then, **computed)
        assert office.standing(then) == standing


def decision(number: int, kind: str, day: int, subject: str = "s") -> GradeDecision:
    return GradeDecision(
        id=number,
        kind=kind,
        subject=subject,
        made_on=june(day).isoformat(),
        made_by="信用办甲",
        reason="核实无误",
    )


def test_a_later_decision_overrules_an_earlier_and_one_can_be_taken_back():
    made = [
        decision(1, "confirm", 1),
        decision(2, "withhold", 3),
        decision(3, "confirm", 3, "t"),
        decision(4, "undo", 5),
    ]
    assert [*decisions.acts(made)] == [
        ("s", "confirmed", june(1), june(3)),
        ("s", "withheld", june(3), june(5)),
        ("t", "confirmed", june(3), None),
    ]
    assert decisions.in_force(made) == {"t": made[2]}


def test_decisions_are_kept_and_a_broken_line_is_named(tmp_path: Path):
    file = tmp_path / "decisions" / "downgrades.jsonl"
    assert decisions.read(file) == []
    decisions.append(file, decision(1, "confirm", 1))
    assert decisions.read(file) == [decision(1, "confirm", 1)]
    nobody = GradeDecision(**{**vars(decision(2, "confirm", 1)), "made_by": " "})
    with pytest.raises(GradeDecisionError, match="a name and a reason"):
        decisions.append(file, nobody)
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"kind": "withhold", "subj')  # its writer was killed
    assert [d.kind for d in decisions.read(file)] == ["confirm"]
    assert decisions.append(file, decision(9, "withhold", 2)).id == 2
    assert [d.kind for d in decisions.read(file)] == ["confirm", "withhold"]
    file.write_text(file.read_text("utf-8") + "{}\n", "utf-8")
    with pytest.raises(GradeDecisionError, match="line 3"):
        decisions.read(file)
