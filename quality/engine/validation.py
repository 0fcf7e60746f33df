"""One table through Great Expectations: suite in, verdicts and document out.

Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import great_expectations as gx
from great_expectations.expectations.row_conditions import Column
from sqlalchemy import Table

from quality.engine import custom
from quality.engine.context import new_context
from quality.expectations import FRAME_ROW, Expectation, suite_of
from quality.rules import Severity
from quality.verdicts import Verdict

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning"}
_EXAMPLES = 20
# Most expectations hold: only of the others is more asked than how many rows violate.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": _EXAMPLES}
# Every violating row by its number, a few violating values as examples.
_COMPLETE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [FRAME_ROW],
    "partial_unexpected_count": _EXAMPLES,
}
# All rows are in the verdict; the document keeps examples.
_INDEXES = (
    "unexpected_list",
    "unexpected_index_list",
    "unexpected_index_query",
    "partial_unexpected_index_list",
)
_VALUES = ("partial_unexpected_list", "partial_unexpected_counts")
Frame = Any  # a pandas DataFrame; pandas ships no types


def examination(
    table: Table, frame: Frame, today: date, arriving: bool
) -> tuple[list[Verdict], dict[str, Any]]:
    """The verdicts on ``frame`` and the JSON document of GX."""
    return judged(table.name, suite_of(table, today, arriving=arriving), frame)


def judged(
    name: str, suite: Sequence[Expectation], frame: Frame
) -> tuple[list[Verdict], dict[str, Any]]:
    """The verdicts of any suite on ``frame`` and the JSON document of GX."""
    batch = _batch(frame)
    outcome = batch.validate(_suite(name, suite), result_format=_COUNTS)
    results = _by_rule(outcome)
    violated = [e for e in suite if _is_violated(results[e.rule_id])]
    if violated:
        results |= _by_rule(
            batch.validate(_suite(name, violated), result_format=_COMPLETE)
        )
    verdicts = [_verdict(e, results[e.rule_id]) for e in suite]
    for expectation in suite:
        _shorten(results[expectation.rule_id].result, secret=_is_secret(expectation))
    outcome.results = [results[e.rule_id] for e in suite]
    document: dict[str, Any] = outcome.to_json_dict()
    return verdicts, document


def _by_rule(outcome: Any) -> dict[str, Any]:
    return {r.expectation_config.meta["rule_id"]: r for r in outcome.results}


def _is_violated(found: Any) -> bool:
    """Whether a row violates it, be it few enough to pass, or it could not be evaluated."""
    return not found.success or bool(found.result.get("unexpected_count"))


def _batch(frame: Frame) -> Any:
    asset = new_context().data_sources.add_pandas("frames").add_dataframe_asset("frame")
    definition = asset.add_batch_definition_whole_dataframe("all")
    return definition.get_batch(batch_parameters={"dataframe": frame})


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
    rows = tuple(sorted(int(entry[FRAME_ROW]) for entry in listed))
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
