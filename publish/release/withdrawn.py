"""What was lawfully taken off since a release was built, and may not come back with it.

``withdrawals.json`` stands beside the releases. The newest build writes into it which
rows of the older releases are repaired, corrected, contested or redacted since; whoever
mounts an older release hides them. It names keys, no content, and is never served.
Plain JSON: the serving process imports this module. Not here: finding them
(``withdrawals``), hiding them (``publish.serving.guard``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publish.release.files import read_json, replace_json
from publish.release.layout import ENTRIES
from publish.release.names import WITHDRAWALS

ENTERPRISES = "enterprises"
GRADE = "published_grade"


@dataclass(frozen=True)
class Withdrawn:
    """Rows that an older release may no longer show.

    Attributes:
        tables: served table to keys (``record_id``; credit codes of enterprises).
        void: enterprises whose grades in that release rest on such a row.
        newest: the release that withdrew them.
    """

    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    void: frozenset[str] = frozenset()
    newest: str = ""

    def __bool__(self) -> bool:
        """Whether anything was withdrawn."""
        return bool(self.void or any(self.tables.values()))

    @property
    def fingerprint(self) -> str:
        """Differs where anything differs."""
        told = json.dumps(
            [{t: sorted(k) for t, k in sorted(self.tables.items())}, sorted(self.void)]
        )
        return hashlib.sha256(told.encode()).hexdigest()[:12]


NOTHING = Withdrawn()
ANEW = "nothing beside it is served before a run has written it anew: creditpark run"


def key_column(table: str) -> str:
    """The column that a table's rows are withdrawn by."""
    return "uscc" if table in {ENTERPRISES, ENTRIES} else "record_id"


def withdrawn_from(folder: Path, release_id: str) -> Withdrawn:
    """What a release below ``folder`` may not show though it holds it.

    Raises:
        DamagedFileError: the list cannot be read; nothing older than it may be served.
    """
    path = folder / WITHDRAWALS
    if not path.is_file():
        return NOTHING
    document = read_json(path, ANEW)
    return NOTHING if document["release"] == release_id else _read(document)


def _read(document: Mapping[str, Any]) -> Withdrawn:
    tables = {t: frozenset(keys) for t, keys in document["tables"].items()}
    if ENTERPRISES in tables:
        tables[ENTRIES] = tables[ENTERPRISES]
    return Withdrawn(tables, frozenset(document["void"]), document["release"])


def note(
    folder: Path,
    release_id: str,
    tables: Mapping[str, Mapping[str, str]],
    void: frozenset[str],
) -> None:
    """Put the list of the newest release in place of the one before.

    Args:
        folder: where releases stand.
        release_id: the newest release, to which the list does not apply.
        tables: served table to key to kind of change.
        void: enterprises whose older grades no longer hold.
    """
    told = {t: dict(sorted(keys.items())) for t, keys in tables.items() if keys}
    value = {"release": release_id, "tables": told, "void": sorted(void)}
    replace_json(folder / WITHDRAWALS, value)
