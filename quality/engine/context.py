"""GX contexts: in memory, silent.

Imported lazily by ``quality.engine``: this module imports GX.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import great_expectations as gx
from great_expectations.execution_engine import pandas_execution_engine

# GX hashes a frame to tell it from others; each of ours is judged once, and the file it
# was read from has a hash of its own.
pandas_execution_engine.HASH_THRESHOLD = 0


def new_context() -> Any:
    """A context with nothing in it."""
    context: Any = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = {"globally": False}
    return context


@cache
def frames() -> Any:
    """What makes a batch of a frame; one for all, since a context costs 20 ms.

    It keeps the last frame alive: few rows, or some columns of what is violated.
    """
    asset = new_context().data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all")
