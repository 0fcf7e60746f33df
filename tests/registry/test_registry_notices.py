"""Letters: each thing is told once, each letter leaves once, doubts are for people."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.engine import URL

from publish.access.networks import networks
from publish.cases.actions import act
from publish.notices.outbox import (
    NoticeError,
    find_letter,
    list_deliveries,
    list_letters,
    queue,
    resolve,
    send_all,
    set_contact,
)
from publish.notices.pages import page
from publish.notices.pdf import pdf
from publish.notices.senders import (
    EmailSender,
    FolderSender,
    MaybeSentError,
    Message,
    NotSentError,
    WebhookSender,
)
from publish.registry.case_tables import deliveries
from quality.clock import Clock
from tests.registry.files import FIRM, NAME, NOW, OTHER_FIRM, TODAY, Desk
from tests.registry.mailbox import Mailbox, taking_posts


def due(
    kind: str = "negative_record", subject: str = "p1", **more: Any
) -> dict[str, Any]:
    values = {
        "notice_kind": kind,
        "subject": subject,
        "uscc": FIRM,
        "enterprise_name": NAME,
        "title": "未按规定公示信息",
        "authority": "虚构市场监督管理局",
        "document_no": "淄高新市监处罚〔2026〕9号",
        "decided_on": date(2026, 6, 1),
        "acts_on": date(2026, 9, 1),
        "repairable_from": date(2026, 9, 1),
        "publish_until": date(2027, 5, 31),
    }
    return values | more


@dataclass
class Remembering:
    """A channel that remembers, and fails as it is told."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


def send(registry: Engine, sender: Any, clock: Clock = NOW) -> list[str]:
    tried = send_all(registry, clock, {"letter": sender}, invented=True)
    return [d.state for d in tried]


def test_nobody_is_told_the_same_thing_twice(registry: Engine) -> None:
    (first,) = queue(registry, NOW, [due(), due("repair_open")])
    assert [i.kind for i in find_letter(registry, first).items] == [
        "negative_record",
        "repair_open",
    ]
    tomorrow = Clock(TODAY + timedelta(days=1))
    assert queue(registry, tomorrow, [due(), due("repair_open")]) == []
    (second,) = queue(registry, tomorrow, [due(), due("publicity_ends")])
    assert [i.kind for i in find_letter(registry, second).items] == ["publicity_ends"]
    assert [x.id for x in list_letters(registry, FIRM)] == [second, first]


def test_one_letter_for_one_enterprise_however_much_it_tells(registry: Engine) -> None:
    other = {"uscc": OTHER_FIRM, "enterprise_name": "虚构云帆制造有限公司"}
    made = queue(registry, NOW, [due(), due(subject="p2"), due(subject="p3", **other)])
    told = {x.uscc: [i.subject for i in x.items] for x in list_letters(registry)}
    assert told == {FIRM: ["p1", "p2"], OTHER_FIRM: ["p3"]}
    assert len(made) == 2


def test_who_has_applied_is_not_told_to_apply(registry: Engine) -> None:
    Desk(registry).apply()
    (made,) = queue(registry, NOW, [due(), due("repair_open")])
    assert [i.kind for i in find_letter(registry, made).items] == ["negative_record"]


def test_a_letter_belongs_to_its_enterprise(registry: Engine) -> None:
    (made,) = queue(registry, NOW, [due()])
    assert find_letter(registry, made, FIRM).id == made
    with pytest.raises(NoticeError, match="no letter"):
        find_letter(registry, made, OTHER_FIRM)


def test_what_the_letter_says(registry: Engine) -> None:
    (made,) = queue(registry, NOW, [due()])
    letter = find_letter(registry, made)
    assert letter.items[0].text == (
        "“未按规定公示信息”（淄高新市监处罚〔2026〕9号）已计入贵单位信用档案，"
        "认定日期2026年6月1日。自2026年9月1日起可以申请信用修复。"
        "最长公示至2027年5月31日，届满自动终止公示。"
    )
    for told in ("信用承诺书", "不收取任何费用", "三个工作日", "七个工作日", made):
        assert told in letter.text
    shown = page(letter, invented=True)
    assert NAME in shown
    assert "虚构" in shown
    assert "演示数据" not in page(letter, invented=False)


def test_a_letter_cannot_smuggle_markup(registry: Engine) -> None:
    (made,) = queue(registry, NOW, [due(title="<script>alert(1)</script>&")])
    letter = find_letter(registry, made)
    assert "<script>" not in page(letter, invented=False)
    assert pdf(letter, invented=False).startswith(b"%PDF-")


