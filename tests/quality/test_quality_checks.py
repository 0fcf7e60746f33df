from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from quality.checks import UncountedRowsError, aspects_of, check_specs, results
from quality.contracts import files, market, park
from quality.rules import Message, Severity
from quality.verdicts import Aspect, Counts, Verdict

KEY = dg.AssetKey(["records", "penalties"])
COUNTS = Counts(rows_in=1000, accepted=900, quarantined=60, duplicates=40)


def verdict(aspect: Aspect, rows: tuple[int, ...] = ()) -> Verdict:
    severity = Severity.WARNING if aspect is Aspect.BUSINESS else Severity.ERROR
    message = Message("有误，请更正", "wrong: correct it")
    rule = f"penalties.{aspect}"
    return Verdict(rule, aspect, not rows, severity, len(rows), rows, message)


ALL_WELL = [verdict(aspect) for aspect in (*Aspect,)[:5]]


def test_errors_block_and_warnings_do_not() -> None:
    specs = {spec.name: spec.blocking for spec in check_specs(KEY, market.penalties)}
    assert specs == {
        "schema": True,
        "keys": False,
        "row_rules": True,
        "business": False,
        "quarantine_rate": False,
        "conservation": True,
        "reconciliation": False,
        "contract": False,
        "declared_volume": False,
    }


def test_tables_have_only_the_checks_that_could_fail() -> None:
    assert Aspect.VOLUME in aspects_of(market.registrations)
    assert aspects_of(files.credit_events)[:3] == ["schema", "keys", "row_rules"]
    assert Aspect.CONSERVATION not in aspects_of(files.credit_events)
    assert Aspect.BUSINESS not in aspects_of(park.financial_products)
    derived = check_specs(KEY, files.credit_events)
    assert {spec.name for spec in derived if not spec.blocking} == {"business"}


def test_one_result_for_each_spec_with_its_numbers() -> None:
    verdicts = [
        *ALL_WELL,
        verdict(Aspect.ROW_RULES, (3, 7)),
        verdict(Aspect.ROW_RULES, (7,)),
    ]
    found = {r.check_name: r for r in results(KEY, market.penalties, verdicts, COUNTS)}
    assert list(found) == [spec.name for spec in check_specs(KEY, market.penalties)]
    row_rules = found["row_rules"]
    assert not row_rules.passed
    assert row_rules.severity is dg.AssetCheckSeverity.ERROR
    assert row_rules.metadata["expectations"].value == 3
    assert row_rules.metadata["failed"].value == 2
    assert row_rules.metadata["violating_rows"].value == 2
    assert row_rules.description == "有误，请更正; 有误，请更正"
    assert found["schema"].passed


def test_a_high_quarantine_rate_warns() -> None:
    found = {r.check_name: r for r in results(KEY, market.penalties, ALL_WELL, COUNTS)}
    assert not found["quarantine_rate"].passed
    assert found["quarantine_rate"].severity is dg.AssetCheckSeverity.WARN
    assert found["quarantine_rate"].metadata["quarantined_bp"].value == 600
    assert found["conservation"].passed


def test_a_lost_row_breaks_conservation() -> None:
    counts = Counts(rows_in=1000, accepted=900, quarantined=60, duplicates=39)
    found = {r.check_name: r for r in results(KEY, market.penalties, ALL_WELL, counts)}
    assert not found["conservation"].passed


def test_what_was_not_evaluated_has_not_passed() -> None:
    found = results(KEY, market.penalties, [], COUNTS)
    assert [r.check_name for r in found if r.passed] == [
        "conservation",
        "reconciliation",
        "contract",
        "declared_volume",
    ]


def test_record_tables_need_counts() -> None:
    with pytest.raises(UncountedRowsError, match="penalties: no counts"):
        results(KEY, market.penalties, ALL_WELL)


def test_no_rows_is_no_quarantine() -> None:
    assert Counts(0, 0, 0, 0).quarantined_bp == 0


def test_a_failed_blocking_check_stops_what_lies_downstream() -> None:
    specs = check_specs(KEY, market.penalties)

    @dg.multi_asset(specs=[dg.AssetSpec(KEY)], check_specs=specs)
    def penalties() -> Iterator[dg.MaterializeResult[None]]:
        verdicts = [*ALL_WELL, verdict(Aspect.ROW_RULES, (3,))]
        found = results(KEY, market.penalties, verdicts, COUNTS)
        yield dg.MaterializeResult(asset_key=KEY, check_results=found)

    @dg.asset(deps=[KEY])
    def downstream() -> None: ...

    run = dg.materialize([penalties, downstream], raise_on_error=False)
    assert not run.success
    assert run.get_asset_check_evaluations()
    assert [e.asset_key for e in run.get_asset_materialization_events()] == [KEY]


@pytest.mark.parametrize(
    ("told", "aspect", "severity"),
    [
        ({"mismatches": ("declared 3, 2 came",)}, "reconciliation", "ERROR"),
        ({"frozen": ("row 2 …",)}, "contract", "ERROR"),
        ({"notices": {"penalties.unknown_column": 2}}, "contract", "WARN"),
        ({"records": 4, "minimum": 5}, "declared_volume", "ERROR"),
        ({"records": 9, "maximum": 8}, "declared_volume", "WARN"),
    ],
)
def test_what_was_declared_and_did_not_come_is_told_and_blocks_nothing(
    told: dict[str, Any], aspect: str, severity: str
):
    found = results(KEY, market.penalties, [], replace(COUNTS, **told))
    (failed,) = (r for r in found if r.check_name == aspect)
    assert (failed.passed, failed.severity.name) == (False, severity)
    assert failed.description
