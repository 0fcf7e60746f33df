"""What must hold for every enterprise, whatever its records, under the shipped policy.

Each example grades a park of random enterprises and variants of each in one run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy as Strategy

from assets.credit.policy import Policy
from tests.credit.ledger import TODAY, Outcome, Park, Row

Event = dict[str, Any]
RANK = {"A": 0, "B": 1, "C": 2, "D": 3}
FEW = settings(max_examples=6, deadline=None, derandomize=True, database=None)


def made(kind: str, days: Strategy[int], **facts: Any) -> Any:
    """Events of a kind; facts are values or strategies of values."""
    drawn = {k: v if isinstance(v, Strategy) else st.just(v) for k, v in facts.items()}
    when = days.map(lambda n: TODAY - timedelta(days=n))
    return st.fixed_dictionaries({"kind": st.just(kind), "happened_on": when, **drawn})


def one_of(*codes: str) -> Strategy[str]:
    return st.sampled_from(codes)


YEARS = st.integers(0, 900)
LATELY = st.integers(0, 300)
UNTIL = st.integers(1, 1000).map(lambda n: TODAY + timedelta(days=n))
PERIOD = st.integers(202501, 202512)

BONUS = st.one_of(
    made("qualification", YEARS, value=one_of("high_tech", "unicorn", "new_economy")),
    made("honour", YEARS, value=one_of("national", "provincial", "zone")),
    made("commitment", YEARS, value="fully"),
    made("inspection", YEARS, value="clean"),
    made("safety_check", YEARS, value="passed", quantity=0),
    made("annual_report", YEARS, value="on_time", period=2025),
    made("contribution", LATELY, value="on_time", period=PERIOD),
    made("standard", YEARS, value="passed"),
    made("credit_managers", LATELY, quantity=st.integers(1, 3)),
    made("tax_credit", LATELY, value="A", period=2025),
    made("labour_grade", LATELY, value="A", period=2025),
    made("fee_payment", LATELY, value="on_time", period=PERIOD, ended_on=TODAY),
    made("licence", YEARS, value="general"),
    made("site_visit", YEARS),
)
CLOSABLE = st.one_of(
    made("penalty", YEARS, severity="general", value="0201", publish_until=UNTIL),
    made("penalty", YEARS, severity="serious", value="0303", publish_until=UNTIL),
    made("abnormal_listing", YEARS, severity="general", value="1"),
    made("tax_arrears", YEARS, severity="general", amount_fen=1),
    made(
        "serious_listing",
        st.integers(0, 20_000).map(lambda n: n % 900),
        severity="serious",
    ),
)
DEDUCTION = st.one_of(
    CLOSABLE,
    made("inspection", LATELY, value="obstructed", severity="general"),
    made("commitment", YEARS, value=one_of("partly", "none")),
    made("contribution", LATELY, value=one_of("late", "short"), period=PERIOD),
    made("tax_credit", st.just(0), value="D", period=2026),
    made("labour_grade", st.just(0), value="C", period=2026),
    made("safety_check", st.just(0), value="major", quantity=9),
)
MINOR = st.one_of(
    made("penalty", LATELY, severity="minor", value="0101", publish_until=UNTIL),
    made("annual_report", LATELY, value="late", period=2025),
    made("inspection", LATELY, value=one_of("report_missing", "unreachable")),
    made("safety_check", LATELY, value="rectify", quantity=st.integers(0, 9)),
)
FEES = made("fee_payment", LATELY, value="unpaid", period=PERIOD)
DOCUMENTED = [
    {"kind": k, "happened_on": date(2025, 4, 20), "period": 2024, "value": "B"}
    for k in ("tax_credit", "labour_grade")
]
PARKS = st.lists(
    st.lists(st.one_of(BONUS, DEDUCTION, MINOR), max_size=8).map(
        lambda events: [e for e in events if e["kind"] != "fee_payment"]
    ),
    min_size=20,
    max_size=28,
)


class Trial:
    """A park whose enterprises come in variants: ``base`` and others."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        policy: Policy,
        enterprises: list[list[Event]],
        variants: dict[str, Callable[[int, list[Event]], list[Event]]],
        upto: str = "computed_grades",
    ) -> None:
        self.park = Park(connection)
        self.names = [f"E{number}" for number in range(len(enterprises))]
        for number, events in enumerate(enterprises):
            # Every third is known by little, so that some are not graded.
            known = events if number % 3 == 0 else [*DOCUMENTED, *events]
            for name, change in {"base": lambda _, e: e, **variants}.items():
                uscc = self.park.enterprise(f"E{number}-{name}")
                for event in change(number, known):
                    kind, when = event["kind"], event["happened_on"]
                    rest = {k: v for k, v in event.items() if k not in NAMED}
                    self.park.event(uscc, kind, when, **rest)
        self.out: Outcome = self.park.graded(policy, upto=upto)
        self.grades: dict[str, Row] = {r["uscc"]: r for r in self.out.computed_grades}

    def pairs(self, variant: str) -> list[tuple[Row, Row]]:
        """(base, variant) of every enterprise that is graded both times."""
        both = [
            (self.grades[f"{name}-base"], self.grades[f"{name}-{variant}"])
            for name in self.names
        ]
        return [(a, b) for a, b in both if a["letter"] and b["letter"]]

    def told(self, uscc: str) -> dict[str, tuple[int, str]]:
        return {k: (r["points"], r["reason_zh"]) for k, r in self.out.why(uscc).items()}


