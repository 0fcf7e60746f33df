"""The real serving process, started as its operators do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.serving.world import TODAY

Process = subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    home: Path, port: int, authority: Path | None = None, **settings: object
) -> Iterator[Process]:
    """``creditpark serve``, ready, with its log in the home; ended with the block.

    Where it speaks TLS, ``authority`` is the certificate that vouches for it.
    """
    told = {
        "CREDITPARK_HOME": str(home),
        "CREDITPARK_TODAY": TODAY.isoformat(),
        "CREDITPARK_PORT": str(port),
    }
    told |= {f"CREDITPARK_{k.upper()}": str(v) for k, v in settings.items()}
    command = [str(Path(sys.executable).with_name("creditpark")), "serve"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | told, stderr=log, stdout=log
        )
        try:
            scheme = "https" if authority else "http"
            _await(f"{scheme}://127.0.0.1:{port}/readyz", process, authority)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _await(address: str, process: Process, authority: Path | None) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        assert process.poll() is None, "it ended"
        try:
            if requests.get(address, timeout=5, verify=str(authority or "") or True).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")
