"""Three stories, each step by the ways that people have.

The way back: an enterprise is fined and listed, is told, objects in vain, is repaired. One
run later no page, file, search or bank answer holds it, its grade and its rent discount
are back, and the next inspection plan passes it over. A false promise, over two runs. A
consent that ends in the middle of paging. Registry and Dagster's storage are on PostgreSQL,
and on the second day back in the home.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import URL

from orchestration.backup.making import back_up
from orchestration.backup.restoring import restore
from orchestration.instance import VARIABLE, open_instance
from orchestration.settings import Settings
from publish.cases.store import find_case
from publish.notices.model import said
from publish.registry.authorisations import list_authorisations
from publish.registry.engine import open_registry, sqlite_url
from publish.release.names import PUBLIC_DB
from tests import postgresql
from tests.pipeline.conftest import TODAY, TOMORROW, Run, copied, run_job
from tests.pipeline.people import (
    Firm,
    Office,
    moved,
    named,
    plain,
    receiving,
    rows,
    until,
)
from tests.pipeline.story import (
    PLAN,
    Story,
    a_year,
    another,
    before_the_run,
    chosen,
    drawn_with,
)
from tests.serving.world import BANK, Running, TurningClock, running

ALLOWED = "127.0.0.1"  # a private network: the receiver stands on this machine


@dataclass(frozen=True)
class Databases:
    """Two on one server."""

    registry: URL
    dagster: URL


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with postgresql.server() as running_server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "")  # a run names it to its children
        yield Databases(*(postgresql.database(running_server) for _ in range(2)))


@pytest.fixture(scope="module")
def story(
    base: Run, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    home = copied(base, tmp_path_factory.mktemp("story"))
    current = base.releases.current()
    assert current
    before = home / "releases" / current
    fined = chosen(base, before)
    registry = open_registry(databases.registry)
    first_run = open_registry(base.settings.registry)
    moved(first_run, registry)
    first_run.dispose()
    registry.dispose()
    url = plain(databases.registry)
    with (
        receiving() as receiver,
        running(
            home, TurningClock(), registry_url=url, webhook_networks=[ALLOWED]
        ) as server,
    ):
        office = Office(home, url)
        key = server.key("facts", "credit", "notify", bank_uscc=BANK)
        told = Story(
            *(home, server, office, receiver, key),
            *(fined, another(before, fined), base, before),
        )
        before_the_run(told)
        told.run = run_job(
            *(home, TODAY),
            registry_url=url,
            dagster_url=plain(databases.dagster),
            webhook_networks=ALLOWED,
        )
        newest = told.run.releases.current()
        assert newest
        told.after = home / "releases" / newest
        until(lambda: told.after.name in server.get("/status").text)
        yield told


def test_it_was_told_on_day_0_and_of_every_decision(story: Story):
    firm = Firm.logged_in(story.server, story.fined.uscc)
    letters = firm.visitor.get("/my").text
    first = min(
        row["notice"]
        for row in story.office.table("notice", "list", "--state", "queued")
        if f"/my/letters/{row['notice']}" in letters
    )
    page = firm.visitor.get(f"/my/letters/{first}").text
    opens = said(story.fined.repairable_from)
    for words in ("失信记录告知", "可以申请修复", f"自{opens}起"):
        assert words in page
    # What was decided went to its own system, at the end of the run, each letter once.
    posted = story.receiver.at("/firm")
    keys = {
        h["Idempotency-Key"] for where, h, _ in story.receiver.got if where == "/firm"
    }
    assert len(posted) == len(keys) == 3
    text = "\n".join(body["text"] for body in posted)
    assert f"（{story.cases['objection']}）办理结果：不予支持" in text
    for name in ("repair", "listing"):
        assert f"（{story.cases[name]}）办理结果：准予修复" in text


def test_the_clock_decided_when_it_could_apply(story: Story):
    code, said = story.seen["too early"]
    assert code != 0
    assert f"cannot be repaired (from {story.fined.repairable_from})" in said


def test_while_it_objected_the_record_was_marked(story: Story):
    mark = "异议处理中"
    assert mark not in story.seen["page"]
    contested = story.seen["contested page"]
    article = contested[contested.index(f'id="penalties-{story.fined.penalty}"') :]
    assert mark in article[: article.index("</article>")]


def test_the_bank_that_looked_before_hears_of_it(story: Story):
    seen = {r["record"].get("record_id") for r in story.seen["records"]["rows"]}
    taken_off = {story.fined.penalty, story.fined.listing}
    assert taken_off <= seen
    false = story.false.penalty  # repaired on a promise that is not kept
    told = until(lambda: len(story.receiver.at("/bank")) >= 3 and story.receiver)
    heard = {
        (b["kind"], b["data"]["record_id"], b["data"]["reason"])
        for b in told.at("/bank")
    }
    assert heard == {("records.retracted", i, "repaired") for i in (*taken_off, false)}
    retracted = story.asks("/retractions")["rows"]
    assert {r["record_id"] for r in retracted} == {*taken_off, false}
    changed = story.asks(f"/changes?since={story.before.name}&limit=500")["rows"]
    gone = {
        (r["op"], r["kind"], r["row"])
        for r in changed
        if r["key"].get("record_id") in taken_off
    }
    assert gone == {("DEL", "repair", None)}


def test_one_run_later_nothing_public_holds_it(story: Story):
    assert story.run
    assert story.run.code == 0
    for record in (story.fined.penalty, story.fined.listing):
        assert PUBLIC_DB in story.seen[record]
        assert named(story.after, record) == []
        # The older release was built anew without it, too.
        assert named(story.before, record) == []
    number = story.seen["number"]
    files = "exports/penalties.csv"
    old, new = f"/data/releases/{story.before.name}/{files}", f"/data/latest/{files}"
    for path in (
        f"/e/{story.fined.uscc}",
        "/disclosures",
        new,
        old,
    ):
        answer = story.server.get(path)
        assert answer.status_code == 200, path
        page = answer.text
        assert story.fined.penalty not in page, path
        assert str(number) not in page, path
    found = story.server.get(f"/search?q={number}").text
    assert f"/e/{story.fined.uscc}" not in found
    left = story.asks(f"/enterprises/{story.fined.uscc}/records?limit=200")["rows"]
    still = {r["record"].get("record_id") for r in left}
    assert not still & {story.fined.penalty, story.fined.listing}


def test_no_older_release_brings_it_back(story: Story):
    """Not even if the office lets one serve again."""
    page = f"/e/{story.fined.uscc}"
    for release in (story.before.name, story.after.name):
        story.office.does("release", "rollback", release)
        until(lambda now=release: now in story.server.get("/status").text)
        for record in (story.fined.penalty, story.fined.listing):
            assert record not in story.server.get(page).text


def test_the_grade_and_the_rent_discount_are_back(story: Story):
    uscc = story.fined.uscc
    assert story.seen["grade"]["letter"] == "C"
    now = story.asks(f"/enterprises/{uscc}/credit?include=grade")["grade"]
    assert now["letter"] == "B"
    assert story.run
    rent = f"uscc = '{uscc}' AND incentive_kind = 'rent'"
    assert story.base.table("incentives", "title", rent) == []
    ((title, monthly),) = story.run.table("incentives", "title, monthly_fen", rent)
    paying = f"uscc = '{uscc}' AND fee_kind = 'rent'"
    *_, (_, due) = story.run.table("fee_payments", "month, due_fen", paying)
    assert (title, monthly) == ("B级企业租金优惠", due * 5 // 100)


def test_the_next_plan_passes_it_over(story: Story, tmp_path: Path):
    """With numbers that would have drawn it at grade C."""
    uscc, run = story.fined.uscc, story.run
    assert run
    where = f"uscc = '{uscc}'"
    ratios = [
        r.table("inspection_frequencies", "ratio_bp", where) for r in (story.base, run)
    ]
    assert ratios == [[(1000,)], [(300,)]]
    seeds = (f"{n:07}" for n in range(1, 1000))
    seed = next(
        s for s in seeds if uscc in drawn_with(story.base, s) - drawn_with(run, s)
    )
    out = tmp_path / "draw.json"
    story.office.does("inspect", "draw", PLAN, "--seed", seed, "--out", str(out))
    assert uscc not in json.loads(out.read_text("utf-8"))["drawn"]
    assert "the same" in story.office.does("inspect", "replay", str(out))


def test_every_step_is_seen_in_dagster(story: Story, databases: Databases):
    with open_instance(story.home, SecretStr(plain(databases.dagster))) as instance:

        def newest(*key: str) -> dict[str, Any]:
            found = instance.get_latest_materialization_event(dg.AssetKey([*key]))
            assert found
            assert found.asset_materialization
            metadata = found.asset_materialization.metadata
            return {name: item.value for name, item in metadata.items()}

        closed = {story.cases[name] for name in ("repair", "listing", "false")}
        assert newest("cases", "case_effects")["dagster/row_count"] == 3
        assert {*newest("cases", "carried_out")["cases"]} == closed
        assert newest("guidance", "deliveries")["sent"] == 3
        assert newest("release", "current")


def test_every_step_is_in_the_files_timeline_and_the_audit_trail(story: Story):
    uscc, cases = story.fined.uscc, story.cases
    lines = story.office.table("case", "timeline", uscc)
    steps = [line["what"] for line in lines if line["subject"] == cases["repair"]]
    assert [w.removeprefix("信用修复 ") for w in steps] == [
        *("已提交，待受理", "已受理", "准予修复"),
        *("已停止公示", "已停止共享", "已重新评价", "已办结"),
    ]
    told = {(line["what"], line["subject"]) for line in lines}
    for line in (
        ("移出公示 信用修复", story.fined.penalty),
        ("通知使用方 信用修复", story.fined.penalty),
        ("信用承诺 全部履行", cases["promise"]),
        ("异议 不予支持", cases["objection"]),
        ("查询 credit", story.seen["first look"]),
    ):
        assert line in told
    assert "the chain holds" in story.office.does("audit", "verify")
    receipt = story.asks(f"/receipts/{story.seen['first look']}")
    assert (receipt["uscc"], receipt["release"]) == (uscc, story.before.name)
    history = Firm.logged_in(story.server, uscc).visitor.get(
        f"/my/cases/{cases['repair']}"
    )
    for step in ("已提交，待受理", "已受理", "准予修复", "已办结"):
        assert step in history.text


def test_landing_and_registry_from_a_backup_give_the_same_release_elsewhere(
    story: Story, tmp_path: Path
):
    """The machine is lost after the story; all that is left is last night's file."""
    assert story.run
    file, there = tmp_path / "backup.tar.gz", tmp_path / "elsewhere" / "home"
    back_up(story.run.settings, file)
    restore(Settings(home=there, today=TODAY), file)
    # Even without the inbox, whose files have landed, nothing is lacking.
    shutil.rmtree(there / "inbox")
    lake = there / "lake"
    assert {p.name for p in lake.iterdir()} == {"landing", "tables"}
    # What was computed on the days of runs cannot be made again; all other tables can.
    kept_tables = {p.name for p in (lake / "tables").iterdir()}
    assert kept_tables == {"grade_history", "grade_ledger"}
    again = run_job(there, TODAY)
    assert again.code == 0
    assert again.report["new_batches"] == 0
    assert again.report["release"] == story.after.name
    assert again.content == story.run.content
    registry, case_id = open_registry(again.settings.registry), story.cases["repair"]
    kept = find_case(story.server.app.registry, case_id)
    assert find_case(registry, case_id).history == kept.history
    registry.dispose()


