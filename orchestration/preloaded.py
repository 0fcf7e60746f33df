"""What a process has loaded from which steps are forked: the code location, and GX.

Imported by Dagster's ``forkserver`` alone (``orchestration.executors``).
"""

from __future__ import annotations

import orchestration.definitions  # noqa: F401
from quality import engine

engine.load()
