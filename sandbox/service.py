"""The sandbox as one object: start, stop, deliver files; and as a blocking service."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.files import drop
from sandbox.planting import Planted
from sandbox.universe import ENTERPRISES, SEED, Universe, universe
from sandbox.web.mischief import Mischief
from sandbox.web.server import AgencyServer

log = logging.getLogger(__name__)


class NotStartedError(RuntimeError):
    """The sandbox was asked for its address before it was started."""


class Sandbox:
    """Four agencies with invented enterprises, as they stand on one day.

    ``with Sandbox(today=day) as sandbox`` starts the server and stops it again.

    Args:
        today: the last day the agencies know.
        seed: the same seed gives the same enterprises on every machine.
        enterprises: how many register by the end of 2026.
        faults: resource or agency to fault, see ``sandbox.web.mischief``.
    """

    def __init__(
        self,
        *,
        today: date,
        seed: int = SEED,
        enterprises: int = ENTERPRISES,
        faults: Mapping[str, str] | None = None,
    ) -> None:
        self.today, self.seed, self.enterprises = today, seed, enterprises
        self._mischief = Mischief(faults)
        self._server: AgencyServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def universe(self) -> Universe:
        """What the agencies know; built when it is first asked for."""
        return universe(self.seed, self.enterprises, self.today)

    @property
    def planted(self) -> list[Planted]:
        """The broken rows among it."""
        return list(self.universe.planted)

    @property
    def base_url(self) -> str:
        """Address of the running server, without a slash at the end."""
        if self._server is None:
            raise NotStartedError("start() the sandbox first")
        return self._server.base_url

    def start(self, port: int = 0) -> str:
        """Serve the three HTTP agencies on loopback; returns the address."""
        self._server = AgencyServer(port, self.universe, self._mischief)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="sandbox"
        )
        self._thread.start()
        log.info("sandbox (invented data) at %s for %s", self.base_url, self.today)
        return self.base_url

    def stop(self) -> None:
        """Stop serving and end every connection; harmless when not started."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def drop(self, folder: Path, until: date | None = None) -> list[Path]:
        """Deliver the park's files that are due on ``until`` (default: today)."""
        return drop(self.universe, folder, until or self.today)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(
    port: int,
    today: date,
    seed: int = SEED,
    enterprises: int = ENTERPRISES,
    drop_folder: Path | None = None,
    *,
    faults: Mapping[str, str] | None = None,
) -> None:
    """Serve until interrupted, after delivering the park's files where asked for."""
    sandbox = Sandbox(today=today, seed=seed, enterprises=enterprises, faults=faults)
    if drop_folder:
        sandbox.drop(drop_folder)
    sandbox.start(port)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        log.info("sandbox interrupted")
    finally:
        sandbox.stop()
