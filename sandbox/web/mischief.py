"""Faults on the wire: what happens to answers when an agency has a bad day.

Broken rows in otherwise sound answers are planted elsewhere (``sandbox.planting``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.ledger import AGENCY_OF, DATASETS, Row

KINDS = frozenset(
    ("500", "down", "truncate", "unknown_column", "unknown_code", "repeat_page")
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
        for place, kind in self.faults.items():
            _check(place, kind)

    def kind(self, agency: str, resource: str) -> str | None:
        """The fault of a resource, or of its whole agency."""
        return self.faults.get(f"{agency}/{resource}") or self.faults.get(agency)

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


def _check(place: str, kind: str) -> None:
    agency, _, resource = place.partition("/")
    served = {name: DATASETS[name] for name in ("market", "tax", "labour")}
    if agency not in served or (resource and resource not in served[agency]):
        raise UnknownFaultError(f"no agency or resource {place!r} serves HTTP")
    if kind not in KINDS:
        raise UnknownFaultError(f"no fault {kind!r}: use one of {sorted(KINDS)}")
