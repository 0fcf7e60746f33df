"""Visits: let in and written down in one transaction.

An answer leaves only if key, limit and authorisations hold at the instant at which its
audit row is committed. What needs an authorisation is read once it was found to hold,
public facts before the transaction, which holds up whoever writes. Not here: reading them
(``publish.api.dispatch``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from publish.access import audit
from publish.access.admission import Admissions, Knock, Standing
from publish.access.audit import Entry
from publish.access.letting_in import Admission, admission


class Visit(NamedTuple):
    """One request.

    Attributes:
        knock: as at the door.
        ahead: reads what needs no authorisation; does not fail.
        entry: makes its audit row, once it is let in; may read what it was let in for.
        scope: what the route needs.
        address: where the request came from.
        scopes: what an access token narrows the key to.
    """

    knock: Knock
    ahead: Callable[[], None]
    entry: Callable[[Admission], Entry]
    scope: str
    address: str
    scopes: frozenset[str] | None = None


class Visits:
    """Does visits at the desk.

    Args:
        admissions: answers their knocks.
    """

    def __init__(self, admissions: Admissions) -> None:
        self._admissions = admissions

    @staticmethod
    def ahead(visits: Sequence[Visit]) -> None:
        """Read for all of them what may be read before they are let in."""
        for visit in visits:
            visit.ahead()

    def __call__(
        self, connection: Connection, visits: Sequence[Visit]
    ) -> list[Admission | Exception]:
        """An admission whose audit row is written, or why there is neither."""
        standings = self._admissions(connection, [v.knock for v in visits])
        entries: list[Entry] = []
        found = [
            _admitted(v, s, entries) for v, s in zip(visits, standings, strict=True)
        ]
        if entries:
            audit.append(connection, entries)
        return found


def _admitted(
    visit: Visit, standing: Standing, entries: list[Entry]
) -> Admission | Exception:
    try:
        found = admission(standing, visit.scope, visit.address, visit.scopes)
        found.require(visit.knock.needs)
        entries.append(visit.entry(found))
    except Exception as error:  # its own asker is told; the others are not concerned
        return error
    return found