@dataclass(frozen=True)
class Broken:
    """What a second run made of a promise that was found false in between."""

    server: Running
    office: Office
    promise: str
    run: Run

    @property
    def folder(self) -> Path:
        current = self.run.releases.current()
        assert current
        return self.run.releases.path(current)


@pytest.fixture(scope="module")
def broken(story: Story) -> Iterator[Broken]:
    """The day after; the registry has moved into the home, to SQLite."""
    clock = TurningClock()
    clock.day = TOMORROW
    url = sqlite_url(story.home / "moved.db")
    registry = open_registry(url)
    moved(story.server.app.registry, registry)
    registry.dispose()
    office = Office(story.home, plain(url))
    with running(
        story.home, clock, registry_url=url, webhook_networks=[ALLOWED]
    ) as server:
        server.get("/api/v1/status", headers=story.key)  # errands begin
        promises = office.table("case", "list", "--uscc", story.false.uscc)
        (promise,) = [c["id"] for c in promises if c["kind"] == "commitment"]
        how = ("--handling", "撤销修复，按最长期限公示")
        office.moves(promise, "break", *how, today=TOMORROW)
        run = run_job(
            *(story.home, TOMORROW),
            registry_url=plain(url),
            webhook_networks=ALLOWED,
        )
        until(lambda: run.releases.current() in server.get("/status").text)
        yield Broken(server, office, promise, run)


