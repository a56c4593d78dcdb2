"""What has to be finished before a contract may be signed, said by whoever waits for it."""

from datetime import datetime

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Contract
from office.clock import now
from office.errors import Conflict


class SigningStop(SQLModel, table=True):
    """A contract that is not signed yet because something else comes first; `why` is the sentence for the head."""

    __tablename__ = "signing_stop"

    contract_id: int = Field(foreign_key="contract.id", primary_key=True, ondelete="CASCADE")
    why: str = Field(max_length=300)
    since: datetime


async def stop_signing(session: AsyncSession, contract: Contract, why: str) -> None:
    """Keep a contract from being signed; `why` is Korean source text."""
    if await session.get(SigningStop, contract.id) is None:
        session.add(SigningStop(contract_id=contract.id or 0, why=why, since=now()))


async def free_signing(session: AsyncSession, contract: Contract) -> None:
    """What came first is finished."""
    stop = await session.get(SigningStop, contract.id)
    if stop is not None:
        await session.delete(stop)


async def stop_of(session: AsyncSession, contract: Contract) -> SigningStop | None:
    """What a contract waits for before it may be signed."""
    return await session.get(SigningStop, contract.id)


async def require_free_to_sign(session: AsyncSession, contract: Contract) -> None:
    """`Conflict`, saying why, while something has to be finished before the signature."""
    if (stop := await stop_of(session, contract)) is not None:
        raise Conflict(stop.why)
