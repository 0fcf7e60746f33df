"""Telling an operator by e-mail or webhook that a run failed or a check did.

Dagster's daemon calls the two sensors; ``creditpark run`` tells by its exit code instead.
Not here: how a message travels (``publish.notices.senders``).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEventType

from orchestration.errors import reason
from orchestration.settings import Settings
from publish.access.networks import networks
from publish.notices.senders import (
    EmailSender,
    MaybeSentError,
    Message,
    NotSentError,
    Sender,
    WebhookSender,
)

LONGEST = 2000  # characters of an error: the whole of it is in Dagster
SHOWN = 20  # checks told by name in one message


@dataclass(frozen=True)
class Alert:
    """What an operator reads.

    Attributes:
        id: of the run; a receiver tells a repetition by it.
        title: one line.
        lines: what, why, where to look.
    """

    id: str
    title: str
    lines: tuple[str, ...]


class AlertNotSentError(RuntimeError):
    """An alert reached nobody by one of its channels; Dagster shows the failed tick."""


def channels(settings: Settings) -> list[tuple[Sender, str]]:
    """Senders with their addresses, as far as they are set."""
    found: list[tuple[Sender, str]] = []
    if settings.alert_email and settings.smtp_url:
        smtp = EmailSender(settings.smtp_url.get_secret_value())
        found.append((smtp, settings.alert_email))
    if settings.alert_webhook:
        allowed = networks(settings.webhook_networks.split())
        found.append(
            (WebhookSender(allowed), settings.alert_webhook.get_secret_value())
        )
    return found


def tell(alert: Alert, settings: Settings) -> int:
    """Send an alert by every channel; gives how many took it.

    Raises:
        AlertNotSentError: a channel did not take it; the others were tried all the same.
    """
    sent, failed = 0, list[str]()
    for sender, address in channels(settings):
        try:
            sender.send(_message(alert, address))
            sent += 1
        except (NotSentError, MaybeSentError) as error:
            failed.append(str(error))
    if failed:
        raise AlertNotSentError(f"{alert.title}: {'; '.join(failed)}")
    return sent


def _message(alert: Alert, address: str) -> Message:
    return Message(
        id=alert.id,
        address=address,
        subject=alert.title,
        text="\n".join(alert.lines),
    )


def failure_alert(run_id: str, job: str, error: str) -> Alert:
    """A run failed; the old release still serves."""
    return Alert(
        f"{run_id}-failed",
        f"[信用园区 Credit Park] {job} 失败 failed",
        (
            f"任务 job: {job}, run {run_id}, {socket.gethostname()}",
            f"原因 why: {error[:LONGEST]}",
            "影响 effect: 旧发布版继续对外服务 the old release still serves",
            "处理 do: docs/handbook.md#run-failed; the next run makes up for it",
        ),
    )


def checks_alert(run_id: str, failed: list[str]) -> Alert:
    """Checks of a finished run failed."""
    more = [f"… {len(failed) - SHOWN} more"] if len(failed) > SHOWN else []
    return Alert(
        f"{run_id}-checks",
        f"[信用园区 Credit Park] {len(failed)} 项检查未通过 checks failed",
        (
            f"run {run_id}, {socket.gethostname()}",
            *failed[:SHOWN],
            *more,
            "处理 do: docs/handbook.md#check-failed",
        ),
    )


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Checks of a run that failed as errors: ``asset: check``; warnings are for reports."""
    evaluation = DagsterEventType.ASSET_CHECK_EVALUATION
    events = (
        entry.dagster_event.asset_check_evaluation_data
        for entry in instance.all_logs(run_id, of_type=evaluation)
        if entry.dagster_event
    )
    return sorted(
        f"{e.asset_key.to_user_string()}: {e.check_name}"
        for e in events
        if not e.passed and e.severity is dg.AssetCheckSeverity.ERROR
    )


def alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that watch every job; running wherever a channel is set."""
    on = bool(channels(settings))
    status = dg.DefaultSensorStatus.RUNNING if on else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="tell_failures",
        default_status=status,
        description="运行失败时告警 Tells that a run failed.",
    )
    def tell_failures(context: dg.RunFailureSensorContext) -> None:
        run = context.dagster_run
        tell(failure_alert(run.run_id, run.job_name, _why(context)), settings)

    @dg.run_status_sensor(
        name="tell_checks",
        run_status=dg.DagsterRunStatus.SUCCESS,
        default_status=status,
        description="检查未通过时告警 Tells that checks of a finished run failed.",
    )
    def tell_checks(context: dg.RunStatusSensorContext) -> None:
        run_id = context.dagster_run.run_id
        failed = failed_checks(context.instance, run_id)
        if failed:
            tell(checks_alert(run_id, failed), settings)

    return [tell_failures, tell_checks]


def _why(context: dg.RunFailureSensorContext) -> str:
    steps = context.get_step_failure_events()
    return reason(steps[0]) if steps else context.failure_event.message or "failed"
