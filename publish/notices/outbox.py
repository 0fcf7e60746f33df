"""The outbox: letters are made once, and each leaves once by each channel.

A letter is claimed in the registry before it is sent: at most once. A process that is
killed between sending and saying so leaves it ``sending``: nobody sends it again by
himself, a person decides. What certainly did not leave is tried again, each time later.
Not here: what a letter says (``model``), how it travels (``senders``).
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from publish.cases.machines import OPEN, Kind
from publish.notices.model import Item, Letter
from publish.notices.pages import page
from publish.notices.pdf import pdf
from publish.notices.senders import MaybeSentError, Message, NotSentError, Sender
from publish.registry.case_tables import (
    cases,
    contacts,
    deliveries,
    notice_items,
    notices,
)
from publish.registry.work import once_more, standing, writing
from quality.clock import Clock

# How long what did not leave waits before it is tried again; afterwards it is given up.
WAITS = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
TRIES = len(WAITS) + 1
LETTER = "letter"
BLOCK = 1000  # letters that are written at once
Addressed = tuple[tuple[str, str], Iterable[Item]]  # (code, name), what is told
# After so long nobody is sending any more: the process was killed.
DOUBTFUL_AFTER = timedelta(minutes=10)


class NoticeError(ValueError):
    """There is no such letter, or it cannot be handled as asked."""


@dataclass(frozen=True)
class Delivery:
    """One letter by one channel."""

    notice_id: str
    channel: str
    address: str
    state: str
    tries: int
    changed_at: datetime
    error: str | None

    @property
    def next_at(self) -> datetime | None:
        """When it may be tried; ``None`` where it left, is in doubt, or was given up."""
        if self.state == "queued":
            return self.changed_at
        again = self.state == "failed" and 0 < self.tries < TRIES
        return self.changed_at + WAITS[self.tries - 1] if again else None


@once_more
def queue(
    registry: Engine, clock: Clock, due: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Make a letter for every enterprise that is to be told something new.

    Args:
        registry: from ``open_registry``.
        clock: dates the letters.
        due: rows of ``due_notices``.

    Returns:
        The letters' ids, in order of enterprise.
    """
    with standing(registry) as connection, writing(connection):
        told, busy = _told(connection), _under_repair(connection)
        fresh: dict[tuple[str, str], list[Item]] = defaultdict(list)
        for row in due:
            item = Item(row["notice_kind"], row["subject"], dict(row))
            asked = item.subject in busy and item.kind in {"repair_soon", "repair_open"}
            if (item.kind, item.subject) not in told and not asked:
                fresh[row["uscc"], row["enterprise_name"]].append(item)
        return _add(connection, clock, sorted(fresh.items()))


def add_letter(
    connection: Connection, clock: Clock, uscc: str, name: str, items: Iterable[Item]
) -> str:
    """Make one letter, waiting for every channel of its enterprise; gives its id."""
    return _add(connection, clock, [((uscc, name), items)])[0]


def _add(
    connection: Connection, clock: Clock, letters: Iterable[Addressed]
) -> list[str]:
    """Make letters, a block at a time; gives their ids.

    In the order of their numbers, so that each row stands in its indexes beside the one
    written before it; drawn as they are, every row would change pages of its own.
    """
    given = [*letters]
    made = [*islice(_numbers(connection, clock), len(given))]
    waiting = iter(sorted(zip(made, given, strict=True), key=itemgetter(0)))
    while block := [*islice(waiting, BLOCK)]:
        _add_block(connection, clock, block)
    return made


def _numbers(connection: Connection, clock: Clock) -> Iterator[str]:
    """Numbers of the day, drawn: nobody guesses another's, and none is given twice."""
    start = f"TZ{clock.today():%Y%m%d}"
    of_day = select(notices.c.id).where(notices.c.id.startswith(start))
    taken = {*connection.scalars(of_day)}
    while True:
        number = f"{start}{secrets.randbelow(10**8):08d}"
        if number not in taken:
            taken.add(number)
            yield number


