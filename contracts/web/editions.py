"""Who signed each edition of a contract: the first before it was published, every later one when it was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import ContractVersion, amended_at, versions_of
from contracts.model import Contract, Cycle
from contracts.web.showing import Signed, signatures_of
from office.i18n import N_, translate
from office.people import Person


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition with its signatures; the first one is in force since publication, if that is known."""

    number: int
    since: datetime | None
    signatures: Sequence[Signed]


async def editions_of(session: AsyncSession, cycle: Cycle, contract: Contract) -> list[Edition]:
    """Every edition, the first one first; a contract that was never amended has one."""
    if await amended_at(session, contract) is None:
        return [Edition(1, contract.published_at, await signatures_of(session, contract))]
    versions = await versions_of(session, cycle, contract)
    ids = {
        person
        for each in versions
        for person in (each.head_signed_by, each.first_officer, each.office_signed_by)
        if person is not None
    }
    query = select(Person.id, Person.name).where(col(Person.id).in_(ids))
    names = {key: name for key, name in await session.exec(query) if key is not None}
    return [Edition(each.number, each.since, _signed(each, names)) for each in versions]


def _signed(version: ContractVersion, names: dict[int, str]) -> list[Signed]:
    officers = ", ".join(
        names.get(person, "")
        for person in (version.first_officer, version.office_signed_by)
        if person is not None
    )
    office = (
        N_("도지사를 대신하여 성과관리 담당") if version.number == 1 else N_("승인한 성과관리 담당 두 사람")
    )
    signed = []
    if version.head_signed_by is not None and version.head_signed_at is not None:
        name = names.get(version.head_signed_by, "")
        signed.append(Signed(translate(N_("기관장")), name, version.head_signed_at))
    if officers and version.office_signed_at is not None:
        signed.append(Signed(translate(office), officers, version.office_signed_at))
    return signed
