"""What changed in a published contract and why: everybody's page of its amendments, and every version as a file."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlmodel import col, select

from contracts.changes.amendments import AMENDABLE
from contracts.changes.effects import Effect, effects
from contracts.changes.versions import ContractVersion, version_of, versions_of
from contracts.keeping.checks import checks_of
from contracts.model import ContractState
from contracts.reading import agency_names, seen_contract, tree_of
from contracts.terms.doubt import doubts_among
from contracts.web.differing import Difference, differences
from contracts.web.files import answered
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page
from office.people import Person


@dataclass(frozen=True, slots=True)
class Step:
    """One version with what it changed; the first one changed nothing."""

    version: ContractVersion
    differences: tuple[Difference, ...]
    effects: Sequence[Effect] = ()


@get("/contracts/{public_id:str}/amendments")
async def amendments_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    public_id: FromPath[str],
    sha256: FromQuery[str] = "",
) -> Response[str]:
    """Every amendment with its reason, who approved it, and both wordings; `sha256` asks which version that was."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
        versions = await versions_of(session, cycle, contract)
        tree, doubts = await tree_of(session, contract), doubts_among(await checks_of(session, contract))
        bodies = await agency_names(session)
        signers = {
            person
            for each in versions
            for person in (each.head_signed_by, each.first_officer, each.office_signed_by)
            if person is not None
        }
        query = select(Person.id, Person.name).where(col(Person.id).in_(signers))
        names = dict((await session.exec(query)).all()) if signers else {}
    steps = [Step(versions[0], ())]
    for before, after in itertools.pairwise(versions):
        old, new = before.content, after.content
        steps.append(Step(after, tuple(differences(old, new, bodies)), effects(old, new, tree, doubts)))
    asked = "".join(sha256.lower().split())
    return page(
        request,
        "contracts/amendments.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        steps=steps[::-1],
        names=names,
        amendable=cycle.phase in AMENDABLE,
        asked=asked,
        asked_version=next((each for each in versions if each.fingerprint == asked), None),
    )


@get("/contracts/{public_id:str}/versions/{name:str}")
async def version_file(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """A version's very bytes (`NUMBER.json`); their SHA-256 is its fingerprint, today and in ten years."""
    number, _, ending = name.partition(".")
    if ending != "json" or not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise NotFound(N_("이 계약에 그런 판은 없습니다"))
    async with db.reading() as session:
        contract, _, cycle = await seen_contract(session, public_id, None)
        version = await version_of(session, cycle, contract, int(number))
    filename = f"{contract.public_id}-{version.number}.json"
    return answered(request, version.record.encode(), "application/json", filename=filename)


ROUTES: list[Any] = [amendments_page, version_file]
