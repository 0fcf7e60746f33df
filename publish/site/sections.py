"""The sections of a credit file: the national report's ten and the park's two.

Order and titles follow 《公共信用信息报告标准》(2022); an empty section says so and is
never left out. Not here: how a record looks (``templates/parts/record.html``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from publish.site.facts import Facts, Row
from publish.site.listings import LISTINGS, Listing

SHOWN = 10  # records of one kind in a file; the rest are one link away
TIMELINE = 40


@dataclass(frozen=True)
class Block:
    """Records of one kind in a section."""

    listing: Listing
    rows: list[Row]
    total: int

    @property
    def more(self) -> bool:
        """Whether the file shows only the newest of them."""
        return self.total > len(self.rows)


@dataclass(frozen=True)
class Section:
    """One section: its numeral, its key in the strings, what stands in it."""

    number: int
    key: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Records in the section."""
        return sum(block.total for block in self.blocks)


# section key, table and an extra condition; keys without a table have no feed
_LAYOUT: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("registration", ()),
    (
        "administrative",
        (("licences", "TRUE"), ("penalties", "TRUE"), ("inspections", "TRUE")),
    ),
    ("honours", (("honours", "TRUE"),)),
    ("serious", (("listings", "listing <> 'abnormal_listing'"),)),
    ("abnormal", (("listings", "listing = 'abnormal_listing'"),)),
    ("commitments", (("commitments", "TRUE"),)),
    ("evaluation", ()),
    ("judicial", ()),
    ("other", (("tax_arrears", "TRUE"),)),
    ("advice", ()),
    ("park", ()),
    ("sources", ()),
)


async def sections_of(facts: Facts, uscc: str, most: int = SHOWN) -> list[Section]:
    """Every section of one enterprise's file, in the report's order.

    Args:
        facts: the release.
        uscc: the enterprise.
        most: records of one kind, the newest ones.
    """
    return [
        Section(number, key, [await _block(facts, uscc, *b, most) for b in blocks])
        for number, (key, blocks) in enumerate(_LAYOUT, start=1)
    ]


async def _block(
    facts: Facts, uscc: str, table: str, condition: str, most: int
) -> Block:
    listing = LISTINGS[table]
    where = f"FROM {{{table}}} WHERE uscc = :uscc AND {condition}"
    rows = await facts.rows(
        f"SELECT * {where} ORDER BY {listing.dated} DESC, record_id LIMIT :n",
        uscc=uscc,
        n=most,
    )
    total = len(rows)
    if total == most:
        total = await facts.number(f"SELECT COUNT(*) {where}", uscc=uscc)
    return Block(listing, rows, total)


async def timeline(facts: Facts, uscc: str) -> list[Row]:
    """What happened, newest first: ``kind, happened_on, title``."""
    parts = [
        f"SELECT '{t}' AS kind, {item.dated} AS happened_on, {item.title} AS title "
        f"FROM {{{t}}} WHERE uscc = :uscc"
        for t, item in LISTINGS.items()
    ]
    return await facts.rows(
        f"{' UNION ALL '.join(parts)} ORDER BY happened_on DESC, kind, title LIMIT :n",
        uscc=uscc,
        n=TIMELINE,
    )


async def sources(facts: Facts, uscc: str) -> list[Row]:
    """Who delivered what is shown: ``kind, source, collected_on, n``."""
    parts = [
        f"SELECT '{t}' AS kind, source, collected_on FROM {{{t}}} WHERE uscc = :uscc"
        for t in ("enterprises", *LISTINGS)
    ]
    return await facts.rows(
        "SELECT kind, source, MAX(collected_on) AS collected_on, COUNT(*) AS n "
        f"FROM ({' UNION ALL '.join(parts)}) GROUP BY kind, source "
        "ORDER BY collected_on DESC, kind, source",
        uscc=uscc,
    )


def advice(sections: list[Section]) -> list[str]:
    """Keys of the advice that fits the file; never empty."""
    found = {b.listing.table for s in sections for b in s.blocks if b.total}
    keys = [
        key
        for key, holds in (
            ("penalty", "penalties" in found),
            ("listing", "listings" in found),
            ("arrears", "tax_arrears" in found),
        )
        if holds
    ]
    return keys or ["clean"]
