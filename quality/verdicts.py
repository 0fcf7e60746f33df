"""What a quality run found, in plain values that every room may read.

Not here: how it was found (``quality.engine``) or shown (``quality.checks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from quality.rules import Message, Severity


class Aspect(StrEnum):
    """The side of a table that an expectation looks at; one asset check each."""

    SCHEMA = "schema"
    KEYS = "keys"
    ROW_RULES = "row_rules"
    VOLUME = "volume"
    BUSINESS = "business"
    QUARANTINE_RATE = "quarantine_rate"
    CONSERVATION = "conservation"
    RECONCILIATION = "reconciliation"
    CONTRACT = "contract"
    DECLARED_VOLUME = "declared_volume"


@dataclass(frozen=True)
class Verdict:
    """How one expectation came out.

    Attributes:
        rule_id: the row rule, or ``<table>.table.<property>``.
        aspect: the asset check it counts for.
        success: whether the expectation holds.
        severity: what a failure means.
        unexpected_count: violating rows; 1 for a failed property of the whole table.
        rows: the number of every violating row, sorted: ``row_number`` of candidates,
            otherwise its place in the frame, from 1.
        message: the fault and the remedy.
        observed: what was seen of the whole table, or the error of an expectation that
            could not be evaluated.
    """

    rule_id: str
    aspect: Aspect
    success: bool
    severity: Severity
    unexpected_count: int
    rows: tuple[int, ...]
    message: Message
    observed: str | None = None


@dataclass(frozen=True)
class Counts:
    """What became of the rows that came in.

    Attributes:
        records: the newest versions, one a record.
        minimum: records the source declares at least.
        maximum: records the source declares at most.
        mismatches: batches whose rows are not as many as the agency declared, or that
            are lost.
        frozen: why batches of a frozen dataset were refused whole.
        notices: rule -> rows accepted although something new stood in them.
    """

    rows_in: int
    accepted: int
    quarantined: int
    duplicates: int
    records: int = 0
    minimum: int | None = None
    maximum: int | None = None
    mismatches: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    notices: Mapping[str, int] = field(default_factory=dict)

    @property
    def too_few(self) -> bool:
        """Fewer records than declared."""
        return self.minimum is not None and self.records < self.minimum

    @property
    def too_many(self) -> bool:
        """More records than declared."""
        return self.maximum is not None and self.records > self.maximum

    @property
    def conserved(self) -> bool:
        """Whether every row ended in exactly one place."""
        return self.rows_in == self.accepted + self.quarantined + self.duplicates

    @property
    def quarantined_bp(self) -> int:
        """Quarantined rows in basis points of the rows that came in."""
        return self.quarantined * 10_000 // self.rows_in if self.rows_in else 0
