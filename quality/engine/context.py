"""The GX context of one call: in memory, silent.

Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

from typing import Any

import great_expectations as gx
from great_expectations.execution_engine import pandas_execution_engine

# GX hashes a frame to tell it from others; each of ours is judged once, and the file it
# was read from has a hash of its own.
pandas_execution_engine.HASH_THRESHOLD = 0


def new_context() -> Any:
    """A context of its own for each call, so that nothing keeps a frame alive."""
    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = {"globally": False}
    return context
