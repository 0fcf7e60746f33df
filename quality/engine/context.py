"""The GX context of one call: in memory, silent.

Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

from typing import Any

import great_expectations as gx


def new_context() -> Any:
    """A context of its own for each call, so that nothing keeps a frame alive."""
    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = {"globally": False}
    return context