def test_after_the_first_run_it_was_gone(story: Story):
    assert named(story.after, story.false.penalty) == []


def test_the_record_is_public_again_to_the_end_of_its_class(
    story: Story, broken: Broken
):
    query = "SELECT decided_on, publish_until FROM penalties WHERE record_id = ?"
    ((decided, until_day),) = rows(broken.folder, PUBLIC_DB, query, story.false.penalty)
    assert until_day == a_year(date.fromisoformat(decided))
    page = broken.server.get(f"/e/{story.false.uscc}").text
    assert f'id="penalties-{story.false.penalty}"' in page


def test_a_false_promise_is_believed_once(story: Story, broken: Broken):
    (record,) = broken.office.table("case", "records", story.false.uscc)
    assert (record["record"], record["repair"]) == (
        story.false.penalty,
        "promise_broken",
    )
    words = ("--words", "x", "--promise", "--by", "窗口")
    asked = ("case", "apply", story.false.uscc, story.false.penalty, *words)
    code, said = broken.office.tried(*asked, today=TOMORROW)
    assert code != 0
    assert "a promise about it was broken" in said
    history = broken.office.table("case", "show", story.cases["false"])
    assert [h["to_state"] for h in history][-2:] == ["closed", "revoked"]


def test_the_broken_promise_is_in_the_file_and_public_for_a_year(
    story: Story, broken: Broken
):
    whose = f"uscc = '{story.false.uscc}' AND fulfilment_on = DATE '{TOMORROW}'"
    columns = "commitment_code, fulfilment, breach_handling"
    ((code, *told),) = broken.run.table("all_commitments", columns, whose)
    assert told == ["none", "撤销修复，按最长期限公示"]
    event = f"document_no = '{code}'"
    columns = "kind, polarity, severity, happened_on"
    assert broken.run.table("credit_events", columns, event) == [
        ("commitment", "negative", "general", TOMORROW)
    ]
    query = (
        "SELECT fulfilment, publish_until FROM commitments WHERE commitment_code = ?"
    )
    assert rows(broken.folder, PUBLIC_DB, query, code) == [("none", a_year(TOMORROW))]
    assert code in broken.server.get(f"/e/{story.false.uscc}").text


