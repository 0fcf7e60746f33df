"""What can go wrong with a release, as types that name place, rule and remedy.

Not here: the gates that find it (``gates``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class GateFailure:
    """One reason why a release may not be published.

    Attributes:
        gate: name of the gate.
        table: served table, ``grades`` and the like; empty if the file as a whole.
        key: which row, as ``column=value``; never personal data.
        why: what is wrong.
        remedy: what to do.
    """

    gate: str
    table: str
    key: str
    why: str
    remedy: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.table, self.key) if part)
        return f"[{self.gate}] {place or 'release'}: {self.why}; {self.remedy}"


@dataclass(frozen=True)
class Damage:
    """One file of a release that is not what was sealed."""

    path: str
    why: str


class ReleaseError(Exception):
    """A release could not be built, found, verified or switched."""


class ReleaseRefusedError(ReleaseError):
    """Gates refused the release; the one that was serving still serves.

    Attributes:
        failures: every failure of every gate.
        report: the JSON file that lists them.
    """

    def __init__(self, failures: tuple[GateFailure, ...], report: Path) -> None:
        self.failures = failures
        self.report = report
        lines = "\n".join(f"  {failure}" for failure in failures)
        super().__init__(
            f"release refused for {len(failures)} reason(s), see {report}:\n{lines}"
        )


class RelationError(ReleaseError):
    """A relation handed to the builder lacks what its contract demands."""

    def __init__(self, table: str, why: str, remedy: str) -> None:
        super().__init__(f"{table}: {why}; {remedy}")
        self.table = table


class ReleaseBusyError(ReleaseError):
    """Another process is building or switching a release in the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another process works in {folder}; wait for it to end and try again"
        )


class UnknownReleaseError(ReleaseError, LookupError):
    """There is no release of that id."""

    def __init__(self, release_id: str, folder: Path) -> None:
        super().__init__(
            f"no release {release_id!r} in {folder}; `creditpark release list` shows"
            " those there are"
        )


class DamagedFileError(ReleaseError, ValueError):
    """A file beside the releases is no longer what was written; the message names it."""

    def __init__(self, path: Path, why: object, remedy: str) -> None:
        super().__init__(f"{path} is damaged ({why}); {remedy}")


class DamagedReleaseError(ReleaseError):
    """Files of a release differ from its checksums; it may not serve."""

    def __init__(self, release_id: str, damages: tuple[Damage, ...]) -> None:
        self.damages = damages
        found = "; ".join(f"{d.path}: {d.why}" for d in damages)
        super().__init__(
            f"release {release_id} is damaged ({found}); build or choose another"
        )
