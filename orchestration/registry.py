"""The registry as a command uses it: open until the command ends.

Not here: opening it for a run (``assets.cases``) or a server (``publish.serving``).
"""

from __future__ import annotations

import click
from sqlalchemy import Engine

from orchestration.settings import Settings
from publish.registry.engine import open_registry


def opened(settings: Settings) -> Engine:
    """The registry of the settings; its connections are closed with the command."""
    registry = open_registry(settings.registry)
    click.get_current_context().call_on_close(registry.dispose)
    return registry
