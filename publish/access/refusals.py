"""Why a request was not let in, in codes that banks build on.

Not here: how it is told over HTTP (``publish.api.problems``).
"""

from __future__ import annotations

from publish.access.keys import Key
from publish.access.limits import Allowance


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The door stays shut.

    Attributes:
        code: stable: ``key_missing``, ``key_invalid``, ``key_expired``, ``key_revoked``,
            ``address_refused``, ``scope_missing``, ``rate_limited``,
            ``quota_exhausted`` or ``authorisation_missing``.
        key: the key that was named, where there is such a key.
        scope: the scope that was missing.
        item: the item no authorisation names, of the enterprise ``uscc``.
        allowance: what is left of the limit, where one was asked.
    """

    def __init__(
        self,
        code: str,
        *,
        key: Key | None = None,
        scope: str | None = None,
        item: str | None = None,
        uscc: str | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.scope = scope
        self.item = item
        self.uscc = uscc
        self.allowance = allowance
