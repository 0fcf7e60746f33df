"""What every document says that a command writes.

Not here: the documents (``quality.contracts.documents``, ``orchestration.documents``).
"""

from __future__ import annotations


def note(command: str) -> str:
    """The line below the title, which says who writes the document."""
    return f"由 `{command}` 生成，请勿手工修改。 Generated; do not edit."
