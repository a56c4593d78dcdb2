"""What two officers agree on about contracts, in words."""

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts import publication
from contracts.changes import amending
from contracts.reading import contract_called
from contracts.timing import postponing
from contracts.timing.duties import TASK_LABELS, Task
from office.approval import Naming, Wanted
from office.errors import NotFound
from office.i18n import N_, translate


async def of_contract(
    session: AsyncSession, public_id: str, said: str, page: str, **values: object
) -> Wanted:
    """An act on one contract: `said` names its `agency` and `year`, `page` is one below its cycle."""
    found = await contract_called(session, public_id)
    if found is None:
        raise NotFound
    _, agency, cycle = found
    title = translate(said, agency=agency.name, year=cycle.year, **values)
    return Wanted(title, f"/office/cycles/{cycle.year}/{page}")


async def _publish(_: AsyncSession, year: str) -> Wanted:
    return Wanted(translate(N_("{year}년 계약 공개"), year=year), f"/office/cycles/{year}")


async def _amend(session: AsyncSession, subject: str) -> Wanted:
    public_id = subject.partition(":")[0]
    return await of_contract(session, public_id, N_("{agency}의 {year}년 계약 변경 승인"), "amendments")


async def _move(session: AsyncSession, subject: str) -> Wanted:
    public_id, _, task = subject.rpartition("/")
    found = await postponing.body_called(session, public_id)
    if found is None:
        raise NotFound
    body, year = found
    title = translate(
        N_("{agency}의 {year}년 '{task}' 마감 옮기기"),
        agency=body.name,
        year=year,
        task=translate(TASK_LABELS[Task(task)]),
    )
    return Wanted(title, f"/office/cycles/{year}/deadlines#move")


NAMINGS: dict[str, Naming] = {publication.ACT: _publish, amending.ACT: _amend, postponing.ACT: _move}
