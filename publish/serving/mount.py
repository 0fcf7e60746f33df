"""Mounting: follows ``releases/current.json`` and switches releases, losing no request.

A release directory is never overwritten: the pointer is replaced, the new files are
opened anew and proved, one assignment makes them current, and the old files
close after a grace time once no request reads them. A release that cannot be served
leaves the old one serving. Not here: what is in a release (``publish.release``).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publish.serving.release import BrokenReleaseError, Mounted, open_release
from quality.clock import Clock

__all__ = ["BrokenReleaseError", "Mount", "Mounted", "NoReleaseError", "mounted"]

POINTER = "current.json"
LOOK_EVERY = 0.05  # seconds between two looks at the pointer
FOLLOW_EVERY = 0.5  # the same where nobody asks: banks are told of a release unasked
TRY_AGAIN_AFTER = 1.0  # seconds before a refused release is tried again
NAME_ANEW = (
    "the release before it stays; `creditpark release list` tells what to do, "
    "`creditpark release rollback ID` writes it anew"
)
GRACE = 5.0  # seconds an old release stays open at least: longer than any statement

_RELEASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_pinned: ContextVar[Mounted] = ContextVar("pinned_release")

log = logging.getLogger(__name__)
Stamp = tuple[int, int, int]


class NoReleaseError(LookupError):
    """Nothing has been published yet."""


@dataclass(frozen=True)
class Refusal:
    """A release that could not be mounted, and when it was last tried."""

    stamp: Stamp
    release_id: str | None
    reason: str
    tried_at: float


class Mount:
    """Keeps one application on the newest release that can be served.

    Args:
        datasette: the application.
        home: ``CREDITPARK_HOME``; releases stand in ``<home>/releases``.
        clock: decides today in every guarded statement.
        grace: seconds an old release stays open at least.
    """

    def __init__(
        self, datasette: Any, home: Path, clock: Clock, *, grace: float = GRACE
    ) -> None:
        self.clock = clock
        self.current: Mounted | None = None
        self.refusal: Refusal | None = None
        self._datasette = datasette
        self._releases = home / "releases"
        self._grace = grace
        self._generations = itertools.count(1)
        self._stamp: Stamp | None = None
        self._looked_at = float("-inf")
        self._switching = asyncio.Lock()
        self._retired: list[Mounted] = []

    def open_first(self) -> Mounted | None:
        """Mount what is published when the process starts, if anything is."""
        stamp = self._news()
        if stamp is not None:
            self._settle(stamp, self._open(stamp))
        return self.current

    def at_hand(self) -> Mounted | None:
        """The release to serve now where nobody need look for another one yet."""
        if time.monotonic() - self._looked_at < LOOK_EVERY:
            return self.current
        return None

    async def refresh(self) -> Mounted | None:
        """The release to serve now; whoever notices a new one brings it in.

        While one request opens a new release the others are served by the old.
        """
        busy = self._switching.locked() and self.current is not None
        if not busy and self._due() and self._news() is not None:
            await self._switch()
        return self.current

    async def follow(self) -> None:
        """Bring in new releases for ever, though nobody asks for anything."""
        while True:
            try:
                await self.refresh()
            except Exception:  # whatever it was, the next look may find it mended
                log.exception("looking for a new release failed")
            await asyncio.sleep(FOLLOW_EVERY)

    async def _switch(self) -> None:
        async with self._switching:
            stamp = self._news()
            if stamp is None:
                return
            old = self.current
            self._settle(stamp, await asyncio.to_thread(self._open, stamp))
            if old is not None and old is not self.current:
                loop = asyncio.get_running_loop()
                loop.call_later(self._grace, self._retire, old)

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        return True

    def _news(self) -> Stamp | None:
        """The pointer's stamp where it differs from the one that was settled."""
        try:
            found = (self._releases / POINTER).stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        if stamp == self._stamp or self._refused_just_now(stamp):
            return None
        return stamp

    def _refused_just_now(self, stamp: Stamp) -> bool:
        last = self.refusal
        if last is None or last.stamp != stamp:
            return False
        return time.monotonic() - last.tried_at < TRY_AGAIN_AFTER

    def _open(self, stamp: Stamp) -> Mounted | Refusal:
        named = None
        try:
            named = _pointed(self._releases / POINTER)
            if self.current is not None and named == self.current.release_id:
                return self.current
            folder = self._releases / named
            return open_release(
                *(self._datasette, folder, next(self._generations), self.clock),
                whole=self.current is not None,
            )
        except BrokenReleaseError as error:
            return Refusal(stamp, named, str(error), time.monotonic())

    def _settle(self, stamp: Stamp, opened: Mounted | Refusal) -> None:
        """Make the opened release current: no request can see half of it."""
        if isinstance(opened, Refusal):
            self._refuse(opened)
            return
        self._stamp, self.refusal = stamp, None
        if opened is not self.current:
            self.current = opened
            log.info("release %s is mounted", opened.release_id)

    def _refuse(self, refusal: Refusal) -> None:
        if self.refusal is None or self.refusal.reason != refusal.reason:
            log.error("release refused: %s", refusal.reason)
        self.refusal = refusal

    def close(self) -> None:
        """Close every release; the process is about to end."""
        for release in (self.current, *self._retired):
            if release is not None:
                release.close()

    def _retire(self, old: Mounted) -> None:
        self._retired.append(old)
        self._sweep()

    def _sweep(self) -> None:
        for old in [r for r in self._retired if r.pins == 0]:
            self._retired.remove(old)
            old.close()

    def pinned(self, release: Mounted) -> Pin:
        """Everything inside sees this release, whatever is published meanwhile."""
        return Pin(self, release)

    def let_go(self, release: Mounted) -> None:
        """A request has done with a release."""
        release.pins -= 1
        if self._retired:
            self._sweep()

    def seen(self) -> Mounted | None:
        """The release this request is pinned to, else the current one."""
        pinned = _pinned.get(None)
        if pinned is not None and pinned.public.ds is self._datasette:
            return pinned
        return self.current


class Pin:
    """A block in which one release is seen; a generator would cost thrice as much."""

    __slots__ = ("_mount", "_release", "_token")

    def __init__(self, mount: Mount, release: Mounted) -> None:
        self._mount, self._release = mount, release

    def __enter__(self) -> None:
        """Hold the release."""
        self._release.pins += 1
        self._token = _pinned.set(self._release)

    def __exit__(self, *_error: object) -> None:
        """Let it go."""
        _pinned.reset(self._token)
        self._mount.let_go(self._release)


def mounted(datasette: Any) -> Mounted:
    """The release to read now: inside a request always the same one.

    Raises:
        NoReleaseError: nothing has been published yet.
    """
    release: Mounted | None = datasette.mount.seen()
    if release is None:
        raise NoReleaseError("nothing is published yet: run `make run` first")
    return release


def _pointed(pointer: Path) -> str:
    """The release id that the pointer names.

    Raises:
        BrokenReleaseError: the pointer is unreadable or names no release.
    """
    try:
        named = json.loads(pointer.read_bytes())["release"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenReleaseError(
            f'{pointer} must read {{"release": "<id>"}}: {error!r}; {NAME_ANEW}'
        ) from error
    if not isinstance(named, str) or not _RELEASE_ID.fullmatch(named):
        raise BrokenReleaseError(
            f"{pointer} names {named!r}, which is no release id; {NAME_ANEW}"
        )
    return named
