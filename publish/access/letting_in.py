"""What a standing means for a request: let in, or the first reason why not.

Not here: where standings come from (``admission``), secrets (``door``).
"""

from __future__ import annotations

from typing import NamedTuple

from publish.access.admission import Need, Standing
from publish.access.keys import Key
from publish.access.limits import Allowance
from publish.access.refusals import Refused


class Admission(NamedTuple):
    """Who was let in, what is left of the limit, and what allowed it.

    Attributes:
        granted: the authorisation that covers each need.
    """

    key: Key
    allowance: Allowance
    granted: tuple[tuple[Need, str], ...] = ()

    def require(self, needs: tuple[Need, ...]) -> None:
        """Every need has its authorisation.

        Raises:
            Refused: ``authorisation_missing``, for the first that has none.
        """
        if not needs:
            return
        held = {need for need, _ in self.granted}
        for need in needs:
            if need not in held:
                raise Refused(
                    "authorisation_missing",
                    key=self.key,
                    item=need.item,
                    uscc=need.uscc,
                    allowance=self.allowance,
                )


def admission(
    standing: Standing,
    scope: str | None,
    address: str,
    scopes: frozenset[str] | None = None,
) -> Admission:
    """Let a request in.

    Args:
        standing: of its key.
        scope: what the route needs, if it needs one.
        address: where the request came from.
        scopes: what an access token narrows the key to.

    Raises:
        Refused: with a stable code.
    """
    key, allowance = standing.key, standing.allowance
    if key is None or not standing.proved:
        raise Refused("key_invalid")
    if allowance is None:
        raise Refused(f"key_{standing.state}", key=key)
    if not key.opens_from(address):
        raise Refused("address_refused", key=key)
    if not standing.day_left:
        raise Refused("quota_exhausted", key=key, allowance=allowance)
    if not allowance.allowed:
        raise Refused("rate_limited", key=key, allowance=allowance)
    held = key.scopes if scopes is None else key.scopes & scopes
    if scope is not None and scope not in held:
        raise Refused("scope_missing", key=key, scope=scope, allowance=allowance)
    return Admission(key, allowance, standing.granted)
