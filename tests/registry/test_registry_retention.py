"""Purging: what is past its period goes, what is needed stays, proofs stay for ever."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, insert, select

from orchestration.cli import main
from orchestration.personal_data import REGISTRY
from publish.registry.bank_tables import screening_lines, screenings
from publish.registry.case_tables import (
    attachments,
    case_attachments,
    case_events,
    cases,
    contacts,
    deliveries,
    enterprise_keys,
    metadata,
    notices,
)
from publish.registry.engine import open_registry
from publish.registry.retention import PURGES, purge, retentions
from quality.clock import ZONE, Clock

TODAY = date(2026, 11, 23)
UNDER_WAY = frozenset({("repair", "accepted")})
DAYS = {kept.subject: kept.days for kept in retentions()}


def at(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def ago(subject: str, more: int) -> date:
    """So many days beyond the period of a subject, counted back from today."""
    return TODAY - timedelta(days=DAYS[subject] + more)


def furnish(registry: Engine) -> None:
    """Of everything one that is a day over, and one that is just not."""
    with registry.begin() as connection:
        for case_id, state, day in [
            ("XF-over", "closed", ago("papers", 1)),
            ("XF-just", "closed", ago("papers", 0)),
            ("XF-open", "accepted", ago("papers", 900)),
        ]:
            about = {"id": case_id, "kind": "repair", "uscc": "x", "state": state}
            about |= {"request": "", "facts": "{}", "opened_on": day}
            connection.execute(insert(cases), about)
            event = {"case_id": case_id, "number": 1, "at": at(day), "day": day}
            event |= {"actor": "system", "action": "x", "to_state": state, "note": ""}
            connection.execute(insert(case_events), event)
            for paper in (case_id, "shared"):
                given = {"media_type": "x", "size": 1, "content": b"x"}
                if case_id in {paper, "XF-over"}:
                    connection.execute(insert(attachments), given | {"sha256": paper})
                link = {"case_id": case_id, "sha256": paper, "material": "proof"}
                named = {"name": "x.pdf", "added_at": at(day)}
                connection.execute(insert(case_attachments), link | named)
        for uscc, days in (("over", 1), ("just", 0)):
            key = {"prefix": uscc, "secret_hash": "x", "uscc": uscc}
            ended = at(ago("contacts", days))
            key |= {"issued_at": ended, "expires_at": ended}
            connection.execute(insert(enterprise_keys), key)
        for uscc in ("over", "just", "never"):
            way = {"uscc": uscc, "channel": "email", "address": f"{uscc}@example"}
            connection.execute(insert(contacts), way)
        for notice, days, state in [
            ("over", 1, "sent"),
            ("just", 0, "sent"),
            ("unsent", 1, "failed"),
        ]:
            letter = {"id": notice, "uscc": "x", "enterprise_name": "虚构"}
            letter |= {"made_on": ago("addresses", days)}
            connection.execute(insert(notices), letter)
            way = {"notice_id": notice, "channel": "email", "address": "a@example"}
            way |= {"state": state, "tries": 1, "changed_at": at(TODAY)}
            connection.execute(insert(deliveries), way)
        for name, days in (("over", 1), ("just", 0)):
            ended = at(ago("portfolios", days))
            about = {"screening": name, "holder": "b", "name": "n", "state": "done"}
            about |= {"total": 1, "done": 1, "created_at": ended, "finished_at": ended}
            connection.execute(insert(screenings), about)
            line = {"screening": name, "line": 1, "given": "x"}
            connection.execute(insert(screening_lines), line)


def held(registry: Engine) -> dict[str, set[str]]:
    wanted = {
        "papers": select(attachments.c.sha256),
        "contacts": select(contacts.c.uscc),
        "addresses": select(deliveries.c.notice_id).where(deliveries.c.address != ""),
        "portfolios": select(screening_lines.c.screening),
        "history": select(case_events.c.case_id),
    }
    with registry.connect() as connection:
        return {n: {str(v) for v in connection.scalars(q)} for n, q in wanted.items()}


ALL = {
    "papers": {"XF-over", "XF-just", "XF-open", "shared"},
    "contacts": {"over", "just", "never"},
    "addresses": {"over", "just", "unsent"},
    "portfolios": {"over", "just"},
    "history": {"XF-over", "XF-just", "XF-open"},
}


def test_only_what_is_past_its_period_goes(registry: Engine):
    furnish(registry)
    assert held(registry) == ALL
    told = purge(registry, Clock(TODAY), UNDER_WAY, really=False)
    assert held(registry) == ALL
    done = purge(registry, Clock(TODAY), UNDER_WAY)
    assert done == told
    assert {p.subject: p.rows for p in done} == dict.fromkeys(PURGES, 1)
    assert held(registry) == {
        # A paper that another case needs stays; so does all of a case under way.
        "papers": {"XF-just", "XF-open", "shared"},
        "contacts": {"just", "never"},
        "addresses": {"just", "unsent"},
        "portfolios": {"just"},
        "history": ALL["history"],
    }
    again = purge(registry, Clock(TODAY), UNDER_WAY)
    assert {p.rows for p in again} == {0}


def test_the_inventory_names_columns_that_are_there():
    known = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns}
    assert {column for column, _ in REGISTRY} <= known


def test_every_period_has_its_purge_and_every_purge_its_period():
    assert [*DAYS] == [*PURGES]
    assert all(days > 0 for days in DAYS.values())
    assert {kept.certainty for kept in retentions()} <= {"V", "V2", "M", "D"}


@pytest.mark.parametrize(("words", "left"), [(["--dry-run"], 3), ([], 2)])
def test_the_command_tells_what_went(tmp_path: Path, words: list[str], left: int):
    url = f"sqlite:///{tmp_path / 'registry.db'}"
    registry = open_registry(url)
    furnish(registry)
    given = {"CREDITPARK_HOME": str(tmp_path), "CREDITPARK_TODAY": TODAY.isoformat()}
    result = CliRunner(env=given).invoke(main, ["purge", "--json", *words])
    assert result.exit_code == 0, result.output
    told = {row["subject"]: row["rows"] for row in json.loads(result.output)}
    assert told["contacts"] == 1
    assert len(held(registry)["contacts"]) == left
    registry.dispose()
