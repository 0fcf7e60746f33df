"""Deliveries whose raw bytes are gone from landing, or are not what was received.

Of one that is gone the accepted rows still stand and count, but no raw line can be shown
for them, and a restore from landing would lack them. One that changed before it was split
is left out. Not here: how bytes are proved (``Landing.prove``).
"""

from __future__ import annotations

from assets.setup import Setup
from assets.stores import DamagedDeliveryError, Lake, Receipt


def lost_deliveries(lake: Lake, setup: Setup, dataset: str) -> tuple[str, ...]:
    """One line for each: what is lost, what still stands, what to do."""
    here = {batch.id for batch in lake.landing.batches(dataset)}
    agency = setup.sources.agency_of(dataset)
    return tuple(
        _line(f"{agency}/{dataset}/{receipt.batch}", dataset, receipt)
        for receipt in lake.records.receipts(dataset)
        if receipt.batch not in here
    )


def damaged_deliveries(lake: Lake, dataset: str) -> tuple[str, ...]:
    """One line for each that waits to be split and cannot be: what is wrong, what to do."""
    split = {receipt.batch for receipt in lake.records.receipts(dataset)}
    told = []
    for batch in lake.landing.batches(dataset):
        if batch.id not in split:
            try:
                lake.landing.prove(batch)
            except DamagedDeliveryError as error:
                told.append(str(error))
    return tuple(told)


def _line(place: str, dataset: str, receipt: Receipt) -> str:
    return (
        f"lake/landing/{place} is lost, with the {receipt.rows_in} rows as they were sent; "
        f"the {receipt.accepted} accepted of them still count. Put it back from a backup; "
        f"without one ask the agency to send them again, delete lake/records/{dataset} and "
        "run: everything that landing holds then is split anew"
    )
