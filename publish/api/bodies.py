"""Bodies that banks send: models that refuse what they do not know.

Not here: the shapes of answers (``schemas``).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
)
from pydantic import WithJsonSchema as Schema

from publish.api.enterprises import MOST_IN_BATCH
from publish.api.parameters import USCC_SCHEMA
from quality.contracts.codelists import code_list
from quality.identifiers import IdentifierError, normalise, parse

MOST_QUERIES = 100
MOST_CANDIDATES = 20
LONGEST_NAME = 200
MOST_FEN = 10**15


def _uscc(given: str) -> str:
    try:
        return parse(normalise(given)).code
    except IdentifierError as error:
        raise ValueError(str(error)) from error


def _whole(given: object) -> object:
    """JSON knows no integers: 5.0 is 5, but ``true`` and ``"5"`` are not numbers."""
    if isinstance(given, float) and given.is_integer():
        return int(given)
    return given


def _item(given: str) -> str:
    if given not in code_list(ITEMS):
        raise ValueError(f"one of {', '.join(code_list(ITEMS))}")
    return given


ITEMS = "authorisation_item"
# The bounds stand before the reader, or they would be missing in the description.
Whole = BeforeValidator(_whole)
Item = Annotated[
    StrictStr,
    AfterValidator(_item),
    Schema({"type": "string", "enum": [*code_list(ITEMS)]}),
]
Uscc = Annotated[StrictStr, AfterValidator(_uscc), Schema(USCC_SCHEMA)]
Name = Annotated[StrictStr, Field(min_length=2, max_length=LONGEST_NAME)]
Day = Annotated[date, Field(strict=False)]


class Body(BaseModel):
    """A body: unknown members are refused, so that nothing is set that is not ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BatchRequest(Body):
    """Codes to look up; wrong ones get an outcome of their own."""

    usccs: Annotated[
        list[Annotated[StrictStr, Field(min_length=1, max_length=60)]],
        Field(min_length=1, max_length=MOST_IN_BATCH),
    ]


class MatchQuery(Body):
    """What is known about one enterprise; without name and code nobody is found."""

    name: Name | None = None
    code: Annotated[
        Annotated[StrictStr, Field(min_length=8, max_length=20)] | None,
        Field(description="USCC, organisation code or old taxpayer number"),
    ] = None
    address: Annotated[StrictStr, Field(max_length=LONGEST_NAME)] | None = None
    exclude: Annotated[list[Uscc], Field(max_length=MOST_QUERIES)] = []


class MatchRequest(Body):
    """One or several enterprises to find."""

    queries: Annotated[list[MatchQuery], Field(min_length=1, max_length=MOST_QUERIES)]
    limit: Annotated[StrictInt, Field(ge=1, le=MOST_CANDIDATES), Whole] = 5


class VerifyRequest(Body):
    """A statement about one enterprise to be told true or false."""

    uscc: Uscc
    value: Annotated[
        Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
        | Annotated[StrictInt, Field(ge=-(10**9), le=10**9), Whole]
        | None,
        Field(description="what the item is compared with, where it needs that"),
    ] = None


class ScreenRequest(Body):
    """A portfolio."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=100)]
    usccs: Annotated[
        list[Annotated[StrictStr, Field(min_length=1, max_length=60)]],
        Field(min_length=1, max_length=100_000),
    ]


class FeedbackKind(StrEnum):
    """What a bank tells back."""

    APPLICATION = "application"
    GRANT = "grant"
    REFUSAL = "refusal"
    REPAYMENT = "repayment"
    DEFAULT = "default"


class FeedbackRequest(Body):
    """What became of a credit file in a bank: read by the office, never published."""

    uscc: Uscc
    kind: FeedbackKind
    happened_on: Day
    product_code: (
        Annotated[StrictStr, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$")] | None
    ) = None
    amount_fen: Annotated[StrictInt, Field(ge=0, le=MOST_FEN), Whole] | None = None
    rate_bp: Annotated[StrictInt, Field(ge=0, le=10_000), Whole] | None = None


class NoticeKind(StrEnum):
    """What webhooks tell."""

    RELEASE = "release.published"
    RETRACTION = "records.retracted"
    SCREENING = "screening.done"
    AUTHORISATION = "authorisation.ended"


class WebhookRequest(Body):
    """Where to tell a bank, and what."""

    url: Annotated[
        StrictStr,
        Field(
            max_length=500,
            pattern=r"^https?://[!-~]+$",
            examples=["https://bank.example/hook"],
        ),
    ]
    kinds: Annotated[list[NoticeKind], Field(min_length=1, max_length=len(NoticeKind))]


class AuthorisationRequest(Body):
    """An authorisation that a bank asks an enterprise for."""

    uscc: Uscc
    items: Annotated[list[Item], Field(min_length=1, max_length=20)]
    purpose: Annotated[StrictStr, Field(min_length=2, max_length=200)]
