"""A penalised enterprise is told, objects, applies, is repaired, and is gone in one run."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from orchestration.backup.making import back_up
from orchestration.backup.restoring import restore
from orchestration.settings import Settings
from publish.cases import actions, objections, records, repair
from publish.cases.model import Case, Record
from publish.cases.papers import Upload
from publish.cases.recalls import list_recalls
from publish.cases.store import find_case
from publish.notices.outbox import list_letters
from publish.registry.case_tables import tombstones
from publish.registry.engine import open_registry
from tests.pipeline.conftest import TODAY, Run, copied, run_job

PROOF = Upload("proof", "缴款凭证.pdf", b"%PDF-1.4 paid")


def names(folder: Path, record_id: str) -> list[str]:
    """Files of a release that name a record, apart from the lists of what was removed."""
    told = {"changes.jsonl", "diff.json"}
    files = [p for p in folder.rglob("*") if p.is_file() and p.name not in told]
    return sorted(p.name for p in files if record_id.encode() in p.read_bytes())


def repairable(folder: Path) -> Record:
    """A public penalty whose repair is open: the first by its id."""
    with closing(sqlite3.connect(folder / "public.db")) as connection:
        uscc, record_id = connection.execute(
            "SELECT uscc, record_id FROM penalties WHERE repairable_from <= ? "
            "ORDER BY record_id LIMIT 1",
            [TODAY.isoformat()],
        ).fetchone()
    return records.find_record(folder, uscc, record_id)


@dataclass(frozen=True)
class Story:
    """What was done before the run, and the run."""

    record: Record
    objection: Case
    approved: Case
    before: Path
    run: Run
    registry: Engine

    @property
    def after(self) -> Path:
        current = self.run.releases.current()
        assert current
        return self.run.releases.path(current)


@pytest.fixture(scope="module")
def story(base: Run, tmp_path_factory: pytest.TempPathFactory) -> Story:
    home = copied(base, tmp_path_factory.mktemp("story"))
    settings = base.settings.model_copy(update={"home": home})
    current = base.releases.current()
    assert current
    before = home / "releases" / current
    registry, clock = open_registry(settings.registry), settings.clock
    record = repairable(before)
    name = records.name_of(before, record.uscc)
    by = {"actor": "staff:信用办", "name": name}
    contested = objections.object_to(
        registry, clock, record, request="有异议。", papers=[], actor="enterprise"
    )
    refused = actions.act(registry, clock, contested.id, "reject", note="属实", **by)
    case = repair.apply_for_repair(
        registry,
        clock,
        record,
        party_name=name,
        request="罚款已缴清。",
        papers=[PROOF],
        promises=True,
        actor="enterprise",
    )
    actions.act(registry, clock, case.id, "accept", **by)
    approved = actions.act(registry, clock, case.id, "approve", note="同意", **by)
    run = run_job(home, TODAY)
    return Story(record, refused, approved, before, run, registry)


def test_it_was_told_of_the_record_on_day_0_and_of_every_decision(story: Story):
    letters = list_letters(story.registry, story.record.uscc)
    told = {(i.kind, i.subject) for letter in letters for i in letter.items}
    assert ("negative_record", story.record.record_id) in told
    assert ("repair_open", story.record.record_id) in told
    for case in (story.objection, story.approved):
        assert ("case_decided", f"{case.id}/{case.state}") in told


def test_one_run_later_no_file_names_the_record(story: Story):
    assert story.run.code == 0
    assert "public.db" in names(story.before, story.record.record_id)
    assert names(story.after, story.record.record_id) == []


def test_the_case_is_closed_with_a_tombstone_and_a_recall(story: Story):
    case = find_case(story.registry, story.approved.id)
    assert [e.to_state for e in case.history] == [
        *("submitted", "accepted", "approved"),
        *("unpublished", "shares_recalled", "grade_recomputed", "closed"),
    ]
    with story.registry.connect() as connection:
        (kept,) = connection.execute(select(tombstones)).all()
    assert (kept.record_id, kept.release_id) == (
        story.record.record_id,
        story.after.name,
    )
    (recall,) = list_recalls(story.registry, uscc=story.record.uscc)
    assert (recall.record_id, recall.reason) == (story.record.record_id, "repaired")


def test_the_grade_is_made_anew_without_it(story: Story):
    key, where = story.record.record_id, f"record_key = '{story.record.record_id}'"
    (void,) = story.run.table("credit_events", "void_from, ended_on", where)
    assert void == (TODAY, TODAY)
    assert story.run.table("repair_guidance", "record_id", f"record_id = '{key}'") == []
    grade = f"uscc = '{story.record.uscc}' AND evaluated_on = DATE '{TODAY}'"
    ((points,),) = story.run.table("grades", "score_points", grade)
    assert points is None or points >= _points(story)


def _points(story: Story) -> int:
    with closing(sqlite3.connect(story.before / "authorised.db")) as connection:
        (points,) = connection.execute(
            "SELECT score_points FROM grades WHERE uscc = ? AND evaluated_on = ?",
            [story.record.uscc, TODAY.isoformat()],
        ).fetchone()
    return int(points or 0)


def test_landing_and_registry_from_a_backup_give_the_same_release_elsewhere(
    story: Story, tmp_path: Path
):
    """The machine is lost after the story; all that is left is last night's file."""
    file, there = tmp_path / "backup.tar.gz", tmp_path / "elsewhere" / "home"
    back_up(story.run.settings, file)
    restore(Settings(home=there, today=TODAY), file)
    # Even without the inbox, whose files have landed, nothing is lacking.
    shutil.rmtree(there / "inbox")
    assert {p.name for p in there.iterdir()} == {
        *("lake", "registry.db", "configuration", "run.lock"),
    }
    assert [p.name for p in (there / "lake").iterdir()] == ["landing"]
    again = run_job(there, TODAY)
    assert again.code == 0
    assert again.report["new_batches"] == 0
    assert again.report["release"] == story.after.name
    assert again.content == story.run.content
    registry = open_registry(again.settings.registry)
    case = find_case(registry, story.approved.id)
    assert case.history == find_case(story.registry, story.approved.id).history
    registry.dispose()
