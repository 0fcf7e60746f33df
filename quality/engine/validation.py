"""One table through Great Expectations: suite in, verdicts and document out.

Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

import great_expectations as gx
from great_expectations.expectations.row_conditions import Column
from great_expectations.validator.validation_statistics import (
    calc_validation_statistics,
)
from sqlalchemy import Table

from quality.engine import custom
from quality.engine.context import frames
from quality.engine.reduction import PRESENT, Part, Reduction, columns_of
from quality.engine.rows import Frame, Rows
from quality.expectations import Expectation, suite_of
from quality.rules import Severity
from quality.verdicts import Verdict

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning"}
_EXAMPLES = 20
# Most expectations hold: only of the others is more asked than how many rows violate.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": _EXAMPLES}
# Every violating row by its number, which is the frame's index (GX takes a named column
# row by row, 20 us each); a few violating values as examples.
_COMPLETE = {"result_format": "COMPLETE", "partial_unexpected_count": _EXAMPLES}
# All rows are in the verdict; the document keeps examples.
_INDEXES = (
    "unexpected_list",
    "unexpected_index_list",
    "unexpected_index_query",
    "partial_unexpected_index_list",
)
_VALUES = ("partial_unexpected_list", "partial_unexpected_counts")
Results = dict[str, Any]  # of GX, by rule


def examination(
    table: Table, rows: Rows, today: date, arriving: bool
) -> tuple[list[Verdict], dict[str, Any]]:
    """The verdicts on ``rows`` and the JSON document of GX."""
    return judged(table.name, suite_of(table, today, arriving=arriving), rows)


def judged(
    name: str, suite: Sequence[Expectation], rows: Rows
) -> tuple[list[Verdict], dict[str, Any]]:
    """The verdicts of any suite on ``rows`` and the JSON document of GX."""
    court = Court(name)
    judge = _of_few if rows.size <= rows.at_once else _of_many
    results = judge(court, suite, rows)
    verdicts = [_verdict(e, results[e.rule_id]) for e in suite]
    for expectation in suite:
        _shorten(results[expectation.rule_id].result, secret=_is_secret(expectation))
    return verdicts, court.document([results[e.rule_id] for e in suite])


def _of_few(court: Court, suite: Sequence[Expectation], rows: Rows) -> Results:
    """Of rows that are judged together."""
    frame = rows.frame()
    results = court.judge(suite, frame, _COUNTS)
    violated = [e for e in suite if _is_violated(results[e.rule_id])]
    return results | court.judge(violated, frame, _COMPLETE)


def _of_many(court: Court, suite: Sequence[Expectation], rows: Rows) -> Results:
    """Of those rows that tell of all; of all where some violate."""
    reduction = Reduction(suite, rows)
    results: Results = {}
    for part in reduction.parts():
        results |= _of_part(court, part)
    for expectation in suite:
        found = results[expectation.rule_id]
        if _is_violated(found):
            frame = reduction.all_of(expectation)
            results |= court.judge([expectation], frame, _COMPLETE)
        elif columns_of(expectation):
            found.result.update(_of_all(expectation, *reduction.counts(expectation)))
    return results


def _of_part(court: Court, part: Part) -> Results:
    results: Results = {}
    for frame in part.frames:
        left = [e for e in part.suite if not _is_violated(results.get(e.rule_id))]
        results |= court.judge(left, frame, _COUNTS)
    return results


def _of_all(expectation: Expectation, rows: int, missing: int) -> dict[str, Any]:
    """What GX says of rows that none violates, as it would after reading each."""
    if expectation.type == PRESENT:
        return {"element_count": rows}
    share = 0.0 if rows > missing else None
    return {
        "element_count": rows,
        "missing_count": missing,
        "missing_percent": missing / rows * 100,
        "unexpected_percent": share,
        "unexpected_percent_nonmissing": share,
        "unexpected_percent_total": 0.0,
    }


def _is_violated(found: Any) -> bool:
    """Whether a row violates it, be it few enough to pass, or it could not be evaluated."""
    if found is None:
        return False
    return not found.success or bool(found.result.get("unexpected_count"))


class Court:
    """GX for one table: what it found in each frame, and its document of all."""

    def __init__(self, name: str) -> None:
        """Nothing is judged yet."""
        self.name, self.outcome = name, cast("Any", None)

    def judge(
        self, suite: Sequence[Expectation], frame: Frame, result_format: dict[str, Any]
    ) -> Results:
        """What GX finds in a frame, by rule."""
        if not suite:
            return {}
        batch = frames().get_batch(batch_parameters={"dataframe": frame})
        found = batch.validate(_suite(self.name, suite), result_format=result_format)
        self.outcome = self.outcome or found
        return {r.expectation_config.meta["rule_id"]: r for r in found.results}

    def document(self, results: list[Any]) -> dict[str, Any]:
        """GX's document of all results."""
        outcome, counted = self.outcome, calc_validation_statistics(results)
        outcome.results, outcome.success = results, counted.success
        outcome.statistics = {
            "evaluated_expectations": counted.evaluated_expectations,
            "successful_expectations": counted.successful_expectations,
            "unsuccessful_expectations": counted.unsuccessful_expectations,
            "success_percent": counted.success_percent,
        }
        document: dict[str, Any] = outcome.to_json_dict()
        return document


def _suite(name: str, suite: Iterable[Expectation]) -> gx.ExpectationSuite:
    return gx.ExpectationSuite(name=name, expectations=[*map(_stated, suite)])


def _stated(expectation: Expectation) -> Any:
    """The expectation as an object of GX, with its sentence in Chinese."""
    stated = getattr(custom, expectation.type, None)
    stated = stated or getattr(gx.expectations, expectation.type)
    return stated(
        **expectation.kwargs,
        **_condition(expectation),
        severity=_SEVERITIES[expectation.severity],
        description=f"{expectation.message.zh} · {expectation.rule_id}",
        notes=expectation.message.en,
        meta={"rule_id": expectation.rule_id, "title": expectation.title},
    )


def _condition(expectation: Expectation) -> dict[str, Any]:
    if expectation.where is None:
        return {}
    return {"row_condition": Column(expectation.where) == True}  # noqa: E712


def _verdict(expectation: Expectation, found: Any) -> Verdict:
    listed = found.result.get("unexpected_index_list") or ()
    rows = tuple(sorted(map(int, listed)))
    observed = _error(found.exception_info) or found.result.get("observed_value")
    return Verdict(
        rule_id=expectation.rule_id,
        aspect=expectation.aspect,
        success=bool(found.success),
        severity=expectation.severity,
        unexpected_count=len(rows) or int(not found.success),
        rows=rows,
        message=expectation.message,
        observed=None if observed is None else str(observed),
    )


def _error(info: dict[str, Any]) -> str | None:
    """The message of an expectation that could not be evaluated."""
    if "raised_exception" in info:
        return str(info["exception_message"]) if info["raised_exception"] else None
    # One entry a metric, each of this same shape.
    errors = (_error(entry) for entry in info.values())
    return next((error for error in errors if error), None)


def _is_secret(expectation: Expectation) -> bool:
    return expectation.type == custom.ExpectColumnValuesToHoldNoPersonalData.__name__


def _shorten(result: dict[str, Any], *, secret: bool) -> None:
    """Keep examples only, and none of values that may be personal."""
    for name in _INDEXES:
        result.pop(name, None)
    for name in _VALUES if secret else ():
        result.pop(name, None)
