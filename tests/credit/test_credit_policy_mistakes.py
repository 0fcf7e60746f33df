"""Every mistake in a policy is reported with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.credit.loading import PolicyError, check, load_policy, parse_policy
from tests.credit.ledger import SHIPPED

TEXT = SHIPPED.read_text("utf-8")


def edited(old: str, new: str) -> tuple[str, int]:
    """The shipped policy with one edit, and the line where the edit starts."""
    assert TEXT.count(old) == 1, f"{TEXT.count(old)} times in the policy: {old}"
    return TEXT.replace(old, new), TEXT[: TEXT.index(old)].count("\n") + 1


CONTRIBUTIONS = """\
{months: {kind: contribution, values: [on_time], within_months: 13}}
    rules:
      - id: contributions_on_time
"""
BANDS = """\
        bands:
          - {below: 12, points: 0}
          - {from: 12, points: 10}"""
KEEPS_AND_ANOTHER = """\
    keeps: letter
    floor: -30
  - id: late
    dimension: park
    zh: 后
    en: Late
    source: s
    keeps: B
"""
MISTAKES = {
    "unknown key": (
        "new_enterprise_months: 6",
        "new_enterprise_month: 6",
        "grading.new_enterprise_month: unknown key",
    ),
    "unknown event kind": (
        "value: {count: {kind: abnormal_listing, open: true}}",
        "value: {count: {kind: abnormal_list, open: true}}",
        "unknown event kind 'abnormal_list'; did you mean 'abnormal_listing'?",
    ),
    "unknown value of a kind": (
        "values: [gazelle, unicorn], open",
        "values: [gazelle, unicorns], open",
        "unknown value of qualification 'unicorns'; did you mean 'unicorn'?",
    ),
    "unknown severity": (
        "severity: minor, open",
        "severity: tiny, open",
        "unknown severity 'tiny'; known: minor, general, serious",
    ),
    "unknown figure": (
        "{figure: dso_centidays}",
        "{figure: dso_days}",
        "unknown figure 'dso_days'; did you mean 'dso_centidays'?",
    ),
    "unknown indicator of a veto": (
        "indicator: serious_listings\n",
        "indicator: serious_listing\n",
        "unknown indicator 'serious_listing'; did you mean 'serious_listings'?",
    ),
    "unknown code of a cap": (
        "values: [D]\n",
        "values: [E]\n",
        "unknown value of tax_credit 'E'; known: A, B, M, C, D",
    ),
    "unknown code of a look-up": (
        "lookup: {A: 15, C: -60}",
        "lookup: {A: 15, D: -60}",
        "unknown value of labour_grade 'D'; known: A, B, C",
    ),
    "ceilings that do not add up": (
        "maximum: 1325 ",
        "maximum: 1300 ",
        "base and the ceilings add up to 1325, not 1300",
    ),
    "floors that do not add up": (
        "minimum: 190 ",
        "minimum: 190.5 ",
        "add up to 190, not 190.5",
    ),
    "overlapping bands of points": (
        "{from: 20000, below: 40000, points: 0}",
        "{from: 15000, below: 40000, points: 0}",
        "bands.1.from: overlaps the band below 20000; start it there",
    ),
    "a gap between bands of points": (
        "{from: 60000, points: 10}",
        "{from: 60001, points: 10}",
        "bands.3.from: leaves a gap after the band below 60000; start it there",
    ),
    "a band upside down": (
        "{from: 20000, below: 40000, points: 0}",
        "{from: 20000, below: 10000, points: 0}",
        "'from' must be less than 'below'",
    ),
    "letters out of order": (
        "{letter: B, from: 850, colour: yellow}",
        "{letter: B, from: 955, colour: yellow}",
        "bands.1.from: must start below the band before (950)",
    ),
    "a colour twice": (
        "{letter: C, from: 700, colour: red}",
        "{letter: C, from: 700, colour: yellow}",
        "bands.2.colour: yellow is taken already",
    ),
    "a duplicate rule": (
        "id: honour_provincial\n",
        "id: honour_national\n",
        "duplicate id 'honour_national' among the rules",
    ),
    "a duplicate indicator": (
        "- id: site_visits ",
        "- id: licences ",
        "duplicate id 'licences' among the indicators",
    ),
    "a reserved rule id": (
        "id: honour_local\n",
        "id: base_local\n",
        "rule ids must not start with base, adj_, limit_, weight_: reserved",
    ),
    "a band that no count reaches": (
        "- {below: 1, points: 20}\n          - {from: 1, points: 0}",
        "- {below: 0, points: 20}\n          - {from: 0, points: 0}",
        "bands.0: can never fire: the value is never below 0",
    ),
    "a band beyond the whole": (
        "- {below: 9500, points: 0}\n          - {from: 9500, points: 10}",
        "- {below: 10500, points: 0}\n          - {from: 10500, points: 10}",
        "bands.1: can never fire: the value is at most 10000",
    ),
    "more months than the window holds": (
        "- {below: 12, points: 0}\n          - {from: 12, points: 10}",
        "- {below: 15, points: 0}\n          - {from: 15, points: 10}",
        "bands.1: can never fire: the value is at most 14",
    ),
    "older than its own window": (
        "{kind: fee_payment, open: true, older_than_days: 60}",
        "{kind: fee_payment, within_months: 1, older_than_days: 60}",
        "older_than_days: nothing within these months is older than these days",
    ),
    "an industry compared on a count": (
        "- id: safety_passed\n        flag: 5",
        "- id: safety_passed\n        relative: {at_least: 8, below: 5}",
        "relative: 'relative' compares with the industry and needs a 'figure'",
    ),
    "a benchmark of one": (
        "relative: {at_least: 8,",
        "relative: {at_least: 1,",
        "relative.at_least: Input should be greater than or equal to 2",
    ),
    "a tolerance of an unknown limit": (
        "limits: [minor_matters]",
        "limits: [minor_matter]",
        "unknown limit 'minor_matter'; did you mean 'minor_matters'?",
    ),
    "a limit nobody names": (
        "  - id: park_fees\n    dimension",
        "  - id: park_fee\n    dimension",
        "limits.0.id: no rule names the limit 'park_fee'",
    ),
    "a family of an unknown indicator": (
        "      from_month: 28 # graded",
        "      indicators: [tax_grade]\n      from_month: 28 # graded",
        "unknown indicator 'tax_grade'; did you mean 'tax_credit_grade'?",
    ),
    "dates reversed": (
        "valid_from: 2026-04-01 ",
        "valid_to: 2025-12-31\nvalid_from: 2026-04-01 ",
        "valid_to: must not precede valid_from (2026-04-01)",
    ),
    "not a date": (
        "valid_from: 2026-04-01 ",
        "valid_from: 2026-04-31 ",
        "valid_from: Input should be a valid date",
    ),
    "points as words": (
        "each: {points: -50, cap: -150}",
        "each: {points: many, cap: -150}",
        "each.points: points are a number with at most three decimals (here: many)",
    ),
    "points too fine": (
        "each: {points: -50, cap: -150}",
        "each: {points: -50.0001, cap: -150}",
        "points have at most three decimals, not -50.0001",
    ),
    "a cap of the other sign": (
        "each: {points: -50, cap: -150}",
        "each: {points: -50, cap: 150}",
        "must have the sign of the points",
    ),
    "a cap below a single one": (
        "each: {points: -50, cap: -150}",
        "each: {points: -50, cap: -15}",
        "is less than the points of a single one",
    ),
    "a rule that gives nothing": (
        "lookup: {established: 5, operating: 15, passed: 30}",
        "lookup: {established: 0}",
        "can never fire: it gives no points",
    ),
    "two kinds of rule at once": (
        "- id: credit_standard\n        lookup",
        "- id: credit_standard\n        flag: 1\n        lookup",
        "each, flag, decay, relative (given: lookup, flag)",
    ),
    "a look-up on a number": (
        "flag: 30\n",
        "lookup: {A: 30}\n",
        "is measured by 'count', which needs a rule on numbers",
    ),
    "a rule on numbers for a code": (
        "lookup: {A: 15, C: -60}",
        "flag: 15",
        "is measured by 'latest', which needs 'lookup'",
    ),
    "decay of a sum": (
        CONTRIBUTIONS + BANDS,
        CONTRIBUTIONS + "        decay: {points: 1}",
        "'decay' gives points per event and needs a value measured by 'count'",
    ),
    "a severity that is not counted": (
        "decay: {points: -120, cap: -200}",
        "decay: {points: {general: -120}, cap: -200}",
        "decay.points.general: can never fire: only serious are counted",
    ),
    "an unknown placeholder": (
        "zh: 配备信用管理师{value}名，{change}",
        "zh: 配备信用管理师{values}名，{change}",
        "zh: unknown placeholder 'values'; did you mean 'value'?",
    ),
    "a brace without its partner": (
        "zh: 配备信用管理师{value}名，{change}",
        "zh: 配备信用管理师{value名，{change}",
        "zh: a brace without its partner",
    ),
    "a veto on what no law lists": (
        "indicator: wage_arrears_listings\n",
        "indicator: tax_arrears\n",
        "only live entries of lists set by law lead to D",
    ),
    "a cap to the last letter": (
        "letter: C\n    zh: 最近一次",
        "letter: D\n    zh: 最近一次",
        "a cap may not lead to D: use a veto on a list set by law",
    ),
    "a repaired penalty that would still count": (
        "{count: {kind: penalty, severity: general, open: true}}",
        "{count: {kind: penalty, severity: general}}",
        "penalty must be counted with 'open: true'",
    ),
    "minor penalties without their limit": (
        "decay: {points: -5, cap: -20}\n        limit: minor_matters",
        "decay: {points: -5, cap: -20}\n        limit: park_fees",
        "minor penalties need a limit that keeps the letter",
    ),
    "a deduction for fees without a limit": (
        "each: {points: -10, cap: -20}\n        limit: park_fees",
        "each: {points: -10, cap: -20}",
        "deductions for park fees need a limit",
    ),
    "fees expected without consent": (
        "      from_month: 3\n      consented: true\n",
        "      from_month: 3\n",
        "fee payments exist only with consent: set 'consented: true'",
    ),
    "a limit that is undone later": (
        "    keeps: letter\n",
        KEEPS_AND_ANOTHER,
        "limits that keep the letter must stand after all others",
    ),
    "no ratio for a letter": (
        "ratio_bp_by_letter: {A: 100, B: 300, C: 1000, D: 3000}",
        "ratio_bp_by_letter: {A: 100, B: 300, C: 1000}",
        "no ratio for D",
    ),
    "a ratio above the whole": (
        "ratio_bp_by_risk_class: {A: 100, B: 300, C: 1000, D: 3000}",
        "ratio_bp_by_risk_class: {A: 100, B: 300, C: 1000, D: 30000}",
        "a ratio lies between 0 and 10000",
    ),
    "an unknown qualification": (
        "qualifications: [unicorn, gazelle]",
        "qualifications: [unicorn, giraffe]",
        "unknown qualification 'giraffe'",
    ),
    "a key twice": (
        "new_enterprise_months: 6\n",
        "new_enterprise_months: 6\n  new_enterprise_months: 9\n",
        "grading.new_enterprise_months: the key stands here twice",
    ),
    "an alias": (
        "each: {points: -50, cap: -150}",
        "each: &a {points: -50, cap: -150}\n        flag: *a",
        "this anchor is used again",
    ),
    "an octal number": (
        "above: 0\n    zh: 列入市场监管",
        "above: 010\n    zh: 列入市场监管",
        "not a plain whole number: 010",
    ),
    "an id in capitals": (
        "id: high_tech\n        flag",
        "id: High-Tech\n        flag",
        "String should match pattern",
    ),
    "not YAML": (
        "bands:\n  - {letter: A",
        "bands:\n  - {letter: [A",
        "not YAML: ",
    ),
}
# Lines between the start of the edit and the place that is reported; None: anywhere.
BELOW = {
    "a key twice": 1,
    "a band beyond the whole": 1,
    "more months than the window holds": 1,
    "an industry compared on a count": 1,
    "decay of a sum": 3,
    "minor penalties without their limit": -1,
    "a deduction for fees without a limit": -1,
    "fees expected without consent": -4,
    "not YAML": None,
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_at_its_line(tmp_path: Path, name: str):
    old, new, message = MISTAKES[name]
    text, line = edited(old, new)
    path = tmp_path / "policy.yaml"
    path.write_text(text, "utf-8")
    found = check(path)
    hits = [str(p) for p in found if message in str(p)]
    assert hits, [str(p) for p in found]
    below = BELOW.get(name, 0)
    anywhere = range(line, line + new.count("\n") + 1)
    lines = anywhere if below is None else [line + below]
    starts = [f"{path}:{n}: " for n in lines]
    assert any(h.startswith(s) for h in hits for s in starts), (line, hits)


def test_a_policy_with_mistakes_is_not_loaded_and_all_are_named():
    text = TEXT.replace("floor: -120", "floor: 120").replace("colour: red", "colour: x")
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "office.yaml")
    found = [str(problem) for problem in caught.value.problems]
    assert [f.split(":")[2].strip() for f in found] == [
        "dimensions.0.floor",
        "bands.2.colour",
    ]
    assert str(caught.value) == "\n".join(found)
    assert found[0].startswith("office.yaml:")


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "a: \x00", "a: [1, 2"])
def test_what_is_no_policy_at_all_is_one_clear_problem(text: str):
    with pytest.raises(PolicyError) as caught:
        parse_policy(text)
    assert len(caught.value.problems) == 1


def test_a_document_without_end_is_refused():
    with pytest.raises(PolicyError, match="this anchor is used again"):
        parse_policy("a: &a [*a]")


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(PolicyError, match="not YAML"):
        parse_policy(TEXT.encode("gb18030"))


def test_a_missing_file_is_the_callers_matter(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        load_policy(tmp_path / "nowhere.yaml")
