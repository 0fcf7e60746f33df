"""What a backup holds: the folders of a home that no run can make again.

Not here: the registry, which is a database and may be elsewhere (``making``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.settings import FILE, Settings

LANDING, DECISIONS, INBOX = "lake/landing", "decisions", "inbox"
# What was known on the days of runs, which no later run can tell: without it a lower grade
# would be taken for a first one, and would not wait.
REMEMBERED = ("grade_ledger", "grade_history")
SIGNING, LETTERS, RELEASES = "signing", "letters", "releases"
REGISTRY, CONFIGURATION = "registry", "configuration"
# What others may not read, wherever it lies.
SECRET = (SIGNING, REGISTRY, CONFIGURATION)


@dataclass(frozen=True)
class Part:
    """One folder.

    Attributes:
        name: where it stands in the archive and below the home.
        folder: where it is now; may be absent.
    """

    name: str
    folder: Path

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every finished file with its name in the archive, in order of names.

        Names with a leading dot are what somebody is still writing, or locks.
        """
        for path in sorted(self.folder.rglob("*")):
            below = path.relative_to(self.folder)
            finished = not any(step.startswith(".") for step in below.parts)
            if finished and path.is_file():
                yield f"{self.name}/{below.as_posix()}", path


def parts(settings: Settings, *, releases: bool) -> list[Part]:
    """The folders of a home, those that others point into last.

    Args:
        settings: where they are.
        releases: whether what was published goes along.
    """
    found = [
        Part(LANDING, settings.lake / "landing"),
        *(
            Part(f"lake/tables/{name}", settings.lake / "tables" / name)
            for name in REMEMBERED
        ),
        Part(DECISIONS, settings.decisions.parent),
        Part(INBOX, settings.drop_folder),
        Part(SIGNING, settings.signing),
        Part(LETTERS, settings.home / LETTERS),
    ]
    return [*found, Part(RELEASES, settings.releases)] if releases else found


def configuration(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files that decide what the data come to: policy, sources, settings."""
    for path in (settings.policy, settings.sources_file, Path(FILE)):
        if path.is_file():
            yield f"{CONFIGURATION}/{path.name}", path
