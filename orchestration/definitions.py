"""Dagster's way in: the code location of the settings in force.

Not here: how it is built (``orchestration.location``).
"""

from __future__ import annotations

from orchestration.location import build_definitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import load_settings

_settings = load_settings()
defs = build_definitions(make_setup(_settings), make_lake(_settings))
