"""Whether a typed key opens the pages for the offices.

Not here: making keys (``keys``), the bank interface's door (``door``).
"""

from __future__ import annotations

from sqlalchemy import Engine, select

from publish.access import tokens
from publish.access.keys import Scope, key_of
from publish.registry.tables import api_keys
from quality.clock import Clock


def holds(
    registry: Engine, clock: Clock, text: str, address: str, *, scope: Scope
) -> bool:
    """Whether ``text`` is a live key with ``scope`` that opens from ``address``.

    Hashing is slow on purpose: call it in a thread, and count the tries.
    """
    token = tokens.parse_token(text)
    if token is None:
        return False
    wanted = select(api_keys).where(api_keys.c.prefix == token.prefix)
    with registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None or not tokens.matches(token.secret, row.secret_hash):
        return False
    key = key_of(row)
    live = key.state(clock.now()) == "live"
    return live and scope in key.scopes and key.opens_from(address)
