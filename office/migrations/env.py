"""Alembic's entry: the metadata and address come from the caller, the engine is a plain synchronous one.

A plain engine on purpose: batch mode on SQLite with foreign keys switched on would delete child rows.
"""

from alembic import context
from sqlalchemy import create_engine, make_url

config = context.config
target = config.attributes["metadata"]
address = make_url(config.attributes["database_url"])
if address.drivername == "sqlite+aiosqlite":
    address = address.set(drivername="sqlite")

engine = create_engine(address)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=target,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
