"""Where the steps of a run are computed: in its process, in others, on other machines.

Whatever computes them, the process that coordinates the run holds the home. Not here: the
lock itself (``holding``), jobs (``location``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster import DagsterEvent
from dagster._core.execution.retries import RetryMode
from dagster._core.execution.step_dependency_config import StepDependencyConfig

from orchestration.holding import coordinating

IN_PROCESS, MULTIPROCESS, CELERY = "in_process", "multiprocess", "celery"
MODULE = "orchestration.definitions"
# A new interpreter for each step would load everything anew, which takes seconds.
PRELOADED = "orchestration.preloaded"
FORKED = {"start_method": {"forkserver": {"preload_modules": [PRELOADED]}}}
Listener = Callable[[DagsterEvent], None]
_listeners: list[Listener] = []


class ExecutorUnavailableError(LookupError):
    """The executor that is set cannot be used here."""


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell of every event of the runs that this process coordinates."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@dataclass(frozen=True)
class Steps:
    """How steps are computed.

    Attributes:
        kind: ``CREDITPARK_EXECUTOR``.
        celery: the file that Celery's workers are started with.
    """

    kind: str = IN_PROCESS
    celery: Path | None = None


def executor(steps: Steps, home: Path | None) -> dg.ExecutorDefinition:
    """The executor of a setting.

    Args:
        steps: what is set.
        home: is held as long as a run lasts; ``None`` where the caller holds it.

    Raises:
        ExecutorUnavailableError: its package is not installed, or its file cannot be
            used.
    """
    inner = _inner(steps)
    create = inner.executor_creation_fn
    if home is None or create is None:
        return inner
    schema: Any = inner.config_schema  # as Dagster itself hands it over
    return dg.ExecutorDefinition(
        name=inner.name,
        config_schema=schema,
        requirements=inner.get_requirements,
        executor_creation_fn=lambda context: _Coordinator(create(context), home),
    )


def _inner(steps: Steps) -> dg.ExecutorDefinition:
    if steps.kind == IN_PROCESS:
        return dg.in_process_executor
    if steps.kind == MULTIPROCESS:
        return _configured(dg.multiprocess_executor, MULTIPROCESS, FORKED)
    try:
        from dagster_celery import celery_executor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        text = "CREDITPARK_EXECUTOR names Celery: pip install 'dagster-celery>=0.29'"
        raise ExecutorUnavailableError(text) from error
    return _configured(celery_executor, CELERY, _block(steps.celery))


def _configured(
    inner: dg.ExecutorDefinition, name: str, config: dict[str, Any]
) -> dg.ExecutorDefinition:
    made: dg.ExecutorDefinition = inner.configured(config, name=name)
    return made


def _block(path: Path | None) -> dict[str, Any]:
    """The configuration that coordinator and workers share."""
    if path is None:
        raise ExecutorUnavailableError(
            "CREDITPARK_EXECUTOR names Celery: CREDITPARK_CELERY must name the file "
            "that its workers are started with"
        )
    try:
        held = yaml.safe_load(path.read_text("utf-8"))
        return dict(held["execution"]["config"])
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        text = f"CREDITPARK_CELERY: {path}: no execution.config to be read: {error!r}"
        raise ExecutorUnavailableError(text) from error


class _Coordinator(dg.Executor):
    """Another executor, and the home held while it works."""

    def __init__(self, inner: dg.Executor, home: Path) -> None:
        self.inner, self.home = inner, home

    @property
    def retries(self) -> RetryMode:
        """As the other's."""
        return self.inner.retries

    @property
    def step_dependency_config(self) -> StepDependencyConfig:
        """As the other's."""
        return self.inner.step_dependency_config

    def __getattr__(self, name: str) -> Any:
        """What Celery's own loop asks of its executor."""
        return getattr(self.inner, name)

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[DagsterEvent]:
        """Coordinate a run."""
        with coordinating(self.home, plan_context.run_id):
            for event in self.inner.execute(plan_context, execution_plan):
                for listener in _listeners:
                    listener(event)
                yield event
