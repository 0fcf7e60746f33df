"""Adverse facts under publicity: penalties, listings and tax arrears in one shape.

Each kind is asked of its own table by its own index, and the newest of all are merged.
Not here: how long each may be shown (the release computes it, ``facts`` guards it).
"""

from __future__ import annotations

from dataclasses import dataclass

from publish.site.facts import Facts, Row

_PENALTY = """decision_no AS title, violation_kind AS what, content AS detail,
decided_on AS happened_on, fine_fen AS amount_fen, severity, NULL AS listing,
repairable_from"""
_LISTING = """NULL AS title, reason AS what, NULL AS detail, listed_on AS happened_on,
NULL AS amount_fen, NULL AS severity, listing, repairable_from"""
_ARREARS = """NULL AS title, tax_kind AS what, NULL AS detail,
announced_on AS happened_on, balance_fen AS amount_fen, NULL AS severity,
NULL AS listing, NULL AS repairable_from"""


@dataclass(frozen=True)
class Kind:
    """One kind of disclosure: where it stands and how it is told."""

    table: str
    condition: str
    columns: str
    dated: str
    searched: tuple[str, ...]

    def where(self, text: str) -> str:
        """The rows of this kind that answer a text, if one is sought."""
        if not text:
            return self.condition
        sought = ("enterprise_name", "authority", *self.searched)
        found = " OR ".join(f"instr({column}, :text)" for column in sought)
        return f"{self.condition} AND ({found} OR instr(uscc, upper(:text)))"


_REASON = ("listed_on", ("reason",))
_TABLES = {
    "penalty": Kind(
        *("penalties", "TRUE", _PENALTY, "decided_on"),
        ("decision_no", "violation_kind"),
    ),
    "abnormal": Kind("listings", "listing = 'abnormal_listing'", _LISTING, *_REASON),
    "serious": Kind("listings", "listing <> 'abnormal_listing'", _LISTING, *_REASON),
    "arrears": Kind("tax_arrears", "TRUE", _ARREARS, "announced_on", ("tax_kind",)),
}
KINDS = tuple(_TABLES)


@dataclass(frozen=True)
class Wish:
    """What a reader wants to see: a kind (empty for all) and a text (or none)."""

    kind: str = ""
    text: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds wanted."""
        return (self.kind,) if self.kind else KINDS


async def by_kind(facts: Facts, text: str = "") -> dict[str, int]:
    """How many disclosures of each kind answer a text today."""
    return {
        name: await facts.number(
            f"SELECT COUNT(*) FROM {{{kind.table}}} WHERE {kind.where(text)}", text=text
        )
        for name, kind in _TABLES.items()
    }


async def newest(facts: Facts, wish: Wish, limit: int, offset: int = 0) -> list[Row]:
    """Disclosures, newest decision first."""
    parts = [f"SELECT * FROM ({_newest_of(name, wish.text)})" for name in wish.kinds]
    return await facts.rows(
        f"{' UNION ALL '.join(parts)} "
        "ORDER BY happened_on DESC, record_id LIMIT :limit OFFSET :offset",
        text=wish.text,
        most=limit + offset,
        limit=limit,
        offset=offset,
    )


def _newest_of(name: str, text: str) -> str:
    kind = _TABLES[name]
    return (
        f"SELECT '{name}' AS kind, '{kind.table}' AS list, record_id, uscc, "
        f"enterprise_name, authority, publish_until, source, collected_on, "
        f"{kind.columns} FROM {{{kind.table}}} WHERE {kind.where(text)} "
        f"ORDER BY {kind.dated} DESC, record_id LIMIT :most"
    )
