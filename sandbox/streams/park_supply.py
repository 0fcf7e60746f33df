"""Who supplies whom along the zone's industrial chains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sandbox.behaviour import GHOST
from sandbox.days import EPOCH, HISTORY, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import park_date


def links(ledger: Ledger, enterprises: Sequence[Enterprise]) -> None:
    """Links from each enterprise to some with a smaller number.

    Only to such: a later arrival must never change what earlier ones have.
    """
    known = {e.index: e for e in enterprises}
    for supplier in enterprises:
        for number in _partners(supplier):
            customer = known.get(number)
            if customer and customer.behaviour is not GHOST:
                _link(ledger, supplier, customer)


def _partners(supplier: Enterprise) -> Iterable[int]:
    """Numbers of its customers, whether or not they are registered yet."""
    rng = supplier.rng("supply")
    count = rng.choice((0, 1, 1, 2, 3)) if supplier.index else 0
    return dict.fromkeys(rng.randrange(supplier.index) for _ in range(count))


def _link(ledger: Ledger, supplier: Enterprise, customer: Enterprise) -> None:
    """Enter a link; one in five ends again."""
    rng = supplier.rng(f"supply-{customer.index}")
    begun = max(supplier.registered_on, customer.registered_on, HISTORY)
    day = later(rng, begun, 40, 700)
    ends, ended = later(rng, day, 200, 1400), rng.random() < 0.2
    row: Row = {
        "供应商代码": supplier.uscc,
        "客户代码": customer.uscc,
        "产业链": customer.industry.chain,
        "合作起始": park_date(rng, day),
        "合作终止": "",
    }
    key = f"{supplier.uscc}|{customer.uscc}"
    ledger.add("supply_links", day, key, row)
    if ended and ends > EPOCH:
        ledger.add("supply_links", ends, key, row | {"合作终止": park_date(rng, ends)})
