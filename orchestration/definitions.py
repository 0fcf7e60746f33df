"""Dagster's way in: the code location of the settings in force.

Beside the assets stands what only Dagster's daemon needs: observable sources, the sensor
that follows them, alerts, how runs ended. Not here: how they are built
(``orchestration.location``, ``automation``, ``alerts``).
"""

from __future__ import annotations

import dagster as dg

from orchestration.alerts import alert_sensors
from orchestration.automation import automation_sensor, sources
from orchestration.executors import Steps
from orchestration.last_run import last_run_sensors
from orchestration.location import build_definitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import load_settings

_settings = load_settings()
_setup = make_setup(_settings)
defs = dg.Definitions.merge(
    build_definitions(
        _setup,
        make_lake(_settings),
        _settings.home,
        Steps(_settings.executor, _settings.celery),
    ),
    dg.Definitions(
        assets=sources(_setup, _settings.drop_folder),
        sensors=[
            automation_sensor(),
            *alert_sensors(_settings),
            *last_run_sensors(_settings),
        ],
    ),
)
