"""Tables and steps agree, on both databases, whatever edition one starts from."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.engine import URL

from publish.access.keys import list_keys
from publish.registry.case_tables import APPEND_ONLY, metadata
from publish.registry.engine import open_registry
from publish.registry.schema import (
    MIGRATIONS,
    RegistryEditionError,
    migrate,
    newest,
)
from publish.registry.tables import api_keys


def checks(engine: Engine) -> set[str]:
    """Names of check constraints, which Alembic does not compare."""
    inspector = inspect(engine)
    names = [n for n in inspector.get_table_names() if n != "alembic_version"]
    return {str(c["name"]) for n in names for c in inspector.get_check_constraints(n)}


def triggers(engine: Engine) -> set[tuple[str, ...]]:
    """What guards the tables that are only added to, by table and name."""
    query = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query))}


def difference(engine: Engine) -> Any:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_the_steps_form_one_chain_and_each_is_its_own_revision() -> None:
    steps = ScriptDirectory(str(MIGRATIONS))
    walked = [s.revision for s in steps.walk_revisions()][::-1]
    assert walked == sorted(p.stem for p in (MIGRATIONS / "versions").glob("0*.py"))
    assert steps.get_heads() == [newest()]


def test_the_steps_lead_to_the_declared_tables_and_back(registry_url: URL) -> None:
    stepped = create_engine(registry_url)
    with stepped.begin() as connection:
        migrate(connection)
    assert difference(stepped) == []
    by_steps = checks(stepped)
    guards = triggers(stepped)
    with stepped.begin() as connection:
        migrate(connection, "base", down=True)
        metadata.create_all(connection)
    assert checks(stepped) == by_steps
    assert triggers(stepped) == guards
    assert len(guards) >= len(APPEND_ONLY)
    stepped.dispose()


def test_an_empty_database_is_made_at_once_in_the_newest_edition(
    registry: Engine,
) -> None:
    assert difference(registry) == []
    with registry.connect() as connection:
        assert connection.scalar(text("SELECT * FROM alembic_version")) == newest()


def test_a_registry_from_before_the_steps_keeps_its_keys(registry_url: URL) -> None:
    old = create_engine(registry_url)
    with old.begin() as connection:
        migrate(connection, "0001_keys")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(
            text(
                "INSERT INTO api_keys (prefix, secret_hash, bank, scopes,"
                " requests_per_minute, created_at)"
                " VALUES ('x', 'x', 'x', 'facts', 1, '2026-11-23 04:00:00')"
            )
        )
    old.dispose()
    opened = open_registry(registry_url)
    (key,) = list_keys(opened)
    assert (key.prefix, key.holder, key.requests_per_day) == ("x", "key x", 200_000)
    assert difference(opened) == []
    opened.dispose()


def test_a_registry_of_a_newer_version_is_refused(
    registry: Engine, registry_url: URL
) -> None:
    with registry.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_x'"))
    with pytest.raises(RegistryEditionError, match=r"9999_x.*upgrade"):
        open_registry(registry_url)
    with registry.connect() as connection:
        assert connection.execute(select(api_keys)).all() == []
