"""Several serving processes on one port.

Each opens releases, registry and signing keys for itself; limits, receipts and the audit
chain meet in the registry and stay exact. Not here: one process (``server``).
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

BACKLOG = 2048


def bound(host: str, port: int) -> socket.socket:
    """A listening socket that processes made from this one share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def run(workers: int, work: Callable[[], None], beside: Callable[[], None]) -> None:
    """Do ``work`` in so many processes until one of the usual signals ends them all.

    A process that dies ends the others: whatever supervises us starts all anew.
    ``beside`` is called here once they are all started; threads of it are no child's.
    """
    children = [_child(work) for _ in range(workers)]
    beside()

    def end(number: int, _frame: Any) -> None:
        for child in children:
            _signal(child, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    os.wait()
    end(signal.SIGTERM, None)
    for _ in children[1:]:
        os.wait()


def _child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _signal(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:
        return
