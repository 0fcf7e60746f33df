"""Streams of events, one room for each kind: what happens and how it is recorded.

A stream draws from one seeded source per enterprise, month after month, and decides a
record's whole fate when the record begins; what is known on a day therefore never
depends on the day the sandbox was started for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sandbox.behaviour import GHOST
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger
from sandbox.streams import (
    labour,
    market_lists,
    market_penalties,
    market_permits,
    market_register,
    market_reports,
    market_supervision,
    park_catalogue,
    park_commitments,
    park_merits,
    park_plans,
    park_rent,
    park_service,
    park_supply,
    park_visits,
    tax,
    tax_figures,
)

Stream = Callable[[Ledger, Enterprise], None]

STREAMS: tuple[Stream, ...] = (
    market_reports.reports,
    market_permits.permits,
    market_penalties.penalties,
    market_lists.abnormal,
    market_lists.serious,
    market_supervision.inspections,
    market_supervision.risk_classes,
    tax.grades,
    tax.arrears,
    tax.serious_cases,
    tax_figures.statements,
    labour.contributions,
    labour.grades,
    labour.wage_listings,
    park_commitments.commitments,
)
"""What happens to every enterprise that is more than an entry and a lease."""

TENANT_STREAMS: tuple[Stream, ...] = (
    park_rent.tenancies,
    park_rent.fees,
    park_visits.visits,
    park_visits.safety,
    park_merits.qualifications,
    park_merits.honours,
    park_merits.standard,
    park_merits.managers,
    park_service.loans,
    park_service.applications,
    park_service.reviews,
    park_service.objections,
)
"""What happens to enterprises in the park only."""


def record_all(ledger: Ledger, enterprises: Sequence[Enterprise]) -> None:
    """Enter everything that is known of ``enterprises`` by the ledger's day."""
    park_catalogue.catalogues(ledger)
    park_plans.plans(ledger)
    for enterprise in enterprises:
        market_register.register(ledger, enterprise)
        for stream in _streams_of(enterprise):
            stream(ledger, enterprise)
    park_supply.links(ledger, enterprises)


def _streams_of(enterprise: Enterprise) -> tuple[Stream, ...]:
    if enterprise.behaviour is GHOST:
        return (park_rent.tenancies,) if enterprise.tenant_since else ()
    return STREAMS + (TENANT_STREAMS if enterprise.tenant_since else ())
