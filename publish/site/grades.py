"""How grades look: order, shape and colour class, and the figures of distributions.

Colour never stands alone: every grade has a letter and a shape of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from publish.site.facts import Facts, Row
from publish.site.wording import share

LETTERS = ("A", "B", "C", "D", "N")  # N: not graded, never a bad grade
# Shapes in a 24 x 24 box: disc, diamond, triangle, octagon, and a file for no grade.
SHAPES = {
    "A": "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z",
    "B": "M12 .5 23.5 12 12 23.5.5 12z",
    "C": "M12 1 23.5 22H.5z",
    "D": "M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z",
    "N": "M5 1h9l5 5v17H5z",
}


@dataclass(frozen=True)
class Slice:
    """One grade of a distribution.

    Attributes:
        letter: one of ``LETTERS``.
        enterprises: how many; ``None`` where fewer than five are hidden.
        share: percentage as written.
        start: where its bar starts, in thousandths of the whole.
        width: its width in thousandths.
    """

    letter: str
    enterprises: int | None
    share: str
    start: int
    width: int


@dataclass(frozen=True)
class Distribution:
    """Enterprises by grade on one day or in one industry."""

    name: str
    slices: list[Slice]
    total: int

    @property
    def has_hidden(self) -> bool:
        """Whether a cell is withheld because it is below five."""
        return any(s.enterprises is None for s in self.slices)


def distribution(
    name: str, counts: dict[str, int | None], whole: int = 0
) -> Distribution:
    """A distribution as bars of a thousand.

    Args:
        name: the day, industry or chain.
        counts: enterprises by letter; cells below five are left out by the release.
        whole: what a thousand stands for; the distribution's own total if not given.
    """
    total = sum(n or 0 for n in counts.values())
    slices, start, whole = [], 0, whole or total
    for letter in LETTERS:
        enterprises = counts.get(letter)  # the release leaves cells below five out
        width = (enterprises or 0) * 1000 // whole if whole else 0
        slices.append(
            Slice(letter, enterprises, share(enterprises, total), start, width)
        )
        start += width
    return Distribution(name, slices, total)


def grouped(rows: list[Row], by: str) -> list[Distribution]:
    """One distribution per value of column ``by``, in the order of the rows."""
    groups: dict[str, dict[str, int | None]] = {}
    for row in rows:
        groups.setdefault(row[by], {})[row["letter"]] = row["enterprises"]
    return [distribution(name, counts) for name, counts in groups.items()]


def beside(rows: list[Row], by: str) -> list[Distribution]:
    """Like ``grouped``, all drawn to one scale.

    Cells below five are missing, so that shares of a small group would mislead: its
    bar would look as if everybody had the grades that happen to be shown.
    """
    groups = grouped(rows, by)
    largest = max((g.total for g in groups), default=0)
    return [
        distribution(g.name, {s.letter: s.enterprises for s in g.slices}, largest)
        for g in groups
    ]


async def latest(facts: Facts) -> Distribution | None:
    """The newest evaluation's distribution."""
    rows = await facts.rows(
        "SELECT evaluated_on, letter, enterprises FROM {grade_statistics} "
        "WHERE evaluated_on = (SELECT MAX(evaluated_on) FROM {grade_statistics})"
    )
    found = grouped(rows, "evaluated_on")
    return found[0] if found else None
