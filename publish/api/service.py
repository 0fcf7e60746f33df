"""The bank interface put together: door, desk, signing keys, errands.

Not here: the application it stands in (``publish.serving.app``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from publish.access import audit
from publish.access.admission import Admissions
from publish.access.cursors import Cursors
from publish.access.desk import Desk
from publish.access.desk import Work as DeskWork
from publish.access.door import ADMIT, VISIT, Door
from publish.access.limits import Limiter
from publish.access.networks import networks
from publish.access.ring import KeyRing
from publish.access.signing import Signer
from publish.access.visits import Visits
from publish.access.vouchers import Vouchers
from publish.api.call import Services
from publish.api.delivering import Deliverer
from publish.api.dispatch import RECORD, BankApi
from publish.api.errands import Errands, Work
from publish.api.notices import Watcher
from publish.api.screening import Screener
from publish.serving.mount import Mount
from quality.clock import Clock

SIGNING = "signing"  # folder of the home that holds the signing keys


def bank_api(
    home: Path,
    clock: Clock,
    registry: Engine,
    mount: Mount,
    webhook_networks: Iterable[str] = (),
) -> BankApi:
    """The interface of one process.

    Args:
        home: ``CREDITPARK_HOME``; its folder ``signing`` is shared by all processes.
        clock: the one clock.
        registry: from ``open_registry``.
        mount: follows the releases.
        webhook_networks: private networks that webhooks may be sent to all the same.
    """
    signer = Signer(home / SIGNING, clock)
    vouchers = Vouchers(signer, clock)
    admissions = Admissions(clock)
    visits = Visits(admissions)
    works: dict[str, DeskWork] = {
        ADMIT: admissions,
        VISIT: visits,
        RECORD: audit.append,
    }
    desk = Desk(registry, works, before={VISIT: visits.ahead})
    services = Services(
        home=home,
        clock=clock,
        registry=registry,
        mount=mount,
        desk=desk,
        door=Door(desk, KeyRing(), vouchers, Limiter()),
        signer=signer,
        vouchers=vouchers,
        cursors=Cursors(signer.secret()),
        webhook_networks=networks(webhook_networks),
    )
    errands: list[Work] = [Watcher(services), Screener(services), Deliverer(services)]
    return BankApi(services, Errands(errands))
