"""Pages of long lists."""

from __future__ import annotations

from dataclasses import dataclass

SIZE = 50
AROUND = 2


@dataclass(frozen=True)
class Paging:
    """Where a reader is in a list of ``total`` rows.

    Attributes:
        page: the current page, from 1; never beyond the last.
        pages: how many there are, at least 1.
        total: rows in all.
    """

    page: int
    pages: int
    total: int
    size: int = SIZE

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        """The number of this page's first row; 0 when there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of this page's last row."""
        return min(self.offset + self.size, self.total)

    @property
    def near(self) -> list[int | None]:
        """Page numbers worth a link; ``None`` stands for a gap."""
        wanted = {1, self.pages}
        wanted |= set(range(self.page - AROUND, self.page + AROUND + 1))
        shown: list[int | None] = []
        for number in sorted(n for n in wanted if 1 <= n <= self.pages):
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown


def paging(wish: str, total: int, size: int = SIZE) -> Paging:
    """The page asked for, brought within bounds."""
    pages = max(1, -(-total // size))
    page = int(wish) if wish.isascii() and wish.isdigit() else 1
    return Paging(min(max(page, 1), pages), pages, total, size)
