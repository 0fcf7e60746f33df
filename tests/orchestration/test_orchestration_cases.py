"""``creditpark case`` at the office's desk, on a published release and a registry."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from orchestration.cli import main
from publish.cases.objections import object_to
from publish.cases.office_cases import acknowledge
from publish.notices.outbox import list_letters, queue
from publish.registry.engine import open_registry, sqlite_url
from tests.registry.files import FIRM, NAME, NOW, TODAY, record
from tests.serving.world import BETA, publish

LETTER = {"notice_kind": "negative_record", "subject": "p1", "uscc": FIRM}


def creditpark(home: Path, *words: str) -> Result:
    given = {"CREDITPARK_HOME": str(home), "CREDITPARK_TODAY": TODAY.isoformat()}
    return CliRunner().invoke(main, [*words], env=given | {"COLUMNS": "200"})


def test_a_deregistered_enterprises_record_can_still_be_corrected(tmp_path: Path):
    """It has left the release; the answer to its objection is still told to it."""
    publish(tmp_path, "20260929-aaaaaaaaaa", {"enterprises": [{"uscc": BETA}]})
    registry = open_registry(sqlite_url(tmp_path / "registry.db"))
    queue(registry, NOW, [LETTER | {"enterprise_name": NAME, "title": "处罚"}])
    asked = {"request": "已注销前即撤销。", "papers": [], "actor": "enterprise"}
    case = object_to(registry, NOW, record(), **asked)
    words = ("--note", "撤销决定书已核实", "--by", "信用办")
    done = creditpark(tmp_path, "case", "move", case.id, "delete", *words)
    assert (done.exit_code, done.output) == (0, f"{case.id} deleted\n")
    told = {i.kind: letter for letter in list_letters(registry) for i in letter.items}
    assert told["case_decided"].enterprise_name == NAME
    registry.dispose()


def test_an_enterprise_that_never_had_a_letter_is_named_by_its_code(tmp_path: Path):
    publish(tmp_path, "20260929-aaaaaaaaaa", {"enterprises": [{"uscc": BETA}]})
    registry = open_registry(sqlite_url(tmp_path / "registry.db"))
    asked = {"request": "撤销。", "papers": [], "actor": "enterprise"}
    case = object_to(registry, NOW, record(), **asked)
    words = ("--note", "属实", "--by", "信用办")
    assert (
        creditpark(tmp_path, "case", "move", case.id, "reject", *words).exit_code == 0
    )
    (letter,) = list_letters(registry)
    assert letter.enterprise_name == FIRM
    registry.dispose()


def test_the_list_of_cases_says_what_each_is_about(tmp_path: Path):
    registry = open_registry(sqlite_url(tmp_path / "registry.db"))
    asked = {"request": "撤销。", "papers": [], "actor": "enterprise"}
    contested = object_to(registry, NOW, record(), **asked)
    given = {"unit": "市场监管局", "words": "走访"}
    taken = acknowledge(registry, NOW, "rent_late", FIRM, **given)
    registry.dispose()
    listed = json.loads(creditpark(tmp_path, "case", "list", "--json").output)
    told = {row["id"]: (row["kind"], row["about"]) for row in listed}
    assert told == {
        contested.id: ("objection", "p1"),
        taken.id: ("warning", f"rent_late {FIRM} 市场监管局"),
    }
    only = creditpark(tmp_path, "case", "list", "--kind", "warning", "--json")
    assert [row["id"] for row in json.loads(only.output)] == [taken.id]
    assert (
        f"about: rent_late {FIRM}"
        in creditpark(tmp_path, "case", "show", taken.id).output
    )
