"""What a route is: declared once, from which dispatch, checks and description derive.

Not here: the routes themselves (``routes``), reading a request (``reading``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from publish.access.keys import Scope

Wire = dict[str, Any]
Handler = Callable[[Any], Any]  # of a ``Call``, a ``Reply`` or what one waits for
PATH, QUERY, HEADER = "path", "query", "header"
VERSION = "/api/v1"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Parameter:
    """One parameter of a route.

    Attributes:
        place: ``path``, ``query`` or ``header``.
        schema: JSON Schema of its text.
        read: its value from its text; raises ``ValueError`` that says what is wrong.
        default: the value where it is not given and not required.
    """

    name: str
    place: str
    schema: Wire
    read: Callable[[str], Any]
    summary: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, eq=False)
class Operation:
    """One route and method.

    Attributes:
        id: ``operationId``; stands in the audit log.
        scope: what the key must be allowed; ``None`` where no key is asked.
        items: what the enterprise of the path must have authorised; a function of the
            query where the caller chooses.
        answer: name of the schema of ``data``; ``None`` for an answer in own words.
        body: the model of the JSON body.
        media: what else may be sent or answered, beside JSON.
        problems: codes beside those every keyed route has.
        status: of success.
        enveloped: whether the answer names the release it was read from.
        once: whether ``Idempotency-Key`` is honoured.
        quick: the handler waits for nothing, changes nothing and takes no longer than
            handing it to a thread: the desk lets in and writes down in one transaction
            (``publish.access.visits``).
    """

    id: str
    method: str
    path: str
    summary: str
    handler: Handler
    scope: Scope | None = None
    items: tuple[str, ...] | Callable[[Wire], tuple[str, ...]] = ()
    answer: str | None = None
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    body_media: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    status: int = 200
    enveloped: bool = True
    once: bool = False
    quick: bool = False
    largest: int = MEGABYTE
    links: Wire = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The whole path."""
        return self.path if self.path.startswith("/.") else VERSION + self.path

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a raw path must look like."""
        parts = re.split(r"\{(\w+)\}", self.where)
        named = [
            f"(?P<{part}>[^/]+)" if n % 2 else re.escape(part)
            for n, part in enumerate(parts)
        ]
        return re.compile("".join(named))

    def needed(self, query: Wire) -> tuple[str, ...]:
        """The items a call reads."""
        return self.items(query) if callable(self.items) else self.items
