"""The statements of the files station, bound to the day and the membership rule."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from assets import sql
from assets.sources.declaration import Membership
from quality.contracts import files, metadata
from quality.contracts.model import engine_type

PACKAGE = "assets.files"
# Ways of writing one sign: full width, and five kinds of brackets.
WIDE = "０１２３４５６７８９（）［］【】〔〕[]＆．－　"
WIDE += "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
NARROW = "0123456789()()()()()&.- ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EVENT_SOURCES = ("events_market", "events_tax", "events_labour", "events_park")


def enterprises(today: date, membership: Membership) -> exp.Query:
    """One row per registered enterprise."""
    return sql.bind(
        sql.load(PACKAGE, "enterprises"),
        today=today,
        by_address=membership.by == "address",
        address_pattern=membership.pattern,
    )


def memberships(membership: Membership) -> exp.Query:
    """Who is in the park on which evaluation date."""
    return sql.bind(
        sql.load(PACKAGE, "memberships"),
        by_address=membership.by == "address",
        address_pattern=membership.pattern,
    )


def identities(membership: Membership) -> exp.Query:
    """How written codes were joined."""
    return sql.bind(
        sql.load(PACKAGE, "identities"),
        by_address=membership.by == "address",
        address_pattern=membership.pattern,
        wide=WIDE,
        narrow=NARROW,
    )


def identity_candidates() -> exp.Query:
    """Who the parties that wait for review may be."""
    query = sql.load(PACKAGE, "identity_candidates")
    return sql.bind(query, wide=WIDE, narrow=NARROW)


def penalty_classes() -> exp.Query:
    """Class, publicity and repair dates of every penalty."""
    return sql.load(PACKAGE, "penalty_classes")


def financials() -> exp.Query:
    """Quarterly figures by enterprise."""
    return sql.load(PACKAGE, "financials")


def credit_events() -> exp.Query:
    """One ledger of all facts about registered enterprises, typed as its contract."""
    ledger = sql.union(sql.load(PACKAGE, name) for name in EVENT_SOURCES).subquery("l")
    columns = [
        exp.cast(exp.column(c.name, "l"), engine_type(c)).as_(c.name)
        for c in metadata.tables[files.credit_events.name].columns
    ]
    known = exp.select("uscc").from_("enterprises")
    return (
        exp.select(*columns)
        .from_(ledger)
        .where(exp.column("uscc", "l").isin(query=known))
        .order_by("uscc", "event_id")
    )
