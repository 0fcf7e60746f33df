"""Letters leave by themselves: a job sends, tries again, and shows what is stuck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.letters import automatic
from orchestration.letters_job import LETTERS
from orchestration.location import build_definitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import Settings
from publish.notices.outbox import list_deliveries, queue, set_contact
from publish.registry.engine import open_registry
from quality.clock import Clock
from tests.registry.files import FIRM, NAME, NOW, OTHER_FIRM, TODAY
from tests.registry.mailbox import taking_posts

TOMORROW = Clock(TODAY + timedelta(days=1))


@dataclass
class Inbox:
    """Two enterprises' own systems: what each was told, and how it answers."""

    answers: dict[str, int] = field(default_factory=dict)
    got: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()

    def take(path: str, headers: Mapping[str, str], _: bytes) -> int:
        made.got.append((path, headers["Idempotency-Key"]))
        return made.answers.get(path, 204)

    with taking_posts(take) as made.port:
        yield made


def told(uscc: str, name: str) -> dict[str, Any]:
    row = {"notice_kind": "repair_open", "subject": uscc, "uscc": uscc}
    return row | {"enterprise_name": name, "title": "罚款", "acts_on": TODAY}


def test_the_job_sends_once_tries_again_and_warns_of_what_is_stuck(
    tmp_path: Path, inbox: Inbox
):
    settings = Settings(home=tmp_path, today=TODAY, webhook_networks="127.0.0.1")
    setup, lake = make_setup(settings), make_lake(settings)
    registry = open_registry(settings.registry)
    for uscc, path in ((FIRM, "/up"), (OTHER_FIRM, "/down")):
        address = f"http://127.0.0.1:{inbox.port}{path}"
        set_contact(registry, uscc, "webhook", address)
    inbox.answers["/down"] = 503
    queue(registry, NOW, [told(FIRM, NAME), told(OTHER_FIRM, "虚构云帆制造有限公司")])

    def run(clock: Clock) -> tuple[bool, dict[str, Any], bool]:
        """Whether the schedule asks for a run; what the run shows."""
        definitions = build_definitions(replace(setup, clock=clock), lake)
        schedule = definitions.resolve_schedule_def(f"{LETTERS}_schedule")
        tick = schedule.evaluate_tick(dg.build_schedule_context())
        done = definitions.resolve_job_def(LETTERS).execute_in_process()
        (made,) = done.asset_materializations_for_node("guidance__deliveries")
        (check,) = done.get_asset_check_evaluations()
        shown = {k: v.value for k, v in made.metadata.items()}
        return bool(tick.run_requests), shown, check.passed

    count = {"sent": 1, "failed": 1, "unknown": 0}
    assert run(NOW) == (True, {"dagster/row_count": 2, **count}, False)
    nothing = {"dagster/row_count": 0, "sent": 0, "failed": 0, "unknown": 0}
    # Not yet due again: nobody is asked, and it is still shown as stuck.
    assert run(NOW) == (False, nothing, False)
    inbox.answers.clear()
    again = {"dagster/row_count": 1, "sent": 1, "failed": 0, "unknown": 0}
    assert run(TOMORROW) == (True, again, True)
    (first, key), (second, failed), (third, same) = sorted(inbox.got)[::-1]
    assert (first, second, third) == ("/up", "/down", "/down")
    assert failed == same != key
    assert {d.state for d in list_deliveries(registry)} == {"sent"}
    registry.dispose()


@pytest.mark.parametrize(
    ("send_letters", "channels"),
    [
        ("electronic", {"webhook", "email"}),
        ("all", {"webhook", "email", "letter"}),
        ("none", set()),
    ],
)
def test_the_office_says_which_letters_leave_by_themselves(
    send_letters: Any, channels: set[str]
):
    given: dict[str, Any] = {"smtp_url": "smtp://127.0.0.1:1"}
    assert {*automatic(Settings(send_letters=send_letters, **given))} == channels
