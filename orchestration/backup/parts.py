"""What a backup holds: the folders of home and lake that no run can make again.

Not here: the registry, which is a database and may be elsewhere (``making``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.lake.store import Folder, Store
from orchestration.places import make_store
from orchestration.settings import FILE, Settings

LAKE, LANDING, DECISIONS, INBOX = "lake", "lake/landing", "decisions", "inbox"
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
        store: where it is now; may be empty.
    """

    name: str
    store: Store

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every finished file with its name in the archive, in order of names."""
        for below, path in self.store.files():
            yield f"{self.name}/{below}", path


def parts(settings: Settings, *, releases: bool) -> list[Part]:
    """The folders of a home, those that others point into last.

    Args:
        settings: where they are.
        releases: whether what was published goes along.
    """
    lake = make_store(settings)
    found = [
        Part(LANDING, lake.below("landing")),
        *(Part(f"lake/tables/{n}", lake.below(f"tables/{n}")) for n in REMEMBERED),
        Part(DECISIONS, Folder(settings.decisions.parent)),
        Part(INBOX, Folder(settings.drop_folder)),
        Part(SIGNING, Folder(settings.signing)),
        Part(LETTERS, Folder(settings.home / LETTERS)),
    ]
    return [*found, Part(RELEASES, Folder(settings.releases))] if releases else found


def configuration(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files that decide what the data come to: policy, sources, settings."""
    for path in (settings.policy, settings.sources_file, Path(FILE)):
        if path.is_file():
            yield f"{CONFIGURATION}/{path.name}", path
