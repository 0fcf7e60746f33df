"""The Dagster instance in the home folder: storage, no telemetry, one run at a time."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from orchestration.eventlog import write_in_batches
from orchestration.lake import atomic

CONFIGURATION = """\
# Written by Credit Park when absent; edit freely (PostgreSQL storage goes here).
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
freshness:
  enabled: true
run_retries:
  enabled: true
  max_retries: 2
run_monitoring:
  enabled: true
event_log_storage:
  module: orchestration.eventlog
  class: BatchingEventLog
"""


def prepare(home: Path) -> Path:
    """Make ``DAGSTER_HOME`` below the home folder and name it to child processes."""
    folder = home / "dagster"
    if not (folder / "dagster.yaml").is_file():
        atomic.write_text(folder / "dagster.yaml", CONFIGURATION)
    os.environ["DAGSTER_HOME"] = str(folder)
    write_in_batches()
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance; close it after use."""
    return dg.DagsterInstance.from_config(str(prepare(home)))