def _add_block(
    connection: Connection, clock: Clock, numbered: Sequence[tuple[str, Addressed]]
) -> None:
    whose = {uscc for _, ((uscc, _), _) in numbered}
    ways: dict[str, list[tuple[str, str]]] = defaultdict(list)
    chosen = select(contacts.c.uscc, contacts.c.channel, contacts.c.address)
    for uscc, channel, address in connection.execute(
        chosen.where(contacts.c.uscc.in_(whose))
    ):
        ways[uscc].append((channel, address))
    letters, items, leaving = [], list[dict[str, str]](), []
    waiting = {"state": "queued", "tries": 0, "changed_at": clock.now()}
    for number, ((uscc, name), told) in numbered:
        values = {"id": number, "uscc": uscc, "enterprise_name": name}
        letters.append(values | {"made_on": clock.today()})
        items += [_said(number, item) for item in told]
        for channel, address in ways.get(uscc) or [(LETTER, name)]:
            to = {"notice_id": number, "channel": channel, "address": address}
            leaving.append(to | waiting)
    for table, rows in (
        (notices, letters),
        (notice_items, items),
        (deliveries, leaving),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _said(number: str, item: Item) -> dict[str, str]:
    facts = json.dumps(dict(item.facts), ensure_ascii=False, default=str)
    said = {"notice_id": number, "kind": item.kind, "subject": item.subject}
    return said | {"facts": facts}


def send_all(
    registry: Engine, clock: Clock, senders: Mapping[str, Sender], *, invented: bool
) -> list[Delivery]:
    """Send what is due; gives every delivery that was tried, as it stands now.

    Args:
        registry: from ``open_registry``.
        clock: stamps what happens.
        senders: by channel; a channel without a sender keeps waiting.
        invented: whether the enterprises are; letters say so.
    """
    _doubt(registry, clock)
    tried = []
    for waiting in due_deliveries(registry, clock, senders):
        # A letter that cannot be written is claimed by nobody.
        letter = find_letter(registry, waiting.notice_id)
        message = _message(letter, waiting, invented=invented)
        if _claim(registry, clock, waiting):
            outcome = _send(senders[waiting.channel], message)
            tried.append(_note(registry, clock, waiting, *outcome))
    return tried


def due_deliveries(
    registry: Engine, clock: Clock, channels: Iterable[str]
) -> list[Delivery]:
    """What may be sent now by one of the channels, oldest letter first."""
    known, now = [*channels], clock.now()
    if not known:
        return []
    waiting = list_deliveries(registry, states=("queued", "failed"), channels=known)
    return [w for w in waiting if w.next_at and w.next_at <= now]


@once_more
def resolve(
    registry: Engine, clock: Clock, notice_id: str, channel: str, *, sent: bool
) -> Delivery:
    """Say what a person found out about a doubtful delivery: it left, or send it again.

    Raises:
        NoticeError: that delivery is not in doubt.
    """
    found = _delivery(registry, notice_id, channel)
    if found.state not in {"unknown", "sending", "failed"}:
        raise NoticeError(
            f"{notice_id} by {channel} is {found.state}: nothing to resolve"
        )
    with registry.begin() as connection:
        state = {"state": "sent"} if sent else {"state": "queued", "tries": 0}
        connection.execute(
            update(deliveries)
            .where(_this(found))
            .values(**state, changed_at=clock.now(), error=None)
        )
    return _delivery(registry, notice_id, channel)


@once_more
def set_contact(registry: Engine, uscc: str, channel: str, address: str) -> None:
    """Where an enterprise wants its letters; an empty address forgets the channel."""
    this = (contacts.c.uscc == uscc) & (contacts.c.channel == channel)
    with registry.begin() as connection:
        connection.execute(contacts.delete().where(this))
        if address:
            values = {"uscc": uscc, "channel": channel, "address": address}
            connection.execute(insert(contacts).values(values))


def list_letters(registry: Engine, uscc: str | None = None) -> list[Letter]:
    """Letters, newest first."""
    wanted = select(notices.c.id).order_by(notices.c.made_on.desc(), notices.c.id)
    if uscc is not None:
        wanted = wanted.where(notices.c.uscc == uscc)
    with registry.connect() as connection:
        found = connection.scalars(wanted).all()
    return [find_letter(registry, made) for made in found]


def find_letter(registry: Engine, notice_id: str, uscc: str | None = None) -> Letter:
    """One letter; with ``uscc``, only if it is that enterprise's.

    Raises:
        NoticeError: there is none, or it is another's.
    """
    items = select(notice_items).where(notice_items.c.notice_id == notice_id)
    with registry.connect() as connection:
        row = connection.execute(
            select(notices).where(notices.c.id == notice_id)
        ).one_or_none()
        if row is None or (uscc is not None and row.uscc != uscc):
            raise NoticeError(f"no letter {notice_id!r}: see `creditpark notice list`")
        order = (notice_items.c.subject, notice_items.c.kind)
        told = [
            Item(i.kind, i.subject, json.loads(i.facts))
            for i in connection.execute(items.order_by(*order))
        ]
    return Letter(row.id, row.uscc, row.enterprise_name, row.made_on, told)


def list_deliveries(
    registry: Engine,
    *,
    notice_id: str | None = None,
    states: Iterable[str] = (),
    channels: Iterable[str] = (),
) -> list[Delivery]:
    """Deliveries, oldest letter first."""
    wanted = select(deliveries).order_by(deliveries.c.notice_id, deliveries.c.channel)
    if notice_id is not None:
        wanted = wanted.where(deliveries.c.notice_id == notice_id)
    if states := [*states]:
        wanted = wanted.where(deliveries.c.state.in_(states))
    if channels := [*channels]:
        wanted = wanted.where(deliveries.c.channel.in_(channels))
    with registry.connect() as connection:
        return [Delivery(**row._mapping) for row in connection.execute(wanted)]


def name_known(registry: Engine, uscc: str) -> str:
    """An enterprise's name as its newest letter wrote it; its code if it has none.

    For those that left the release, as the deregistered do: their records can still be
    corrected, and the answer is still theirs.
    """
    wanted = (
        select(notices.c.enterprise_name)
        .where(notices.c.uscc == uscc)
        .order_by(notices.c.made_on.desc(), notices.c.id.desc())
    )
    with registry.connect() as connection:
        return connection.scalar(wanted.limit(1)) or uscc


def _told(connection: Connection) -> set[tuple[str, str]]:
    rows = connection.execute(select(notice_items.c.kind, notice_items.c.subject))
    return {(kind, subject) for kind, subject in rows}


def _under_repair(connection: Connection) -> set[str]:
    """Records whose repair is asked for already."""
    open_now = cases.c.state.in_(OPEN[Kind.REPAIR]) & (
        cases.c.kind == Kind.REPAIR.value
    )
    return {
        str(r) for r in connection.scalars(select(cases.c.record_id).where(open_now))
    }


@once_more
def _doubt(registry: Engine, clock: Clock) -> None:
    """What a killed process was sending is for a person to judge."""
    old = (deliveries.c.state == "sending") & (
        deliveries.c.changed_at < clock.now() - DOUBTFUL_AFTER
    )
    said = "the process ended while it was sending"
    with registry.begin() as connection:
        connection.execute(
            update(deliveries).where(old).values(state="unknown", error=said)
        )


@once_more
def _claim(registry: Engine, clock: Clock, waiting: Delivery) -> bool:
    """Take a delivery for this process, for good; false where another has it."""
    unclaimed = _this(waiting) & (deliveries.c.state == waiting.state)
    values = {"state": "sending", "tries": waiting.tries + 1}
    with registry.begin() as connection:
        taken = connection.execute(
            update(deliveries)
            .where(unclaimed & (deliveries.c.tries == waiting.tries))
            .values(**values, changed_at=clock.now())
        )
    return taken.rowcount == 1


def _send(sender: Sender, message: Message) -> tuple[str, str | None]:
    try:
        sender.send(message)
    except NotSentError as error:
        return "failed", str(error)
    except MaybeSentError as error:
        return "unknown", str(error)
    return "sent", None


@once_more
def _note(
    registry: Engine, clock: Clock, waiting: Delivery, state: str, error: str | None
) -> Delivery:
    values = {"state": state, "error": error, "changed_at": clock.now()}
    with registry.begin() as connection:
        connection.execute(update(deliveries).where(_this(waiting)).values(values))
    return _delivery(registry, waiting.notice_id, waiting.channel)


def _message(letter: Letter, waiting: Delivery, *, invented: bool) -> Message:
    return Message(
        id=letter.id,
        address=waiting.address,
        subject=f"{letter.title}（{letter.id}）",
        text=letter.text,
        html=page(letter, invented=invented),
        pdf=pdf(letter, invented=invented),
    )


def _delivery(registry: Engine, notice_id: str, channel: str) -> Delivery:
    for found in list_deliveries(registry, notice_id=notice_id):
        if found.channel == channel:
            return found
    raise NoticeError(f"no letter {notice_id!r} by {channel!r}")


def _this(waiting: Delivery) -> Any:
    key = deliveries.c.notice_id == waiting.notice_id
    return key & (deliveries.c.channel == waiting.channel)
