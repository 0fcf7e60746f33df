"""What every part of a policy document has in common: strictness, ids, points.

Not here: any part of a policy (``values``, ``rules``, ``policy``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictBool,
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)

Letter = Literal["A", "B", "C", "D"]
Identifier = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)
]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Count = StrictInt
Flag = StrictBool
ANY = "any"
THOUSANDTHS = 1000


class Part(BaseModel):
    """A piece of a policy: unknown keys are mistakes, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _thousandths(written: Any) -> Any:
    """Points as written (``-2.5``) to thousandths of a point (``-2500``)."""
    if isinstance(written, bool) or not isinstance(written, int | Decimal):
        raise ValueError("points are a number with at most three decimals")
    exact = Decimal(written) * THOUSANDTHS
    if exact != exact.to_integral_value():
        raise ValueError(f"points have at most three decimals, not {written}")
    return int(exact)


def _for_any(written: Any) -> Any:
    """One number where points by code may stand."""
    return written if isinstance(written, dict) else {ANY: written}


def _as_list(written: Any) -> Any:
    """A single value where a list may stand."""
    return [written] if isinstance(written, str) else written


_WRITTEN_POINTS = {"type": "number", "multipleOf": 0.001}
_TEXTS = {"type": "array", "items": {"type": "string"}}

Points = Annotated[int, BeforeValidator(_thousandths), WithJsonSchema(_WRITTEN_POINTS)]
"""Thousandths of a point; the document writes whole points."""

PointsBy = Annotated[
    dict[str, Points],
    BeforeValidator(_for_any),
    WithJsonSchema(
        {
            "anyOf": [
                _WRITTEN_POINTS,
                {"type": "object", "additionalProperties": _WRITTEN_POINTS},
            ]
        }
    ),
]
"""Points by code, or one number for any code (key ``ANY``)."""

Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, _TEXTS]}),
]
"""One name or a list of names."""


def exactly_one(part: Part, names: tuple[str, ...]) -> str:
    """The one of these fields that is given.

    Raises:
        ValueError: none or several are.
    """
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        found = ", ".join(given) or "none"
        raise ValueError(f"give exactly one of {', '.join(names)} (given: {found})")
    return given[0]
