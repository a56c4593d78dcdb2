"""A cycle played with real people over HTTP: uploaded, signed, published, as far as a test asks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from contracts.files.exporting import write_csv
from contracts.terms.tree import ContractTree
from office.people import Person, Role
from rehearsal.visitor import Visitor
from tests.conftest import SignIn
from tests.seeding import CULTURE, TRANSPORT, YEAR

CYCLE = f"/office/cycles/{YEAR}"
TREES = (TRANSPORT, CULTURE)
TR, CU = f"{YEAR}-TR", f"{YEAR}-CU"

Enter = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def enter(signed_in: SignIn) -> AsyncIterator[Enter]:
    """`await enter(Role.HEAD, "TR")`: a visitor of that role who stays until the test ends."""
    async with AsyncExitStack() as stack:

        async def come(role: Role, agency: str | None = None) -> Visitor:
            person: Person
            person, visitor = await stack.enter_async_context(signed_in(role, agency))
            del person
            return visitor

        yield come


@dataclass
class Year:
    """The people of a year and how far they have come."""

    office: Visitor
    second: Visitor
    officers: dict[str, Visitor] = field(default_factory=dict)
    heads: dict[str, Visitor] = field(default_factory=dict)
    trees: tuple[ContractTree, ...] = TREES

    async def drafted(self) -> "Year":
        """Contracts uploaded and stored."""
        await self.office.post("/office/cycles", {"year": str(YEAR), "title": "올해의 성과평가"})
        sent = await self.upload(write_csv(self.trees))
        await self.office.post(sent)
        return self

    async def upload(self, data: bytes, name: str = "contracts.csv") -> str:
        """The address of the dry run of a file."""
        answer = await self.office.post(f"{CYCLE}/import", files={"file": (name, data)})
        return str(answer.headers["location"])

    async def signed(self) -> "Year":
        """Contracts signed by both sides."""
        await self.drafted()
        for code, head in self.heads.items():
            await head.post(f"/agency/contracts/{YEAR}-{code}/sign", {"totp": head.totp()})
        await self.office.post(f"{CYCLE}/sign", {"totp": self.office.totp()})
        return self

    async def published(self) -> "Year":
        """Contracts published by two officers."""
        await self.signed()
        await self.office.post(f"{CYCLE}/publish")
        await self.second.post(f"{CYCLE}/publish")
        return self

    async def reporting(self) -> "Year":
        """Reporting has begun."""
        await self.published()
        await self.office.post(f"{CYCLE}/advance", {"to": "reporting"})
        return self


@pytest.fixture
async def year(enter: Enter) -> Year:
    """Two officers of the performance office, an officer and a head of each of two agencies."""
    made = Year(await enter(Role.OFFICE), await enter(Role.OFFICE))
    for code in ("TR", "CU"):
        made.officers[code] = await enter(Role.OFFICER, code)
        made.heads[code] = await enter(Role.HEAD, code)
    return made
