"""Bringing a registry to the edition this code needs.

An empty database gets the declared tables at once; an older one is walked through the
steps of ``migrations``. Alembic is loaded for the latter only: the serving process starts
without it. Not here: the tables, or opening a database (``engine``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
)

from publish.registry import bank_tables, case_tables

# Each module declares its tables on the one ``MetaData``.
DECLARED = (bank_tables, case_tables)
metadata = case_tables.cases.metadata

MIGRATIONS = Path(__file__).parent / "migrations"
# Alembic's own table, which says which step was the last.
version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
_LOCK = 37_030_000  # an advisory lock of PostgreSQL, ours alone


class RegistryEditionError(RuntimeError):
    """The registry was made by a newer version of this software."""


@cache
def newest() -> str:
    """The last step, by name."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("0*.py"))


def bring_up_to_date(engine: Engine) -> None:
    """Make or change tables until they are as declared; one process at a time.

    Raises:
        RegistryEditionError: the database is ahead of this code.
    """
    with engine.connect() as connection:
        if edition_of(connection) == newest():
            return
    with engine.connect() as connection:
        lock(connection)
        _change(connection)
        connection.commit()


def migrate(connection: Connection, step: str = "head", *, down: bool = False) -> None:
    """Walk to a step, within the caller's transaction."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(config, step)


def _change(connection: Connection) -> None:
    edition, names = edition_of(connection), inspect(connection).get_table_names()
    require_known(edition)
    if edition is None and "api_keys" not in names:
        metadata.create_all(connection)
        version.create(connection, checkfirst=True)
        connection.execute(insert(version).values(version_num=newest()))
    elif edition != newest():
        migrate(connection)


def require_known(edition: str | None) -> None:
    """Refuse what a newer version made.

    Raises:
        RegistryEditionError: the edition is ahead of this code.
    """
    if edition is not None and edition > newest():
        raise RegistryEditionError(
            f"the registry is at {edition}, this version knows {newest()}: "
            "upgrade the software, or restore the backup made before the upgrade"
        )


def edition_of(connection: Connection) -> str | None:
    """The last step that a database took; ``None`` for an empty one."""
    if not inspect(connection).has_table(version.name):
        return None
    return connection.execute(select(version.c.version_num)).scalar()


def lock(connection: Connection) -> None:
    """Begin a transaction that only one process at a time can be in."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
