"""Runs: gather everything a result is made of, compute, keep both texts with their fingerprints, publish by two officers."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.results import tally_of
from contracts.cycles import cycle_of, enter_phase, hold, require_phase
from contracts.keeping.checks import doubts_of
from contracts.model import Agency, Contract, ContractState, Cycle, Phase
from contracts.reading import cycle_name, published_pairs
from contracts.terms.canonical import sha256_hex
from contracts.terms.doubt import doubts_among
from evaluation.marking.given import grades_of
from evaluation.marking.lapsing import restore_lapsed
from office import journal
from office.approval import agreed
from office.clock import now
from office.database import Database
from office.errors import Conflict, NotFound
from office.i18n import N_, translate
from office.people import Person, Role
from reports.bundle import Bundle
from reports.crediting import Option
from reports.model import Run
from reports.ranking import Result
from reports.recomputation import material_of, recompute, result_of, run_fingerprint, run_inputs
from reports.rulebook import Rulebook
from reports.rules import rulebook_of

COUNTED = (Phase.TALLIED, Phase.PROVISIONAL)
"""From the end of the count until the result is final."""
PUBLISH = "run.publish"


async def gather(session: AsyncSession, cycle: Cycle) -> bytes:
    """The whole input of a run, taken from contracts, marks and vote as plain values."""
    require_phase(cycle, *COUNTED)
    rulebook = await rulebook_of(session, cycle)
    if rulebook is None:
        raise Conflict(N_("공개된 평가규칙이 없어 결과를 계산할 수 없습니다"))
    tally = await tally_of(session, cycle)
    if tally is None:
        raise Conflict(N_("개표가 끝나지 않아 결과를 계산할 수 없습니다"))
    doubts = await doubts_of(session, col(Contract.cycle_id) == cycle.id)
    pairs = await published_pairs(session, cycle)
    bundle = Bundle(
        cycle=cycle_name(cycle),
        year=cycle.year,
        contracts=tuple(tree for _, _, tree in pairs),
        grades=await grades_of(session, cycle),
        options=tuple(
            Option(option.agency_code, option.task_code, option.title, option.votes)
            for option in tally.options
        ),
        voters=tally.weight,
        contracts_sha256=cycle.contracts_sha256 or "",
        election=tally.fingerprint,
        simulated=tuple(cycle.simulated),
        people=tally.voters if tally.weighted else None,
        doubts={
            agency.code: doubts_among(doubts[contract.id])
            for contract, agency, _ in pairs
            if contract.id in doubts
        },
    )
    return run_inputs(rulebook, bundle)


async def make_run(db: Database, year: int, by: Person) -> int:
    """Compute and keep a run; returns its number.  The arithmetic runs outside of any transaction."""
    await restore_lapsed(db)
    async with db.reading() as session:
        cycle = await cycle_of(session, year)
        inputs = await gather(session, cycle)
    result = await asyncio.to_thread(recompute, inputs)
    async with db.writing() as session:
        cycle = await cycle_of(session, year)
        await hold(session, cycle, alone=True)
        require_phase(cycle, *COUNTED)
        last = select(func.max(col(Run.number))).where(col(Run.cycle_id) == cycle.id)
        assert cycle.id is not None and by.id is not None  # noqa: S101 - stored rows
        run = Run(
            cycle_id=cycle.id,
            number=((await session.exec(last)).one() or 0) + 1,
            inputs=inputs.decode(),
            inputs_sha256=sha256_hex(inputs),
            result=result.decode(),
            result_sha256=sha256_hex(result),
            fingerprint=run_fingerprint(inputs, result),
            rulebook_sha256=cycle.rulebook_sha256 or "",
            made_at=now(),
            made_by=by.id,
        )
        session.add(run)
        await journal.record(session, by.actor, "run.made", f"{year}/{run.number}", sha256=run.fingerprint)
        return run.number


async def publish_run(session: AsyncSession, cycle: Cycle, number: int, by: Person) -> bool:
    """Show a run to everyone; False while it waits for a second officer."""
    await hold(session, cycle, alone=True)
    require_phase(cycle, *COUNTED)
    run = await run_of(session, cycle, number)
    if run.published_at is not None:
        raise Conflict(N_("이미 공개한 산출 회차입니다"))
    sound(run)
    subject = f"{cycle.year}/{number}"
    if not await agreed(session, act=PUBLISH, subject=subject, by=by, content=run.fingerprint):
        return False
    published = await session.exec(
        update(Run).where(col(Run.id) == run.id, col(Run.published_at).is_(None)).values(published_at=now())
    )
    if published.rowcount != 1:
        raise Conflict(N_("이미 공개한 산출 회차입니다"))
    if cycle.phase is Phase.TALLIED:
        await enter_phase(session, cycle, Phase.PROVISIONAL, by.actor)
    await journal.record(session, by.actor, "run.published", subject, sha256=run.fingerprint)
    return True


async def runs_of(session: AsyncSession, cycle: Cycle) -> list[Run]:
    """The runs of a cycle, the newest first."""
    query = select(Run).where(col(Run.cycle_id) == cycle.id).order_by(col(Run.number).desc())
    return list(await session.exec(query))


async def run_of(session: AsyncSession, cycle: Cycle, number: int) -> Run:
    """A run by its number."""
    query = select(Run).where(col(Run.cycle_id) == cycle.id, col(Run.number) == number)
    if (run := (await session.exec(query)).first()) is None:
        raise NotFound(N_("그런 산출 회차가 없습니다"))
    return run


async def newest_published(session: AsyncSession) -> tuple[Cycle, Run] | None:
    """The newest result everybody may see, of whatever year."""
    query = (
        select(Cycle, Run)
        .join(Run, col(Run.cycle_id) == col(Cycle.id))
        .where(col(Run.published_at).is_not(None))
        .order_by(col(Cycle.year).desc(), col(Run.number).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def published_years(session: AsyncSession) -> list[int]:
    """The years whose result everybody may see, the newest first."""
    query = select(Cycle.year).join(Run, col(Run.cycle_id) == col(Cycle.id))
    query = query.where(col(Run.published_at).is_not(None)).distinct()
    return list(await session.exec(query.order_by(col(Cycle.year).desc())))


async def report_years(session: AsyncSession, agency: str, *, own: bool) -> list[int]:
    """The years with a report of this agency, the newest first; its own people see theirs before publication."""
    query = (
        select(Cycle.year)
        .join(Run, col(Run.cycle_id) == col(Cycle.id))
        .join(Contract, col(Contract.cycle_id) == col(Cycle.id))
        .join(Agency, col(Agency.id) == col(Contract.agency_id))
        .where(col(Agency.code) == agency, col(Contract.state) == ContractState.PUBLISHED)
        .distinct()
        .order_by(col(Cycle.year).desc())
    )
    return list(await session.exec(query if own else query.where(col(Run.published_at).is_not(None))))


async def shown_run(
    session: AsyncSession,
    cycle: Cycle,
    person: Person | None,
    *,
    number: int | None = None,
    agency: str | None = None,
) -> Run:
    """The run a person is shown: the newest published one, or the one they ask for by number.

    Unpublished runs are the performance office's, and of an agency's own report (`agency`) also that agency's as long
    as nothing is published; for everybody else they do not exist (404).
    """
    query = select(Run.number, Run.published_at).where(col(Run.cycle_id) == cycle.id)
    runs = list(await session.exec(query.order_by(col(Run.number).desc())))
    published = [run for run, published_at in runs if published_at is not None]
    office = person is not None and person.role is Role.OFFICE
    own = (
        person is not None
        and agency is not None
        and person.role in (Role.OFFICER, Role.HEAD)
        and person.agency == agency
    )
    visible = [run for run, _ in runs] if office or (own and not published) else published
    chosen = number if number is not None else next(iter(published or visible), None)
    if chosen is None or chosen not in visible:
        raise NotFound(N_("{year}년 결과는 아직 공개되지 않았습니다"), year=cycle.year)
    return await run_of(session, cycle, chosen)


def sound(run: Run) -> None:
    """`ValueError` if what is stored is not what was fingerprinted when the run was made."""
    kept = (sha256_hex(run.inputs.encode()), sha256_hex(run.result.encode()))
    if kept != (run.inputs_sha256, run.result_sha256):
        raise ValueError(f"run {run.number} was changed after it was made")


def provisional(cycle: Cycle, run: Run) -> str:
    """That a public result is not final yet, in the language of the request; empty where it is, or nobody may see it."""
    if run.published_at is None or cycle.phase is Phase.FINAL:
        return ""
    return translate(N_("아직 확정하지 않은 잠정 결과라 바뀔 수 있습니다."))


async def opened(run: Run) -> Result:
    """A run's result as values, computed again from its inputs."""
    sound(run)
    return await asyncio.to_thread(result_from, run.inputs)


@lru_cache(maxsize=8)
def material_from(inputs: str) -> tuple[Rulebook, Bundle]:
    """The rulebook and the bundle of a stored input, kept: a page of one indicator asks for a little of it."""
    return material_of(inputs.encode())


@lru_cache(maxsize=8)
def result_from(inputs: str) -> Result:
    """The result of a stored input, kept: several pages and pictures show it."""
    return result_of(inputs.encode())