def test_everybody_is_told_that_it_is_back(story: Story, broken: Broken):
    asked = broken.server.get("/api/v1/retractions", headers=story.key).json()
    assert asked["data"]["rows"][-1]["record_id"] == story.false.penalty
    assert asked["data"]["rows"][-1]["reason"] == "reinstated"
    heard = until(lambda: len(story.receiver.at("/bank")) >= 4 and story.receiver)
    assert heard.at("/bank")[-1]["data"]["reason"] == "reinstated"
    letters = broken.office.table("notice", "list", today=TOMORROW)
    newest = max(letters, key=lambda row: row["changed_at"])
    text = broken.office.does("notice", "show", newest["notice"])
    assert f"（{broken.promise}）办理结果：全部未履行" in text


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_consent_that_ends_in_the_middle_of_paging_ends_the_reading(
    story: Story, broken: Broken, kind: str
):
    server = {"postgresql": story.server, "sqlite": broken.server}[kind]
    uscc, key = story.fined.uscc, story.key
    firm = Firm.logged_in(server, uscc)
    firm.lets_in("history")
    pages = f"/api/v1/enterprises/{uscc}/history?limit=1"
    first = server.get(pages, headers=key)
    assert len(first.json()["data"]["rows"]) == 1
    (given,) = [
        a
        for a in list_authorisations(server.app.registry, uscc=uscc)
        if a.items == {"history"}
    ]
    firm.shuts_out(given.id)
    cursor = first.json()["data"]["next_cursor"]
    for path in (f"{pages}&cursor={cursor}", pages):
        refused = server.get(path, headers=key)
        assert refused.status_code == 403
        assert refused.json()["code"] == "authorisation_missing"
    office = {"postgresql": story.office, "sqlite": broken.office}[kind]
    lines = office.table("case", "timeline", uscc)
    told = [x for x in lines if x["subject"] == given.id]
    assert [x["what"] for x in told] == [f"授权 {BANK}", f"撤销授权 {BANK}"]
    looks = office.table("audit", "lookers", uscc)
    (look,) = [x for x in looks if x["receipt"] == first.headers["Credit-Receipt"]]
    assert (look["operation"], look["authorisations"]) == ("history", given.id)
    assert "the chain holds" in office.does("audit", "verify")
