"""Sessions, column types and engine settings that keep an acknowledged row on disk.

SQLite runs in WAL with `synchronous=FULL`, and a writing session takes the write lock when it begins: with the
driver's deferred transactions most concurrent read-modify-writes fail at once in spite of the busy timeout.
PostgreSQL runs with `synchronous_commit=on`.  Neither setting is negotiable: a ballot is acknowledged after commit.
"""

import enum
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

Binding = AsyncEngine | AsyncConnection
_AFTER_COMMIT, _AFTER_ROLLBACK = "yaksok_after_commit", "yaksok_after_rollback"


class DecimalText(TypeDecorator[Decimal]):
    """An exact decimal stored as text: SQLite would silently store a binary float."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else format(Decimal(value), "f")

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def choice(cls: type[enum.StrEnum]) -> sa.Enum:
    """A column of a StrEnum: its values as text with a check constraint, the same on both databases."""
    return sa.Enum(
        cls,
        native_enum=False,
        length=20,
        create_constraint=True,
        values_callable=lambda kind: [m.value for m in kind],
    )


class Database:
    """Opens sessions: `reading()` for pages, `writing()` for acts; a writing session commits or leaves nothing."""

    def __init__(self, binding: Binding) -> None:
        self.binding = binding
        self.info: dict[str, Any] = {}
        """What every session carries along as its `info`."""

    def _session(self) -> AsyncSession:
        joined: Literal["create_savepoint", "conditional_savepoint"] = (
            "create_savepoint" if isinstance(self.binding, AsyncConnection) else "conditional_savepoint"
        )
        return AsyncSession(
            bind=self.binding, expire_on_commit=False, join_transaction_mode=joined, info=dict(self.info)
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads; nothing it does is kept."""
        async with self._session() as session:
            if isinstance(self.binding, AsyncEngine):
                await session.connection(execution_options={"yaksok_reading": True})
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends and rolled back when it raises."""
        async with self._session() as session:
            try:
                async with session.begin():
                    yield session
            except Exception:
                for undone in session.info.pop(_AFTER_ROLLBACK, ()):
                    async with session.begin():
                        await undone(session)
                raise
            for act in session.info.get(_AFTER_COMMIT, ()):
                act()


def after_commit(session: AsyncSession, act: Callable[[], None]) -> None:
    """Do something once the work of this `writing()` session has been committed, and not at all otherwise."""
    session.info.setdefault(_AFTER_COMMIT, []).append(act)


def after_rollback(session: AsyncSession, act: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Do something in a transaction of its own if this `writing()` session is undone: a failed try is to be counted."""
    session.info.setdefault(_AFTER_ROLLBACK, []).append(act)


async def insert_or_keep(session: AsyncSession, table: type[SQLModel], **values: object) -> bool:
    """Insert a row unless its key is there already; of two at once, one inserts and the other waits for it.

    Whether this was the one that inserted.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # An insert's count of rows is only kept when asked for.
    done = await session.exec(
        insert(table).values(**values).on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
    )
    return bool(done.rowcount == 1)


def open_engine(url: str) -> AsyncEngine:
    """An engine for SQLite (aiosqlite) or PostgreSQL (psycopg).

    Parameters are hidden, since the text of a database error is logged and would carry phone numbers with it.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(
            parsed,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"options": "-c synchronous_commit=on"},
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        parsed, hide_parameters=True, connect_args={"timeout": 15, "isolation_level": None}
    )
    event.listen(engine.sync_engine, "connect", _durable)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _durable(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get("yaksok_reading")
    connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")
