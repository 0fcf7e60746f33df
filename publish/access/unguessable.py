"""Digits that nobody can guess, from the system's generator, fetched many at a time.

A call of the system for every request costs more than the request's own look-up. Not
here: secrets of keys (``tokens`` asks the system each time).
"""

from __future__ import annotations

import os
import threading

FETCHED = 4_096


class _Pool:
    """Random bytes of this process; none is handed out twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew: a child process must not hand out what its parent will."""
        self._bytes, self._at = b"", 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        with self._lock:
            if self._at + count > len(self._bytes):
                self._bytes, self._at = os.urandom(FETCHED), 0
            self._at += count
            return self._bytes[self._at - count : self._at]


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.forget)


def digits(count: int) -> str:
    """So many hexadecimal digits, an even number."""
    return _pool.take(count // 2).hex()
