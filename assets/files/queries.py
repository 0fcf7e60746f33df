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
        exp.cast(_told(c.name), engine_type(c)).as_(c.name)
        for c in metadata.tables[files.credit_events.name].columns
    ]
    known = exp.select("uscc").from_("enterprises")
    return (
        exp.select(*columns)
        .from_(ledger)
        .join("case_voids AS x", on="x.record_id = l.event_id", join_type="left")
        .where(exp.column("uscc", "l").isin(query=known))
        .order_by("uscc", "event_id")
    )


# A repaired or contested record is not used from that day, a deleted one never was; what
# asks whether an event is open sees the same.
_VOID = "greatest(x.void_from, l.happened_on)"
_BY_CASES = {
    "void_from": f"CASE WHEN x.void_from IS NOT NULL THEN {_VOID} END",
    "ended_on": f"CASE WHEN x.void_from IS NULL THEN l.ended_on "
    f"ELSE least(coalesce(l.ended_on, {_VOID}), {_VOID}) END",
}


def _told(name: str) -> exp.Expr:
    """A column of the ledger, as cases change it."""
    if name in _BY_CASES:
        return exp.maybe_parse(_BY_CASES[name], dialect=sql.DIALECT)
    return exp.column(name, "l")
