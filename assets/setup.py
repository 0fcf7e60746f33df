"""What every asset is given: clock, sources, policy, the places it may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from assets.credit.decisions import GradeDecision
from assets.credit.decisions import read as read_grade_decisions
from assets.credit.loading import load_policy
from assets.credit.policy import Policy
from assets.files.decisions import Decision, read
from assets.sources.declaration import Sources
from publish.notices.senders import Sender
from publish.release.model import Limits
from quality.clock import Clock


@dataclass(frozen=True)
class Setup:
    """One configuration of the platform.

    Attributes:
        clock: where today comes from.
        sources: the agencies and their datasets.
        policy_file: the grading policy.
        releases: folder of the releases.
        docs: folder of the engineers' quality documents.
        decisions: file of the office's decisions about identities.
        grade_decisions_file: file of the office's decisions about downgrades.
        registry: URL of the registry, whose cases are read; empty by default.
        senders: channels by which letters leave by themselves.
        invented: whether the enterprises are; letters say so.
        limits: bounds of a release, and how many stay.
        grade_everybody: whether a run also grades whom nothing has changed for.
        grade_at_once: enterprises, once for each date, that one statement grades; all
            where it is ``None``.
    """

    clock: Clock
    sources: Sources
    policy_file: Path
    releases: Path
    docs: Path
    decisions: Path | None = None
    grade_decisions_file: Path | None = None
    registry: str = "sqlite://"
    senders: Mapping[str, Sender] = field(default_factory=dict)
    invented: bool = False
    limits: Limits = field(default_factory=Limits)
    grade_everybody: bool = False
    grade_at_once: int | None = None

    @property
    def today(self) -> date:
        """The evaluation date."""
        return self.clock.today()

    @property
    def identity_decisions(self) -> list[Decision]:
        """Every decision the office ever made about who a party is."""
        return read(self.decisions) if self.decisions else []

    @property
    def grade_decisions(self) -> list[GradeDecision]:
        """Every decision the office ever made about a downgrade."""
        file = self.grade_decisions_file
        return read_grade_decisions(file) if file else []

    @cached_property
    def policy(self) -> Policy:
        """The policy in force, read once."""
        return load_policy(self.policy_file)
