"""What a mistake in a policy is, and how unknown names are reported.

Not here: which mistakes there are (``structure_checks``, ``rule_checks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Mistake:
    """What is wrong, at which place of the document (keys and list indexes)."""

    place: Place
    message: str


Mistakes = Iterator[Mistake]


def unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Mistake:
    """A name that stands for nothing, with the nearest one that does."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"
    return Mistake(place, f"unknown {what} {name!r}; {hint}")


def unknowns(
    place: Place, what: str, names: Iterable[str], known: Iterable[str]
) -> Mistakes:
    """Every one of ``names`` that is not known."""
    words = list(known)
    for name in names:
        if name not in words:
            yield unknown(place, what, name, words)
