"""Contracts, code lists, statements and the sandbox fit together without a rest."""

from __future__ import annotations

from importlib.resources import files

from assets import sql
from assets.sources.declaration import fields_of, load_sources
from orchestration.settings import SANDBOX, sandbox_variables
from publish.registry.schema import metadata as registry
from quality.contracts import AGENCIES, metadata, tables_of
from quality.contracts.codelists import code_list, names
from quality.contracts.model import Kind, Tier, facts_of, table_facts

PUBLISHED = SANDBOX.with_name("published.yaml")
PLACES = sandbox_variables("http://127.0.0.1") | {
    "CREDITPARK_INBOX": ".",
    "CREDITPARK_DATA": ".",
}


def columns():
    return [c for table in metadata.tables.values() for c in table.columns]


def test_every_code_list_that_a_contract_names_exists_and_the_other_way_round():
    state = [c for table in registry.tables.values() for c in table.columns]
    named = {facts_of(c).codes for c in columns()} - {None}
    named |= {c.info["codes"] for c in state if "codes" in c.info}
    assert named == {*names()}


def test_no_code_list_is_empty_or_lacks_a_label():
    for name in names():
        members = code_list(name).values()
        assert members, name
        assert all(m.code and m.zh and m.en for m in members), name


def test_coded_columns_have_a_list_and_labels_are_in_both_languages():
    for column in columns():
        facts = facts_of(column)
        assert facts.zh, column
        assert facts.en, column
        if facts.kind is Kind.CODE:
            assert facts.codes, column


def test_every_table_is_named_in_both_languages_and_has_a_key_of_its_own_columns():
    for table in metadata.tables.values():
        facts = table_facts(table)
        assert facts.zh, table.name
        assert facts.en, table.name
        assert facts.key, table.name
        assert {*facts.key} <= {c.name for c in table.columns}, table.name


def test_the_sandbox_delivers_every_dataset_there_is_a_contract_for():
    declared = load_sources(SANDBOX, PLACES)
    delivered = {d for agency in declared.agencies.values() for d in agency.datasets}
    assert delivered == {t.name for t in tables_of("records")}
    assert {*declared.agencies} == {*AGENCIES}


def test_every_required_column_of_a_record_reaches_it_from_the_sandbox():
    declared = load_sources(SANDBOX, PLACES)
    for table in tables_of("records"):
        sent = fields_of(table, declared.dataset(table.name))
        required = {c.name for c in table.columns if facts_of(c).required}
        # A file has no time of its own in a row: its name says it.
        assert required - {*sent} <= {"updated_at"}, table.name


def test_the_second_configuration_is_sound():
    declared = load_sources(PUBLISHED, PLACES)
    assert not declared.invented
    assert {a.transport for a in declared.agencies.values()} == {"files"}


def test_agencies_identity_fields_are_refused_and_stored_nowhere():
    stored = {facts_of(c).code for c in columns()} - {None}
    refused = {f for t in metadata.tables.values() for f in table_facts(t).refused}
    assert refused
    assert stored & refused == set()
    assert [c for c in stored if "SFZ" in c or "ZJHM" in c] == []


def test_no_column_of_a_public_table_is_above_the_public_tier():
    for table in tables_of("publication"):
        if table.name.startswith("public_"):
            tiers = {facts_of(c).tier for c in table.columns}
            assert tiers == {Tier.PUBLIC}, table.name


def test_every_published_table_has_a_statement_with_its_columns():
    for table in tables_of("publication"):
        query = sql.load("assets.publication", table.name)
        if not query.is_star:
            named = [p.alias_or_name for p in query.selects]
            assert named == [c.name for c in table.columns], table.name
        assert sql.parameters(query) <= {"today"}, table.name
    made = {f.name for f in files("assets.publication").iterdir()}
    statements = {n.removesuffix(".sql") for n in made if n.endswith(".sql")}
    assert statements == {t.name for t in tables_of("publication")}
