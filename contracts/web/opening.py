"""A contract opened by those who work on it, and shown to them: one shape for all of an agency's own pages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.reading import is_its_own, seen_contract, tree_of
from contracts.terms.tree import ContractTree
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, page
from office.people import Person, Role


@dataclass(frozen=True, slots=True)
class Own:
    """A contract with whose and of which year it is, and what it says now."""

    contract: Contract
    agency: Agency
    cycle: Cycle
    tree: ContractTree


About = Callable[[AsyncSession, Own], Awaitable[Mapping[str, Any]]]
"""What a page says besides the contract itself."""


async def opened(session: AsyncSession, public_id: str, person: Person) -> tuple[Contract, Agency, Cycle]:
    """The contract for those who work on it: the own agency and the office, published or not."""
    contract, agency, cycle = await seen_contract(session, public_id, person)
    if person.role is not Role.OFFICE and not is_its_own(person, agency):
        raise NotFound(N_("이 계약은 없거나 아직 공개되지 않았습니다"))
    return contract, agency, cycle


async def shown(
    request: AnyRequest,
    db: Database,
    public_id: str,
    template: str,
    about: About,
    *,
    done: Mapping[str, str],
    problem: Trouble | None = None,
    form: dict[str, str] | None = None,
) -> Response[str]:
    """The page with what `about` says; after an act what was `done`, or its `problem` with the `form` that was sent."""
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        own = Own(contract, agency, cycle, await tree_of(session, contract))
        said = await about(session, own)
    acted = done.get(request.query_params.get("done", ""))
    return page(
        request,
        template,
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        problem=problem,
        **{"tree": own.tree, "form": form or {}, **said},
        **({"done": translate(acted)} if acted and problem is None else {}),
    )