def test_the_same_letter_is_the_same_pdf(registry: Engine) -> None:
    (made,) = queue(registry, NOW, [due()])
    letter = find_letter(registry, made)
    printed = pdf(letter, invented=True)
    assert printed == pdf(letter, invented=True)
    assert b"STSong-Light" in printed


def test_what_was_sent_is_not_sent_again(registry: Engine) -> None:
    queue(registry, NOW, [due()])
    sender = Remembering()
    assert send(registry, sender) == ["sent"]
    assert send(registry, sender) == []
    assert len(sender.sent) == 1


@dataclass
class Ticking:
    """A clock that a test moves on."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


def test_a_failure_is_tried_again_each_time_later_and_then_given_up(
    registry: Engine,
) -> None:
    queue(registry, NOW, [due()])
    clock: Any = Ticking(NOW.now())
    sender = Remembering([NotSentError(f"full {n}") for n in range(5)])
    assert send(registry, sender, clock) == ["failed"]
    for minutes in (5, 60, 360, 1440):
        clock.at += timedelta(minutes=minutes, seconds=-1)
        assert send(registry, sender, clock) == []
        clock.at += timedelta(seconds=1)
        assert send(registry, sender, clock) == ["failed"]
    clock.at += timedelta(days=30)
    assert send(registry, sender, clock) == []
    (found,) = list_deliveries(registry)
    assert (found.state, found.tries, found.error) == ("failed", 5, "full 4")
    assert found.next_at is None
    resolve(registry, NOW, found.notice_id, "letter", sent=False)
    assert send(registry, sender) == ["sent"]


@pytest.mark.parametrize(("sent", "after"), [(True, []), (False, ["sent"])])
def test_a_doubt_is_for_a_person(
    registry: Engine, sent: bool, after: list[str]
) -> None:
    (made,) = queue(registry, NOW, [due()])
    sender = Remembering([MaybeSentError("cut off")])
    assert send(registry, sender) == ["unknown"]
    assert send(registry, sender) == []
    resolve(registry, NOW, made, "letter", sent=sent)
    assert send(registry, sender) == after
    with pytest.raises(NoticeError, match="nothing to resolve"):
        resolve(registry, NOW, made, "letter", sent=True)


def test_two_senders_at_once_send_each_letter_once(registry: Engine) -> None:
    for n in range(6):
        queue(registry, NOW, [due(subject=f"p{n}", uscc=FIRM)])
    sender = Remembering()
    both = [threading.Thread(target=send, args=(registry, sender)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len({m.id for m in sender.sent}) == len(sender.sent) == 6


KILLED = """
import sys, time
from pathlib import Path
from datetime import date
from publish.notices.outbox import send_all
from publish.registry.engine import open_registry
from quality.clock import Clock

class Slow:
    def send(self, message):
        partial = Path(sys.argv[2] + ".partial")
        partial.write_text(message.id)
        partial.replace(sys.argv[2])
        time.sleep(60)

