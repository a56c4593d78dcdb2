"""The public side of the key ceremony: who holds the key, how it was made, and the signed transcript."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import box
from ballots.ceremony.duties import BEFORE
from ballots.ceremony.minutes import transcript_of
from ballots.model import Election
from ballots.protocol.transcript import Alone, Member, Transcript, fingerprint, key_of, write_transcript
from ballots.setup import trustees_of
from office.database import Database
from office.errors import NotFound
from office.i18n import N_
from office.pages import AnyRequest, page


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that somebody took, with the fingerprint of the record."""

    label: str
    at: datetime | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a part of the key."""

    owner: int
    name: str
    mandatory: bool
    steps: tuple[Taken, ...]
    key: str


@get("/board/{uuid:str}/ceremony.json")
async def transcript(db: NamedDependency[Database], uuid: FromPath[str]) -> Response[bytes]:
    """Everything signed in the ceremony, for programs; public from the opening of the vote on."""
    async with db.reading() as session:
        written, _ = await _public(session, uuid)
    disposition = f'attachment; filename="{uuid}-ceremony.json"'
    return Response(
        write_transcript(written),
        media_type=MediaType.JSON,
        headers={"Content-Disposition": disposition},
    )


@get("/board/{uuid:str}/ceremony")
async def shown(request: AnyRequest, db: NamedDependency[Database], uuid: FromPath[str]) -> Response[str]:
    """The same to read and to print."""
    async with db.reading() as session:
        written, election = await _public(session, uuid)
    everybody: list[Alone | Member] = [*written.mandatory, *written.members]
    holders = [_holder(one) for one in everybody]
    return page(
        request,
        "ballots/ceremony.html",
        election=election,
        holders=holders,
        mandatory=len(written.mandatory),
        members=len(written.members),
        threshold=written.threshold,
        context=written.context or "",
        finished=max((step.at for one in holders for step in one.steps if step.at), default=None),
    )


async def _public(session: AsyncSession, uuid: str) -> tuple[Transcript, Election]:
    election = await box.election_of(session, uuid)
    if election.state in BEFORE:
        raise NotFound(N_("아직 열지 않은 투표입니다. 투표를 열면 열쇠를 만든 기록을 볼 수 있습니다"))
    return transcript_of(election, await trustees_of(session, election)), election


def _holder(one: Alone | Member) -> Holder:
    if isinstance(one, Alone):
        steps: tuple[Taken, ...] = (Taken(N_("열쇠 만들기"), _moment(one.at), fingerprint(one.key)),)
    else:
        steps = (
            Taken(N_("1단계 열쇠 만들기"), _moment(one.certified_at), fingerprint(one.certificate)),
            Taken(N_("2단계 조각 나누기"), _moment(one.dealt_at), fingerprint(one.dealing)),
            Taken(N_("3단계 확인하기"), _moment(one.confirmed_at), fingerprint(one.confirmation)),
        )
    key = key_of(one)
    return Holder(one.owner, one.name, isinstance(one, Alone), steps, key.public_key if key else "")


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


ROUTES: list[Any] = [transcript, shown]
