"""How a value becomes points.

Here: the kinds of rule and the bounds of what each can give. Not here: what is measured
(``values``), the SQL (``points``).
"""

from __future__ import annotations

from pydantic import Field, model_validator

from assets.credit.document import (
    Count,
    Identifier,
    Part,
    Points,
    PointsBy,
    Sentence,
    exactly_one,
)

KINDS = ("lookup", "bands", "each", "flag", "decay", "relative")


class PointBand(Part):
    """Points for values from ``from`` (inside) to ``below`` (outside)."""

    start: Count | None = Field(None, alias="from")
    below: Count | None = None
    points: Points


class Each(Part):
    """Points for every unit of the value, up to ``cap`` in all."""

    points: Points
    cap: Points | None = None


class Decay(Part):
    """Points for every event, falling in a straight line to zero.

    They are whole on the day it happened and gone on the day its publicity ends; an
    event without such a day counts in full. ``points`` is one number, or one number per
    severity. ``cap`` bounds the sum.
    """

    points: PointsBy
    cap: Points | None = None


class Relative(Part):
    """Points by the place of a figure among enterprises of the same industry section.

    The usual range is the median less or plus the distance between the quartiles, over
    the enterprises graded on the same date. With fewer than ``at_least`` of them there
    is no benchmark and there are no points (domain 12).
    """

    at_least: Count = Field(ge=2)
    below: Points = 0
    within: Points = 0
    above: Points = 0


class Rule(Part):
    """One rule: where its points come from and how it is told to the enterprise.

    Attributes:
        zh: reason sentence; may hold ``{value}``, ``{points}`` and ``{change}``.
        en: the same in English.
        source: the law or notice it rests on.
        limit: the limit (``Policy.limits``) that bounds its effect on the letter.
        lookup: points by value code.
        bands: points by range of a number.
        each: points per unit.
        flag: points when the number is above zero.
        decay: points per event with linear decay.
        relative: points by comparison with the enterprise's industry.
    """

    id: Identifier
    zh: Sentence
    en: Sentence
    source: Sentence
    limit: str | None = None
    lookup: dict[str, Points] | None = None
    bands: tuple[PointBand, ...] | None = Field(None, min_length=1)
    each: Each | None = None
    flag: Points | None = None
    decay: Decay | None = None
    relative: Relative | None = None

    @model_validator(mode="after")
    def _one(self) -> Rule:
        exactly_one(self, KINDS)
        return self

    @property
    def method(self) -> str:
        """The kind of rule."""
        return exactly_one(self, KINDS)

    @property
    def amounts(self) -> tuple[int, ...]:
        """Every number of points the rule names, in thousandths (caps left out)."""
        if self.lookup is not None:
            return tuple(self.lookup.values())
        if self.bands is not None:
            return tuple(band.points for band in self.bands)
        if self.flag is not None:
            return (self.flag,)
        if self.decay is not None:
            return tuple(self.decay.points.values())
        if self.relative is not None:
            return (self.relative.below, self.relative.within, self.relative.above)
        return (self.each.points,) if self.each else ()

    @property
    def caps(self) -> tuple[int, ...]:
        """The bound on the rule's points, where it states one."""
        bounded = self.each or self.decay
        return () if bounded is None or bounded.cap is None else (bounded.cap,)
