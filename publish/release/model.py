"""What goes into a build and what comes out of it, as frozen records.

Not here: how any of it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ReleaseInfo:
    """What the builder cannot read from the data.

    Attributes:
        today: the evaluation date, in Asia/Shanghai.
        policy_id: the policy that graded.
        policy_sha256: hash of its document.
        built_at: instant of the build, with zone.
        known_at: the day up to which records were known.
        sources: small JSON-able facts for the ``release`` table, such as
            ``published_letters`` (the grades the policy lets the public see) and
            ``invented`` (true in the demonstration).
    """

    today: date
    policy_id: str
    policy_sha256: str
    built_at: datetime
    known_at: date
    sources: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """Bounds of the gates.

    Attributes:
        shrink_percent: a table may lose at most this share of its rows at once.
        small_table: tables that had fewer rows than this are not judged.
        searched: enterprises that are really searched for; of the others the index
            entry is counted through.
        keep: releases whose files stay, the serving one counted in.
        carry_percent: a database is made from the last release's file if at most this
            share of its rows differs; 0 makes every release in full.
    """

    shrink_percent: int = 50
    small_table: int = 20
    searched: int = 1_000
    keep: int = 10
    carry_percent: int = 10


@dataclass
class TableDiff:
    """How one table differs from the release before.

    Attributes:
        received: rows whose only change is when we received them.
        kinds: how many changes of each kind (code list ``change_kind``).
        keys: the first keys of each kind of change, in key order.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    received: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    keys: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A grade at one evaluation; points in thousandths."""

    evaluated_on: str
    state: str
    letter: str | None
    score_points: int | None
    veto_rule: str | None
    policy_id: str


@dataclass(frozen=True)
class RuleChange:
    """One rule whose points changed; ``None`` where it did not fire."""

    rule_id: str
    points_before: int | None
    points_after: int | None
    value_before: str | None
    value_after: str | None
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Move:
    """One enterprise whose latest grade is not what it was, and why."""

    uscc: str
    name: str | None
    before: Standing
    after: Standing
    rules: tuple[RuleChange, ...]

    @property
    def changes_letter(self) -> bool:
        """Whether more than the score moved."""
        return self.before.letter != self.after.letter


@dataclass(frozen=True)
class Diff:
    """What a release changes against the one it follows.

    Attributes:
        previous: that release, or ``None`` for the first.
        tables: by contract table name.
        moves_total: enterprises whose standing moved; all are in ``moves.jsonl``.
        letters_moved: those among them whose letter moved.
        moves: the first of them, changed letters first.
    """

    previous: str | None
    tables: Mapping[str, TableDiff]
    moves_total: int = 0
    letters_moved: int = 0
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Release:
    """The outcome of a build.

    Attributes:
        counts: rows by contract table name.
        switched: the pointer now names this release and did not before.
        unchanged: the serving release already held exactly this content today.
        carried: databases made from those of the last release, not in full.
    """

    id: str
    folder: Path
    content_sha256: str
    counts: Mapping[str, int]
    diff: Diff
    switched: bool
    unchanged: bool
    carried: tuple[str, ...] = ()
