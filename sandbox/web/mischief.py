"""Faults on the wire: what happens to answers when an agency has a bad day.

Broken rows in otherwise sound answers are planted elsewhere (``sandbox.planting``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.ledger import AGENCY_OF, DATASETS, Row
from sandbox.web.breakage import BREAKS

EVERYWHERE = "*"

REFUSALS = {"500": 500, "502": 502, "503": 503}
"""Faults answered in the agency's own envelope, with this status."""

WHOLE_SERVER = frozenset(("refused", "certificate"))
"""Faults of the machine rather than of a resource: their place is ``*``."""

KINDS = (
    {"down", "envelope_error", "clock_skew", "unknown_column", "unknown_code"}
    | {"repeat_page", "skip_page", "total_changes"}
    | BREAKS.keys()
    | REFUSALS.keys()
    | WHOLE_SERVER
)
NEW_COLUMN = "BZ_XIN"
UNKNOWN_CODE = "未知代码X9"

CODED_FIELDS = {
    "registrations": "REGSTATE_CN",
    "permits": "XK_XKLB",
    "penalties": "CF_CFLB",
    "abnormal_listings": "SPECAUSE",
    "inspection_results": "INSRES",
    "risk_classes": "RISKCLASS",
    "tax_credit_grades": "xydj",
    "labour_grades": "cxdj",
}
"""The coded field that ``unknown_code`` spoils; other resources have none."""


class UnknownFaultError(ValueError):
    """A fault or a place for it that the sandbox does not know."""


class Mischief:
    """The faults that are switched on.

    Args:
        faults: resource (``market/penalties``) or agency (``market``) to kind of fault.

    Raises:
        UnknownFaultError: a place or kind that does not exist.
    """

    def __init__(self, faults: Mapping[str, str] | None = None) -> None:
        self.faults = dict(faults or {})
        self._asked = 0
        for place, kind in self.faults.items():
            _check(place, kind)

    @property
    def of_server(self) -> str | None:
        """The fault of the whole machine."""
        kind = self.faults.get(EVERYWHERE)
        return kind if kind in WHOLE_SERVER else None

    def kind(self, agency: str, resource: str) -> str | None:
        """The fault of a resource, of its whole agency, or of all."""
        places = (f"{agency}/{resource}", agency, EVERYWHERE)
        return next((self.faults[p] for p in places if p in self.faults), None)

    def total(self, resource: str, rows: list[Row]) -> int:
        """The total told with a page; ``total_changes``: another every time."""
        if self._is(resource, "total_changes"):
            self._asked += 1
        return len(rows) + self._asked

    def skip(self, resource: str, offset: int, size: int) -> int:
        """``skip_page``: the second page is never sent."""
        return offset + size * (offset > 0 and self._is(resource, "skip_page"))

    def repeat_page(self, resource: str, rows: list[Row], size: int) -> list[Row]:
        """``repeat_page``: the first page comes twice, nothing is lost."""
        if self._is(resource, "repeat_page"):
            return rows[:size] + rows
        return rows

    def spoil(self, resource: str, page: list[Row]) -> list[Row]:
        """``unknown_column`` in every row, ``unknown_code`` in the first of a page."""
        if self._is(resource, "unknown_column"):
            return [row | {NEW_COLUMN: "新增字段"} for row in page]
        if self._is(resource, "unknown_code") and resource in CODED_FIELDS:
            spoilt = {CODED_FIELDS[resource]: UNKNOWN_CODE}
            return [row | spoilt for row in page[:1]] + page[1:]
        return page

    def _is(self, resource: str, kind: str) -> bool:
        return self.kind(AGENCY_OF[resource], resource) == kind


def parsed(text: str) -> dict[str, str]:
    """``market/penalties=reset,tax=429,certificate`` as places and kinds.

    A kind without a place is a fault of everything.

    Raises:
        UnknownFaultError: a place or kind that does not exist.
    """
    pairs = (p.strip() for p in text.split(",") if p.strip())
    halves = [p.split("=", 1) if "=" in p else [EVERYWHERE, p] for p in pairs]
    return Mischief(dict(halves)).faults


def _check(place: str, kind: str) -> None:
    agency, _, resource = place.partition("/")
    served = {name: DATASETS[name] for name in ("market", "tax", "labour")}
    known = agency in served and (not resource or resource in served[agency])
    if not known and place != EVERYWHERE:
        raise UnknownFaultError(f"no agency or resource {place!r} serves HTTP")
    if kind not in KINDS:
        raise UnknownFaultError(f"no fault {kind!r}: use one of {sorted(KINDS)}")
    if kind in WHOLE_SERVER and place != EVERYWHERE:
        raise UnknownFaultError(
            f"{kind!r} is a fault of the whole server: write it alone"
        )
