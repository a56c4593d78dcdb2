"""A contract's text while it is written item by item, wherever it is kept: the draft before signing, or a wished-for amendment."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.model import Agency, Contract, Cycle
from contracts.terms.branches import Place, place_of
from contracts.terms.gaps import Gap
from contracts.terms.tree import ContractTree, Kind, Method
from contracts.web.opening import opened
from contracts.writing.rounds import Said
from contracts.writing.setting_fields import Form
from office.database import Database
from office.errors import NotFound, Trouble
from office.i18n import translate
from office.pages import AnyRequest
from office.people import Person

Desk = TypeVar("Desk")


@dataclass(frozen=True, slots=True)
class Text:
    """A contract as it reads so far, and what is to be said of its items.

    `words_only` closes everything that counts; `marks` say by code what is new about an item: words and a badge's tone;
    `carried` are the tasks that still promise last year's sentence unread.
    """

    contract: Contract
    agency: Agency
    cycle: Cycle
    tree: ContractTree
    gaps: Sequence[Gap]
    said: Sequence[Said] = ()
    words_only: bool = False
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Manuscript(Generic[Desk]):
    """Where a text is kept, and what may be done to its items there; a `Desk` is the text held for one act by one person.

    `below` is its address below the contract's own, `done` what is said after a save, by the word in the address; `gone`
    and `misplaced` are said of an item that is not there and of one that may not stand there.
    """

    below: str
    amending: bool
    done: Mapping[str, str]
    gone: str
    misplaced: str
    read: Callable[[AsyncSession, Person, str], Awaitable[Text]]
    take: Callable[[AsyncSession, Cycle, Contract, Person], Awaitable[Desk]]
    change: Callable[[AsyncSession, Desk, str, Form, str], Awaitable[bool]]
    add: Callable[[AsyncSession, Desk, str, Kind, Method | None, Form], Awaitable[str]]
    change_method: Callable[[AsyncSession, Desk, str, Method], Awaitable[None]]
    weigh: Callable[[AsyncSession, Desk, str, Form, bool], Awaitable[None]]
    remove: Callable[[AsyncSession, Desk, str, str], Awaitable[None]]

    @property
    def base(self) -> str:
        """The addresses of its pages begin with this."""
        return "/agency/contracts/{public_id:str}" + self.below

    def address(self, public_id: str, page: str = "", **query: str) -> str:
        """Where it is written, or one of its pages."""
        path = f"/agency/contracts/{public_id}{self.below}{page and '/'}{page}"
        return f"{path}?{urlencode(query)}" if query else path

    @asynccontextmanager
    async def held(
        self, db: Database, public_id: str, by: Person
    ) -> AsyncIterator[tuple[AsyncSession, Desk]]:
        """The text for one act, in a transaction of its own."""
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, by)
            yield session, await self.take(session, cycle, contract, by)

    def place(self, text: Text, code: str) -> Place:
        """Where an item stands; `NotFound` where it does not."""
        found = place_of(text.tree, code)
        if found is None:
            raise NotFound(self.gone)
        return found

    def about(
        self, request: AnyRequest, public_id: str, problem: Trouble | None = None, *, words_only: bool = False
    ) -> dict[str, Any]:
        """What every page of it is told: where it is kept, what has just been done, or what went wrong."""
        done = "" if problem else self.done.get(request.query_params.get("done", ""), "")
        return {
            "here": self.address(public_id),
            "amending": self.amending,
            "words_only": words_only,
            "status": problem.status if problem else 200,
            "problem": problem,
            **({"done": translate(done)} if done else {}),
        }
