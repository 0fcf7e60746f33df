"""Sampling ratios: the greater of two classes, and exemptions that stay on record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.files.archive import FIRST, SECOND, TODAY, Archive


def ratio(archive: Archive, uscc: str = FIRST) -> Any:
    (found,) = archive.rows(
        "inspection_frequencies", "ratio_bp, exempt, reason", f"uscc = '{uscc}'"
    )
    return found


def risk(archive: Archive, letter: str, month: date = date(2026, 11, 1)) -> None:
    archive.add("risk_classes", uscc=FIRST, risk_class=letter, month=month)


@pytest.mark.parametrize(
    ("letter", "risk_class", "ratio_bp", "reason"),
    [
        ("A", "A", 100, "信用等级A；风险分类A"),
        ("A", "C", 1000, "信用等级A；风险分类C"),
        ("B", "A", 300, "信用等级B；风险分类A"),
        ("C", "B", 1000, "信用等级C；风险分类B"),
        ("D", "A", 3000, "信用等级D；风险分类A"),
        ("A", "D", 3000, "信用等级A；风险分类D"),
        ("A", None, 100, "信用等级A；风险分类无"),
        (None, None, 300, "信用等级未评；风险分类无"),
        (None, "D", 3000, "信用等级未评；风险分类D"),
    ],
)
def test_the_ratio_is_the_greater_of_the_grades_and_the_risk_classs(
    archive: Archive,
    letter: str | None,
    risk_class: str | None,
    ratio_bp: int,
    reason: str,
):
    archive.enterprise()
    archive.grade(letter)
    if risk_class:
        risk(archive, risk_class)
    assert ratio(archive) == (ratio_bp, False, reason)


def test_the_newest_risk_class_that_has_come_counts(archive: Archive):
    archive.enterprise()
    archive.grade("A")
    risk(archive, "D", date(2026, 9, 1))
    risk(archive, "B", date(2026, 10, 1))
    risk(archive, "C", date(2026, 12, 1))
    assert ratio(archive)[0] == 300


def qualified(archive: Archive, kind: str, uscc: str = FIRST, **values: Any) -> None:
    given = {"qualification": kind, "granted_on": date(2025, 1, 1)}
    archive.add("qualifications", uscc=uscc, **given | values)


def test_an_exemption_is_a_reason_and_no_removal(archive: Archive):
    archive.enterprise(FIRST)
    archive.enterprise(SECOND, "乙公司")
    archive.grade("A", FIRST)
    archive.grade("A", SECOND)
    qualified(archive, "unicorn")
    qualified(archive, "gazelle")
    reason = (
        "A级独角兽、瞪羚企业免检免扰（环保、安全、投诉举报、上级交办和法定检查除外）"
    )
    assert ratio(archive, FIRST) == (100, True, reason)
    assert ratio(archive, SECOND) == (100, False, "信用等级A；风险分类无")


@pytest.mark.parametrize(
    ("letter", "kind", "values"),
    [
        ("B", "unicorn", {}),
        ("A", "high_tech", {}),
        ("A", "gazelle", {"valid_to": TODAY}),
        ("A", "gazelle", {"granted_on": date(2026, 11, 24)}),
    ],
)
def test_only_a_grade_a_unicorn_or_gazelle_in_force_is_exempt(
    archive: Archive, letter: str, kind: str, values: dict[str, Any]
):
    archive.enterprise()
    archive.grade(letter)
    qualified(archive, kind, **values)
    assert ratio(archive)[1] is False


def test_every_graded_or_ungraded_enterprise_is_in_the_population_once(
    archive: Archive,
):
    archive.enterprise(FIRST)
    archive.enterprise(SECOND, "乙公司")
    archive.grade("A", FIRST)
    archive.grade("D", FIRST, evaluated_on=date(2026, 10, 31))
    archive.grade(None, SECOND)
    qualified(archive, "unicorn")
    qualified(archive, "unicorn", granted_on=date(2024, 1, 1))
    found = archive.rows("inspection_frequencies", "uscc")
    assert found == sorted([(FIRST,), (SECOND,)])