registry, clock = open_registry(sys.argv[1]), Clock(date(2026, 9, 29))
send_all(registry, clock, {"letter": Slow()}, invented=True)
"""


def test_a_process_killed_while_sending_leaves_nothing_to_send_twice(
    registry: Engine, registry_url: URL, tmp_path: Path
) -> None:
    (made,) = queue(registry, NOW, [due()])
    reached = tmp_path / "reached"
    url = registry_url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(reached)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    give_up = time.monotonic() + 60
    while not reached.exists() and time.monotonic() < give_up:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert reached.read_text() == made
    sender = Remembering()
    assert send(registry, sender) == []
    assert [d.state for d in list_deliveries(registry)] == ["sending"]
    # Ten minutes later it is a doubt that a person must resolve.
    past = update(deliveries).values(changed_at=NOW.now() - timedelta(minutes=11))
    with registry.begin() as connection:
        connection.execute(past)
    assert send(registry, sender) == []
    assert [d.state for d in list_deliveries(registry)] == ["unknown"]
    assert sender.sent == []


def test_letters_travel_as_the_enterprise_chose(registry: Engine) -> None:
    set_contact(registry, FIRM, "email", "credit@example.invalid")
    set_contact(registry, FIRM, "webhook", "https://example.invalid/hook")
    set_contact(registry, FIRM, "webhook", "")
    queue(registry, NOW, [due()])
    (found,) = list_deliveries(registry)
    assert (found.channel, found.address, found.state) == (
        "email",
        "credit@example.invalid",
        "queued",
    )
    # Nobody sends e-mail here: it waits.
    assert send(registry, Remembering()) == []


MESSAGE = Message(
    "TZ1", "a@example.invalid", "告知", "文字", "<p>文字</p>", b"%PDF-1.4"
)


def test_letters_to_print_are_one_pdf_each(tmp_path: Path) -> None:
    folder = FolderSender(tmp_path / "letters")
    folder.send(MESSAGE)
    folder.send(MESSAGE)
    (made,) = (tmp_path / "letters").iterdir()
    assert (made.name, made.read_bytes()) == ("TZ1.pdf", b"%PDF-1.4")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSentError):
        FolderSender(tmp_path / "file").send(MESSAGE)


@dataclass
class Post:
    """An HTTP server that answers with one status and remembers what it was told."""

    status: int = 200
    told: list[tuple[str, str, bytes]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()

    def take(path: str, headers: Mapping[str, str], body: bytes) -> int:
        made.told.append((path, headers["Idempotency-Key"], body))
        return made.status

    with taking_posts(take) as made.port:
        yield made


def to(post: Post) -> Message:
    return Message(
        **vars(MESSAGE) | {"address": f"http://127.0.0.1:{post.port}/in?a=1"}
    )


def test_a_webhook_carries_the_same_key_at_every_try(post: Post) -> None:
    WebhookSender(networks(["127.0.0.1"])).send(to(post))
    ((path, key, body),) = post.told
    assert (path, key) == ("/in?a=1", "TZ1")
    assert "文字" in body.decode()


def test_a_webhook_that_refuses_was_not_reached_one_that_is_silent_is_a_doubt(
    post: Post,
) -> None:
    sender, post.status = WebhookSender(networks(["127.0.0.1"])), 500
    with pytest.raises(NotSentError, match="500"):
        sender.send(to(post))
    post.status = 302
    with pytest.raises(NotSentError, match="302"):
        sender.send(to(post))
    post.status = 0
    with pytest.raises(MaybeSentError):
        sender.send(to(post))


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://no-such-host.invalid/",
    ],
)
def test_a_webhook_never_asks_our_own_network(address: str) -> None:
    with pytest.raises(NotSentError, match="webhook"):
        WebhookSender().send(Message(**vars(MESSAGE) | {"address": address}))


def test_an_email_carries_the_letter_in_three_forms() -> None:
    box = Mailbox(refuse=False)
    box.start()
    EmailSender(f"smtp://127.0.0.1:{box.port}?from=credit@zone.example").send(MESSAGE)
    box.join(10)
    text = "\n".join(box.lines)
    for told in (
        "Message-ID: <TZ1@zone.example>",
        "To: a@example.invalid",
        "text/plain",
        "text/html",
        "application/pdf",
    ):
        assert told in text


def test_a_refused_email_was_not_sent() -> None:
    box = Mailbox(refuse=True)
    box.start()
    with pytest.raises(NotSentError, match="RecipientsRefused"):
        EmailSender(f"smtp://127.0.0.1:{box.port}").send(MESSAGE)
    box.join(10)
    with pytest.raises(NotSentError):
        EmailSender(f"smtp://127.0.0.1:{box.port}").send(MESSAGE)


def test_a_letter_about_a_decision_is_made_with_it(registry: Engine) -> None:
    case = Desk(registry).do(Desk(registry).apply(), "accept")
    done = {"actor": "staff:信用办", "name": NAME, "note": "同意修复"}
    act(registry, NOW, case.id, "approve", **done)
    (letter,) = list_letters(registry, FIRM)
    assert (
        letter.items[0].text
        == f"贵单位信用修复（{case.id}）办理结果：准予修复。同意修复"
    )


def test_a_city_is_told_on_one_day_and_no_two_letters_bear_one_number(
    registry: Engine,
):
    # Drawn without a look at what was given, 40,000 of 100,000,000 numbers would meet
    # each other in 9,997 of 10,000 tries.
    rows = [due(subject=f"p{n}", uscc=f"{n:018}") for n in range(40_000)]
    made = queue(registry, NOW, rows)
    assert len({*made}) == 40_000
    assert all(number.startswith(f"TZ{TODAY:%Y%m%d}") for number in made)
    assert queue(registry, NOW, rows) == []
