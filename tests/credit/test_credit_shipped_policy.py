"""The policy the zone starts with: sound, complete, and lawful."""

from __future__ import annotations

import hashlib
from datetime import date

from assets.credit import compiled
from assets.credit.loading import check
from assets.credit.policy import Policy
from assets.credit.vocabulary import FIGURES, kinds
from tests.credit.ledger import SHIPPED


def test_it_has_no_mistakes(shipped: Policy):
    assert check(SHIPPED) == []
    assert (shipped.id, shipped.valid_from) == ("zibo-gaoxin-2026", date(2026, 4, 1))
    assert shipped.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_every_kind_of_event_and_every_figure_has_its_indicator(shipped: Policy):
    values = [indicator.value for indicator in shipped.indicators]
    seen = {kind for v in values if v.filter for kind in v.filter.kind}
    assert seen == set(kinds())
    assert {v.figure for v in values if v.figure} == set(FIGURES)


def test_every_rule_names_its_legal_source_and_tells_the_points(shipped: Policy):
    rules = [rule for _, rule in shipped.rules()]
    assert len(rules) == 40
    assert all(rule.source for rule in rules)
    assert all("{change}" in rule.zh and "{change}" in rule.en for rule in rules)


def test_licences_and_site_visits_are_neutral(shipped: Policy):
    assert shipped.indicator("licences").rules == ()
    assert shipped.indicator("site_visits").rules == ()


def test_letters_bands_and_what_may_be_published(shipped: Policy):
    bands = [(b.letter, b.start, b.colour) for b in shipped.bands]
    assert bands == [
        ("A", 950_000, "green"),
        ("B", 850_000, "yellow"),
        ("C", 700_000, "red"),
        ("D", None, "black"),
    ]
    assert shipped.publication.letters == ("A", "B")
    assert shipped.ranks() == {"A": 0, "B": 1, "C": 2, "D": 3}


def test_measures_are_typed(shipped: Policy):
    measures = shipped.measures
    assert measures.inspection.ratio_bp_by_letter["A"] == 100
    assert measures.inspection.exemptions[0].qualifications == ("unicorn", "gazelle")
    assert measures.honours.supported.top == 20
    assert measures.honours.leader.month_ends == 6
    assert measures.honours.leader.no_open_severities == ("general", "serious")


def test_every_indicator_shows_its_own_statement(shipped: Policy):
    told = compiled.told(shipped)
    assert [*told] == [f"indicator {i.id}" for i in shipped.indicators]
    text = told["indicator penalties_general"]
    assert text.startswith("```sql\n-- penalties_general: ")
    assert "p_penalty_general" in text
