"""Expectations that GX does not have, over the house's own Python functions.

Imported by ``quality.engine.validation`` only: this module imports GX.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

from great_expectations.execution_engine.pandas_execution_engine import (
    PandasExecutionEngine,
)
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider.column_condition_partial import (  # noqa: E501
    column_condition_partial,
)
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (  # noqa: E501
    ColumnMapMetricProvider,
)

from quality.identifiers import is_uscc, unknown_authority
from quality.personal import scan

Column = Any  # a pandas Series; pandas ships no types


def _each(column: Column, sound: Callable[[str], bool]) -> Column:
    # Codes repeat: each distinct text is judged once.
    verdicts = {text: sound(text) for text in column.unique()}
    return column.map(verdicts).astype(bool)


@lru_cache(maxsize=2**20)
def _code(text: str) -> tuple[bool, bool]:
    """Whether a code is valid, and of a known authority; most stand in every table."""
    return is_uscc(text), not unknown_authority(text)


class ColumnValuesUscc(ColumnMapMetricProvider):
    """Which codes are valid."""

    condition_metric_name = "column_values.uscc"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Column, **_: Any) -> Column:  # noqa: N805
        return _each(column, lambda code: _code(code)[0])


class ColumnValuesKnownAuthority(ColumnMapMetricProvider):
    """Which codes begin with a known authority and category."""

    condition_metric_name = "column_values.known_authority"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Column, **_: Any) -> Column:  # noqa: N805
        return _each(column, lambda code: _code(code)[1])


class ColumnValuesNoPersonalData(ColumnMapMetricProvider):
    """Which texts hold no personal data."""

    condition_metric_name = "column_values.no_personal_data"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: Column, **_: Any) -> Column:  # noqa: N805
        return _each(column, lambda text: not scan(text))


class ExpectColumnValuesToBeUscc(ColumnMapExpectation):
    """Expect unified social credit codes with both check characters right."""

    map_metric: ClassVar[str] = ColumnValuesUscc.condition_metric_name


class ExpectColumnValuesToHaveKnownAuthority(ColumnMapExpectation):
    """Expect codes of authorities and categories that GB 32100 lists."""

    map_metric: ClassVar[str] = ColumnValuesKnownAuthority.condition_metric_name


class ExpectColumnValuesToHoldNoPersonalData(ColumnMapExpectation):
    """Expect prose without ids, mobile numbers, bank cards and plates."""

    map_metric: ClassVar[str] = ColumnValuesNoPersonalData.condition_metric_name
