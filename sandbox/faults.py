"""The list of planted broken rows, for tests that count what was quarantined."""

from __future__ import annotations

from datetime import date

from sandbox.planting import DUPLICATE, REFUSED, WARNED, Planted
from sandbox.universe import universe

__all__ = ["DUPLICATE", "REFUSED", "WARNED", "Planted", "planted"]


def planted(seed: int, size: int, until: date) -> list[Planted]:
    """Every broken row the agencies send by the end of ``until``, oldest first.

    Each is ``(dataset, kind, key)``: the kind is one of ``REFUSED`` (a contract refuses
    the row), ``WARNED`` (accepted, but a check warns) or ``DUPLICATE`` (sent twice).
    The park's files of that day hold those entered before it.
    """
    return list(universe(seed, size, until).planted)
