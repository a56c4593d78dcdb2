"""Alembic's entry: the metadata and address come from the caller, the engine is a plain synchronous one.

A plain engine on purpose: batch mode on SQLite with foreign keys switched on would delete child rows.  All steps are
one transaction on both databases, so that a migration that is interrupted has never happened.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, make_url

config = context.config
target = config.attributes["metadata"]
address = make_url(config.attributes["database_url"])
if address.drivername == "sqlite+aiosqlite":
    address = address.set(drivername="sqlite")


def by_hand(connection: Any, _record: object) -> None:
    """Python's driver would begin no transaction before it changes a table."""
    connection.isolation_level = None


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


engine = create_engine(address)
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", by_hand)
    event.listen(engine, "begin", begin)
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
