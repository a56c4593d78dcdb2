"""Checking a whole vote in one's own browser: the page, and the same page as one file for use without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import projection
from ballots.model import Election, ElectionState
from ballots.offline import script_of, source_of, style_of
from ballots.protocol.refusals import SENTENCES, Reason
from contracts.model import Cycle
from office.assets import Assets
from office.database import Database
from office.errors import NotFound
from office.i18n import LANGUAGES, N_, language, translate
from office.pages import AnyRequest, Pages, page
from office.settings import Settings

FILE = "yaksok-verifier.html"
SHEETS = (
    "vendor/krds/css/token/krds_tokens.css",
    "ballots/verify-offline.css",
    "site.css",
    "components.css",
    "ballots/verify.css",
)
REASONS = {reason.value: sentence for reason, sentence in SENTENCES.items()} | {
    # Here nobody can vote again.
    Reason.WRONG_ELECTION.value: N_("다른 투표의 투표지입니다."),
    Reason.BAD_SIGNATURE.value: N_("투표지의 서명이 맞지 않습니다."),
    Reason.BAD_PROOF.value: N_("투표지의 증명이 맞지 않습니다."),
}
"""What can be wrong, by its code."""

_STATES = {
    ElectionState.OPEN: N_("투표하는 중"),
    ElectionState.CLOSED: N_("개표하는 중"),
    ElectionState.TALLIED: N_("개표를 마침"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A board that can be loaded here, with the public files its vote is bound to."""

    uuid: str
    title: str
    state: str
    kilobytes: int
    board: str
    contracts: str
    rulebook: str


@get("/verify")
async def verify(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[str]:
    """Every published board, and one's own files."""
    async with db.reading() as session:
        votes = await _published(session, settings)
    return _page(request, votes, None)


@get("/verify/{uuid:str}")
async def verify_one(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    uuid: FromPath[str],
) -> Response[str]:
    """The board of one vote."""
    async with db.reading() as session:
        votes = [vote for vote in await _published(session, settings) if vote.uuid == uuid]
    if not votes:
        raise NotFound
    return _page(request, votes, votes[0])


@get(f"/verify/{FILE}")
async def offline_file(request: AnyRequest) -> Response[bytes]:
    """The verifier as one file; always a download, for its script is its own and not this site's."""
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"'}
    return Response(_offline(request), status_code=HTTP_200_OK, media_type="text/html", headers=headers)


def _page(request: AnyRequest, votes: list[Published], chosen: Published | None) -> Response[str]:
    offline = _offline(request)
    return page(
        request,
        "ballots/verify.html",
        votes=votes,
        chosen=chosen,
        reasons=REASONS,
        file=FILE,
        file_sha256=sha256(offline).hexdigest(),
        file_kilobytes=-(-len(offline) // 1024),
    )


async def _published(session: AsyncSession, settings: Settings) -> list[Published]:
    query = (
        select(Election.uuid, Election.title, Election.state, Election.cycle_id)
        .where(col(Election.board_bytes) > 0)
        .order_by(col(Election.id).desc())
    )
    cycles = {cycle.id: cycle for cycle in await session.exec(select(Cycle))}
    return [
        Published(
            uuid=uuid,
            title=title,
            state=translate(_STATES[ElectionState(state)]),
            kilobytes=-(-projection.size(settings, uuid) // 1024),
            board=f"/board/{uuid}/{uuid}.bel",
            contracts=f"/contracts/{cycles[cycle_id].year}/contracts.json",
            rulebook=f"/rulebooks/{rulebook}.toml" if (rulebook := cycles[cycle_id].rulebook_sha256) else "",
        )
        for uuid, title, state, cycle_id in await session.exec(query)
        if state in _STATES
    ]


def _offline(request: AnyRequest) -> bytes:
    """The file, the same for every visitor: its words in all languages, its script and style named in its own policy."""
    pages: Pages = request.app.state.pages
    assets: Assets = request.app.state.assets

    def read(path: str) -> str:
        found = assets.find(path)
        if found is None:
            raise KeyError(f"no static file {path}")
        # A browser reads a page with plain line ends, and takes the fingerprint of its script and style from that.
        return found.body.decode().replace("\r\n", "\n")

    script = script_of("ballots/verify/offline.js", read)
    style = style_of(list(SHEETS), read)
    environment = pages.environment
    contents = {}
    for lang in LANGUAGES:
        with _speaking(lang):
            template = environment.get_template("ballots/verify_offline_page.html")
            contents[lang] = template.render(lang=lang, reasons=REASONS, csrf_input="", path="")
    policy = (
        f"default-src 'none'; script-src {source_of(script)}; style-src {source_of(style)}; "
        "worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    whole = environment.get_template("ballots/verify_offline.html")
    return whole.render(script=script, style=style, policy=policy, contents=contents).encode()


@contextmanager
def _speaking(lang: str) -> Iterator[None]:
    before = language.set(lang)
    try:
        yield
    finally:
        language.reset(before)


ROUTES = [verify, offline_file, verify_one]
