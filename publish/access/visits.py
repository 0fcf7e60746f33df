"""Visits: let in and written down in one transaction, for answers prepared before it.

The answer leaves only if key, limit and authorisations hold at the instant at which its
audit row is committed. Not here: preparing answers (``publish.api.dispatch``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from publish.access import audit
from publish.access.admission import Admissions, Knock, Standing
from publish.access.audit import Entry
from publish.access.letting_in import Admission, admission
from publish.access.refusals import Refused


@dataclass(frozen=True)
class Visit:
    """One request with its prepared answer.

    Attributes:
        knock: as at the door.
        entry: its audit row, but for the authorisations.
        scope: what the route needs.
        address: where the request came from.
    """

    knock: Knock
    entry: Entry
    scope: str
    address: str


class Visits:
    """Does visits at the desk.

    Args:
        admissions: answers their knocks.
    """

    def __init__(self, admissions: Admissions) -> None:
        self._admissions = admissions

    def __call__(
        self, connection: Connection, visits: Sequence[Visit]
    ) -> list[Admission | Refused]:
        """An admission whose audit row is written, or why there is neither."""
        standings = self._admissions(connection, [v.knock for v in visits])
        judged = [_judged(v, s) for v, s in zip(visits, standings, strict=True)]
        entries, allowed = [], []
        for visit, found in zip(visits, judged, strict=True):
            if isinstance(found, Admission):
                entries.append(visit.entry)
                allowed.append(tuple(sorted({made for _, made in found.granted})))
        if entries:
            audit.append(connection, entries, allowed)
        return judged


def _judged(visit: Visit, standing: Standing) -> Admission | Refused:
    try:
        found = admission(standing, visit.scope, visit.address)
        found.require(visit.knock.needs)
    except Refused as refused:
        return refused
    return found
