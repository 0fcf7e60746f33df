"""Mistakes in a file that the office edits, each at its line.

Not here: what is a mistake (the policy document's and each table's own checks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake.

    Attributes:
        file: the document or table.
        line: line in it, from 1.
        key: column, or dotted place, as in ``indicators.3.rules.0.points``.
        message: what is wrong and what would be right.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """``file:line: key: message``, which editors turn into a link."""
        return f"{self.file}:{self.line}: {self.key}: {self.message}"


class ProblemsError(ValueError):
    """A file that cannot be used; ``problems`` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = [*problems]
        super().__init__("\n".join(map(str, problems)))
