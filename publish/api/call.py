"""One call as a handler sees it, and what it replies.

Not here: HTTP around it (``dispatch``, ``answers``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from publish.access.cursors import CursorError, Cursors, StaleCursorError
from publish.access.desk import Desk
from publish.access.door import Door
from publish.access.keys import Key
from publish.access.letting_in import Admission
from publish.access.networks import Network
from publish.access.signing import Signer
from publish.access.vouchers import Vouchers
from publish.api.operation import Operation, Wire
from publish.api.problems import problem
from publish.serving.mount import Mount, Mounted, NoReleaseError
from quality.clock import Clock

_LASTING = "-"


@dataclass(frozen=True)
class Services:
    """What handlers work with; one of each per process.

    Attributes:
        webhook_networks: private networks that webhooks may be sent to all the same.
    """

    home: Path
    clock: Clock
    registry: Engine
    mount: Mount
    desk: Desk
    door: Door
    signer: Signer
    vouchers: Vouchers
    cursors: Cursors
    webhook_networks: tuple[Network, ...] = ()


@dataclass
class Call:
    """One request that was let in and understood.

    Attributes:
        base: scheme and host under which we were called.
        pinned: the release this request is pinned to, if there is one.
        values: parameters of path, query and header by name, read.
        body: the body, read by the operation's model; raw bytes for other media.
        media: the body's media type.
        admission: ``None`` on routes without a key.
    """

    services: Services
    operation: Operation
    request_id: str
    headers: dict[str, str]
    address: str
    base: str = ""
    pinned: Mounted | None = None
    values: Wire = field(default_factory=dict)
    body: Any = None
    media: str = ""
    admission: Admission | None = None

    @property
    def key(self) -> Key:
        """The caller's key."""
        if self.admission is None:
            raise LookupError(f"{self.operation.id} has no key")
        return self.admission.key

    @property
    def release(self) -> Mounted:
        """The release this request is pinned to.

        Raises:
            NoReleaseError: nothing has been published yet.
        """
        if self.pinned is None:
            raise NoReleaseError("nothing is published yet")
        return self.pinned

    async def public(self, read: Callable[..., Any], *values: Any) -> Any:
        """What ``read`` finds in the guarded public file."""
        return await self.release.public.execute_fn(lambda c: read(c, *values))

    def public_now(self, read: Callable[..., Any], *values: Any) -> Any:
        """The same at once, for what takes no longer than handing it to a thread."""
        return read(self.release.public.connection(), *values)

    def authorised_now(self, read: Callable[..., Any], *values: Any) -> Any:
        """As ``public_now`` in the authorised file; only for admitted needs."""
        return read(self.release.authorised.connection(), *values)

    async def authorised(self, read: Callable[..., Any], *values: Any) -> Any:
        """What ``read`` finds in the authorised file; only for admitted needs."""
        return await self.release.authorised.execute_fn(lambda c: read(c, *values))

    def place(self, *question: object, lasting: bool = False) -> Any:
        """Where the caller's cursor points to; ``None`` at the beginning.

        Args:
            question: what was asked; another question's cursor is not taken.
            lasting: whether the place outlives the release it was made in.

        Raises:
            Problem: ``cursor_invalid`` or ``cursor_stale``.
        """
        cursor = self.values.get("cursor")
        if cursor is None:
            return None
        release = _LASTING if lasting else self.release.release_id
        try:
            return self.services.cursors.read(
                cursor, self._asked(question), self.key.holder, release
            )
        except StaleCursorError as error:
            raise problem("cursor_stale", was=str(error), now=release) from error
        except CursorError as error:
            raise problem("cursor_invalid") from error

    def cursor(self, place: Any, *question: object, lasting: bool = False) -> str:
        """A cursor to a place in the answer to this question."""
        release = _LASTING if lasting else self.release.release_id
        return self.services.cursors.write(
            place, self._asked(question), self.key.holder, release
        )

    def _asked(self, question: tuple[object, ...]) -> str:
        return "\n".join((self.operation.id, *map(str, question)))


@dataclass
class Reply:
    """What a handler replies.

    Attributes:
        data: the answer proper; its canonical JSON is hashed and sent.
        text: that JSON, where it is at hand already; ``data`` is empty then.
        uscc: the enterprise it is about.
        subjects: the enterprises, where there are several.
        items: what was read, for the audit log.
        raw: the answer in another form, of type ``media``.
        signed: whether ``Credit-Signature`` vouches for the body as it is sent.
        tag_of: the part that makes a difference, if not all of the data does.
    """

    data: Wire
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    uscc: str | None = None
    subjects: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    raw: bytes | None = None
    media: str = "application/json; charset=utf-8"
    tag_of: Wire | None = None
    signed: bool = False
    text: bytes | None = None
