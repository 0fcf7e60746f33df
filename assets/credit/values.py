"""What an indicator measures: aggregates over events, or a credit-management figure.

Here: the filter language and the kinds of value. Not here: points (``rules``), SQL
(``events``).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from assets.credit.document import Count, Flag, Names, Part, exactly_one
from assets.credit.vocabulary import FIGURES


class Filter(Part):
    """Which events count on an evaluation date; all given conditions must hold.

    Attributes:
        kind: event kinds.
        values: values of the event (a grade, a result, a level).
        severity: minor, general, serious.
        polarity: positive, neutral, negative.
        open: ``true`` not ended on the date, ``false`` ended, absent either.
        within_months: happened after the date less so many months.
        older_than_days: happened more than so many days before the date.
        younger_than_days: happened less than so many days before the date.
    """

    kind: Names = Field(min_length=1)
    values: Names = ()
    severity: Names = ()
    polarity: Names = ()
    open: Flag | None = None
    within_months: Count | None = Field(None, gt=0)
    older_than_days: Count | None = Field(None, gt=0)
    younger_than_days: Count | None = Field(None, gt=0)


class Sum(Filter):
    """The total of one number over the events that pass the filter."""

    field: Literal["quantity", "amount_fen"]


class Trend(Filter):
    """Change in basis points of a total between two equal spans of months.

    The recent span ends on the evaluation date, the other where the recent one starts;
    NULL where the earlier total is not above zero.
    """

    field: Literal["count", "quantity", "amount_fen"] = "count"
    months: Count = Field(gt=0)

    def earlier(self) -> Trend:
        """The same events up to the end of the earlier span."""
        return self.model_copy(update={"within_months": 2 * self.months})

    def recent(self) -> Trend:
        """The events of the recent span."""
        return self.model_copy(update={"within_months": self.months})


class Ratio(Part):
    """Share in basis points of events with certain values; NULL with too few events."""

    among: Filter
    values: Names = Field(min_length=1)
    at_least: Count = Field(1, gt=0)


class Value(Part):
    """Exactly one way to measure an indicator.

    Attributes:
        count: how many events pass.
        months: how many different periods they fall in.
        sum: the total of their quantity or amount; 0 without events.
        latest: the value of the newest one (greatest period, then date); NULL without.
        latest_quantity: the quantity of the newest one that has a quantity.
        ratio: share of certain values among them.
        trend: change of their number or total against the span before.
        figure: a column of ``credit_figures``.
    """

    count: Filter | None = None
    months: Filter | None = None
    sum: Sum | None = None
    latest: Filter | None = None
    latest_quantity: Filter | None = None
    ratio: Ratio | None = None
    trend: Trend | None = None
    figure: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Value:
        exactly_one(self, tuple(Value.model_fields))
        return self

    @property
    def method(self) -> str:
        """The name of the way that was chosen."""
        return exactly_one(self, tuple(Value.model_fields))

    @property
    def filter(self) -> Filter | None:
        """The events that feed the value; ``None`` for a figure."""
        chosen = getattr(self, self.method)
        if isinstance(chosen, Ratio):
            return chosen.among
        return chosen if isinstance(chosen, Filter) else None

    @property
    def is_text(self) -> bool:
        """Whether the value is a code rather than a number."""
        return self.latest is not None

    @property
    def unit(self) -> str:
        """The unit of the stored integer (see ``vocabulary.UNITS``)."""
        if self.figure:
            return FIGURES.get(self.figure, "number")
        if self.sum and self.sum.field == "amount_fen":
            return "fen"
        return "bp" if self.ratio or self.trend else "number"
