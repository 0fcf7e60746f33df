"""An operator is told of failed runs and failed checks, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.alerts import (
    AlertNotSentError,
    alert_sensors,
    channels,
    failed_checks,
    failure_alert,
    tell,
)
from orchestration.settings import Settings
from tests.registry.mailbox import Mailbox


class FullDiskError(RuntimeError):
    """Ours: says what to do."""


@dg.asset
def broken() -> None:
    """Fails with an error of ours."""
    raise FullDiskError("the lake's disk is full; free some and run again")


@dg.asset(
    check_specs=[dg.AssetCheckSpec(n, asset="made") for n in ("bad", "odd", "ok")]
)
def made() -> Iterator[Any]:
    """One failed check, one warning, one good check."""
    yield dg.MaterializeResult()
    for name, passed, severity in (
        ("bad", False, dg.AssetCheckSeverity.ERROR),
        ("odd", False, dg.AssetCheckSeverity.WARN),
        ("ok", True, dg.AssetCheckSeverity.ERROR),
    ):
        yield dg.AssetCheckResult(check_name=name, passed=passed, severity=severity)


@pytest.fixture
def box() -> Mailbox:
    opened = Mailbox(refuse=False)
    opened.start()
    return opened


def mailed_to(box: Mailbox) -> Settings:
    url = f"smtp://127.0.0.1:{box.port}?from=credit@zone.example"
    return Settings(smtp_url=url, alert_email="night@zone.example")


def test_a_failed_run_is_told_in_the_words_of_our_own_error(box: Mailbox):
    failing, _ = alert_sensors(mailed_to(box))
    with dg.DagsterInstance.ephemeral() as instance:
        job = dg.Definitions(
            [broken], jobs=[dg.define_asset_job("nightly")]
        ).resolve_job_def("nightly")
        ended = job.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="tell_failures",
            dagster_event=ended.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=ended.dagster_run,
        ).for_run_failure()
        failing(context)
    box.join(10)
    text = "\n".join(box.lines)
    assert "To: night@zone.example" in text
    assert f"Message-ID: <{ended.run_id}-failed@zone.example>" in text


def test_only_checks_that_failed_as_errors_are_told():
    with dg.DagsterInstance.ephemeral() as instance:
        ended = dg.materialize([made], instance=instance)
        assert failed_checks(instance, ended.run_id) == ["made: bad"]


def test_an_alert_says_what_why_and_what_to_do():
    told = failure_alert("r1", "nightly", "disk full")
    assert told.title == "[信用园区 Credit Park] nightly 失败 failed"
    assert any("disk full" in line for line in told.lines)
    assert any("docs/handbook.md#run-failed" in line for line in told.lines)
    assert sum(map(len, failure_alert("r1", "nightly", "x" * 9000).lines)) < 2500


def test_an_alert_that_reaches_nobody_is_an_error_and_not_silence(tmp_path: Path):
    assert tell(failure_alert("r1", "nightly", "x"), Settings(home=tmp_path)) == 0
    refusing = Mailbox(refuse=True)
    refusing.start()
    with pytest.raises(AlertNotSentError, match="nightly 失败 failed: mail server"):
        tell(failure_alert("r1", "nightly", "x"), mailed_to(refusing))
    refusing.join(10)
    settings = Settings(alert_webhook="https://127.0.0.1:1/alert")
    with pytest.raises(AlertNotSentError, match="webhook"):
        tell(failure_alert("r1", "nightly", "x"), settings)


def test_sensors_run_by_themselves_only_where_somebody_can_be_told(box: Mailbox):
    assert channels(Settings()) == []
    off = {s.default_status for s in alert_sensors(Settings())}
    assert off == {dg.DefaultSensorStatus.STOPPED}
    on = {s.default_status for s in alert_sensors(mailed_to(box))}
    assert on == {dg.DefaultSensorStatus.RUNNING}