NAMED = ("kind", "happened_on")
TOLD = "explanations"


def standing(grade: Row) -> tuple[int, int, int]:
    """Greater is better: letter, state, score."""
    attention = grade["state"] == "attention"
    return -RANK[grade["letter"]], -int(attention), grade["score_points"]


@FEW
@given(enterprises=PARKS, more=st.lists(BONUS, min_size=28, max_size=28))
def test_a_bonus_never_lowers(
    connection: duckdb.DuckDBPyConnection,
    shipped: Policy,
    enterprises: list[list[Event]],
    more: list[Event],
):
    variants = {"more": lambda n, events: [*events, more[n]]}
    trial = Trial(connection, shipped, enterprises, variants)
    pairs = trial.pairs("more")
    assert all(standing(a) <= standing(b) for a, b in pairs)


@FEW
@given(enterprises=PARKS, more=st.lists(DEDUCTION, min_size=28, max_size=28))
def test_a_deduction_never_raises_and_has_no_effect_once_repaired(
    connection: duckdb.DuckDBPyConnection,
    shipped: Policy,
    enterprises: list[list[Event]],
    more: list[Event],
):
    closed = [e for e in more if e["kind"] in REPAIRABLE]
    ended = [e | {"ended_on": TODAY} for e in closed]
    variants = {
        "more": lambda n, events: [*events, more[n]],
        "repaired": lambda _, events: [*ended, *events],
    }
    trial = Trial(connection, shipped, enterprises, variants, TOLD)
    assert all(standing(a) >= standing(b) for a, b in trial.pairs("more"))
    for name in trial.names:
        base, repaired = f"{name}-base", f"{name}-repaired"
        assert trial.told(base) == trial.told(repaired)
        assert trial.grades[base] == trial.grades[repaired] | {"uscc": base}


REPAIRABLE = ("penalty", "abnormal_listing", "tax_arrears", "serious_listing")


@FEW
@given(
    enterprises=PARKS,
    minor=st.lists(MINOR, min_size=1, max_size=12),
    fees=st.lists(FEES, min_size=1, max_size=5),
)
def test_minor_matters_never_change_the_letter_and_fees_never_lead_below_b(
    connection: duckdb.DuckDBPyConnection,
    shipped: Policy,
    enterprises: list[list[Event]],
    minor: list[Event],
    fees: list[Event],
):
    variants = {
        "minor": lambda _, events: [*events, *minor],
        "fees": lambda _, events: [*events, *fees],
    }
    trial = Trial(connection, shipped, enterprises, variants)
    for base, other in trial.pairs("minor"):
        assert (base["letter"], base["state"]) == (other["letter"], other["state"])
    for base, other in trial.pairs("fees"):
        assert RANK[other["letter"]] <= max(RANK["B"], RANK[base["letter"]])


@FEW
@given(enterprises=PARKS, data=st.data())
def test_the_order_of_facts_changes_nothing_and_rows_add_up(
    connection: duckdb.DuckDBPyConnection,
    shipped: Policy,
    enterprises: list[list[Event]],
    data: st.DataObject,
):
    variants = {
        "reversed": lambda _, events: events[::-1],
        "shuffled": lambda _, events: data.draw(st.permutations(events)),
    }
    trial = Trial(connection, shipped, enterprises, variants, TOLD)
    for name in trial.names:
        base = trial.told(f"{name}-base")
        assert base == trial.told(f"{name}-reversed") == trial.told(f"{name}-shuffled")
    for uscc, grade in trial.grades.items():
        points = trial.out.points(uscc)
        assert (sum(points.values()) if points else None) == grade["score_points"]
        assert (grade["state"] == "not_graded") == (grade["letter"] is None)
        assert (grade["letter"] == "D") == grade["vetoed"]


@FEW
@given(enterprises=st.lists(st.lists(BONUS, max_size=6), min_size=20, max_size=28))
def test_no_data_and_nothing_bad_is_never_c_or_d(
    connection: duckdb.DuckDBPyConnection,
    shipped: Policy,
    enterprises: list[list[Event]],
):
    trial = Trial(connection, shipped, [[], *enterprises], {})
    letters = {grade["letter"] for grade in trial.grades.values()}
    assert letters <= {None, "A"}
    assert trial.grades["E0-base"]["state"] == "not_graded"
