"""The Dagster instance of a home: its storage, no telemetry, one run at a time.

Storage is SQLite in the home, or PostgreSQL by ``CREDITPARK_DAGSTER_URL``: then any number
of machines see the same runs. Not here: jobs and schedules (``location``).
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
from dagster_postgres.utils import DagsterPostgresException
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from orchestration.eventlog import write_in_batches
from orchestration.lake import atomic
from publish.registry.engine import damaged

VARIABLE = "CREDITPARK_DAGSTER_URL"
# Dagster's storage calls psycopg2 by name; without a driver SQLAlchemy takes another.
DRIVER = "postgresql+psycopg2"
POOLS = """\
  pools:
    default_limit: 1
    granularity: op
"""
# Dagster tells on standard error that a step's process begins; the log of the run has it.
LOGS = """\
python_logs:
  python_log_level: INFO
"""
COMMON = f"""\
# Written by Credit Park when absent; edit freely.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
{POOLS}{LOGS}freshness:
  enabled: true
run_retries:
  enabled: true
  max_retries: 2
run_monitoring:
  enabled: true
"""
SQLITE = f"""\
{COMMON}event_log_storage:
  module: orchestration.eventlog
  class: BatchingEventLog
"""
# The address holds a password: it stays in the environment.
POSTGRESQL = f"""\
{COMMON}storage:
  postgres:
    postgres_url:
      env: {VARIABLE}
"""
# What we ever wrote, today's and before there were pools, or a level of logs: whatever
# else a hand has edited.
OURS = {
    text.replace(LOGS, logs).replace(POOLS, pools)
    for text in (SQLITE, POSTGRESQL)
    for logs in (LOGS, "")
    for pools in (POOLS, "")
}


class InstanceError(ValueError):
    """Dagster's storage cannot be used as configured; says what to do."""


def prepare(home: Path, url: SecretStr | None = None) -> Path:
    """Make ``DAGSTER_HOME`` below the home folder and name it to child processes.

    Args:
        home: ``CREDITPARK_HOME``.
        url: of Dagster's PostgreSQL; ``None`` keeps its storage in the home.

    Raises:
        InstanceError: the URL is none of PostgreSQL, or a hand has edited
            ``dagster.yaml`` so that it says otherwise.
    """
    folder = home / "dagster"
    _configure(folder / "dagster.yaml", POSTGRESQL if url else SQLITE)
    os.environ["DAGSTER_HOME"] = str(folder)
    if url:
        os.environ[VARIABLE] = _with_driver(url)
    write_in_batches()
    return folder


def open_instance(home: Path, url: SecretStr | None = None) -> dg.DagsterInstance:
    """The instance; close it after use.

    Raises:
        InstanceError: see ``prepare``; or its database does not answer.
    """
    folder = prepare(home, url)
    try:
        instance = dg.DagsterInstance.from_config(str(folder))
        instance.get_runs_count()
        instance.all_asset_keys()
    except DatabaseError as error:
        if not damaged(error.orig):
            raise
        raise InstanceError(
            f"Dagster's record of runs below {folder} is damaged ({error.orig}): move "
            "the folder away and run; nothing but that record is lost"
        ) from error
    except DagsterPostgresException as error:
        reason = error.__cause__ or error
        raise InstanceError(
            f"Dagster's database ({VARIABLE}) does not answer: {reason}"
        ) from error
    return instance


def _configure(path: Path, wanted: str) -> None:
    """Write ``dagster.yaml``; what a hand has edited is kept if it fits the setting."""
    present = path.read_text("utf-8") if path.is_file() else None
    if present is None or present in OURS:
        if present != wanted:
            atomic.write_text(path, wanted)
    elif wanted == POSTGRESQL and VARIABLE not in present:
        raise InstanceError(
            f"{VARIABLE} is set, and {path} was edited by hand and does not name it: "
            f"put `storage: {{postgres: {{postgres_url: {{env: {VARIABLE}}}}}}}` there "
            "in place of its storage, or remove the file"
        )


def _with_driver(url: SecretStr) -> str:
    try:
        parsed = make_url(url.get_secret_value())
    except ArgumentError as error:
        raise InstanceError(f"{VARIABLE} cannot be read as a URL") from error
    if parsed.get_backend_name() != "postgresql":
        raise InstanceError(f"{VARIABLE} begins with postgresql://, or is not set")
    return parsed.set(drivername=DRIVER).render_as_string(hide_password=False)
