"""What a body says in its own words: its officer writes, its head lets it go; one shape for every kind of such words."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.keeping import replies
from contracts.keeping.replies import Kind, Reply
from contracts.model import Contract, Cycle
from contracts.web.acting import acted
from office.access import only
from office.database import Database
from office.errors import Trouble
from office.i18n import translate
from office.pages import AnyRequest, form_of
from office.people import Person, Role

Write = Callable[[AsyncSession, Cycle, Contract, str, Person], Awaitable[None]]


class Page(Protocol):
    """Shows the words, and again with what is wrong and what was typed."""

    async def __call__(
        self,
        request: AnyRequest,
        db: Database,
        public_id: str,
        problem: Trouble | None = None,
        *,
        text: str | None = None,
    ) -> Response[str]: ...


@dataclass(frozen=True, slots=True)
class Own:
    """A body's words as the person who opens their page sees them."""

    words: Reply | None
    standing: bool
    may_write: bool
    may_release: bool

    def shown(
        self, request: AnyRequest, said: Mapping[str, str], problem: Trouble | None, text: str | None
    ) -> dict[str, Any]:
        """What a template needs: what may be done, what stands in the form, what is wrong, what has just been done."""
        done = said.get(request.query_params.get("done", "")) if problem is None else None
        return {
            "words": self.words,
            "standing": self.standing,
            "may_write": self.may_write,
            "may_release": self.may_release,
            "maximum": replies.LENGTH,
            "text": text if text is not None else self.words.text if self.words else "",
            "status": problem.status if problem else 200,
            "problem": problem,
            **({"done": translate(done)} if done else {}),
        }


def own_of(draft: Reply | None, person: Person, *, open_now: bool) -> Own:
    """Until the head lets them go words are the body's own, and the performance office does not see them."""
    standing = draft is not None and draft.released_at is not None
    words = None if person.role is Role.OFFICE and not standing else draft
    still = open_now and not standing
    return Own(
        words,
        standing,
        may_write=person.role is Role.OFFICER and still,
        may_release=person.role is Role.HEAD and still and words is not None,
    )


def routes_of(base: str, kind: Kind, show: Page, write: Write) -> list[Any]:
    """The page below an agency's contract, and its two presses."""

    def address(public_id: str, done: str) -> str:
        return f"{base.replace('{public_id:str}', public_id)}?done={done}"

    @get(base, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
    async def words_page(
        request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[str]:
        return await show(request, db, public_id)

    @post(base, guards=[only(Role.OFFICER)])
    async def write_words(
        request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """The officer writes (`text`)."""
        text = (await form_of(request)).get("text", "")

        async def written(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
            await write(session, cycle, contract, text, request.user)

        again = partial(show, request, db, public_id, text=text)
        return await acted(request, db, public_id, written, done=address(public_id, "written"), again=again)

    @post(base + "/release", guards=[only(Role.HEAD)])
    async def release_words(
        request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
    ) -> Response[Any]:
        """The head lets go what they have read (`mark`)."""
        mark = (await form_of(request)).get("mark", "")

        async def released(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
            await replies.release(session, cycle, contract, mark, request.user, kind)

        again = partial(show, request, db, public_id)
        return await acted(request, db, public_id, released, done=address(public_id, "released"), again=again)

    return [words_page, write_words, release_words]
