"""Why a request was not let in, in codes that banks build on.

Not here: how it is told over HTTP (``publish.api.problems``).
"""

from __future__ import annotations

from publish.access.keys import Key
from publish.access.limits import Allowance


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """The door stays shut.

    Attributes:
        code: stable: ``key_missing``, ``key_invalid``, ``key_expired``,
            ``key_revoked``, ``scope_missing`` or ``rate_limited``.
        key: the key that was named, where there is such a key.
        scope: the scope that was missing.
        allowance: what is left of the limit, where one was asked.
    """

    def __init__(
        self,
        code: str,
        *,
        key: Key | None = None,
        scope: str | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.key = key
        self.scope = scope
        self.allowance = allowance
