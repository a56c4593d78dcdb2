"""Evidence files of a body: its page to lay them beside its promises, and to take them away again."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.evidence import files as evidence
from contracts.evidence import holding, vault
from contracts.evidence.files import UPLOADING
from contracts.evidence.holding import Held
from contracts.evidence.kinds import ACCEPT, Kept, clean_name, promises_another, recognise
from contracts.model import Contract, ContractState, Cycle, Phase
from contracts.reading import tree_of
from contracts.terms.head import with_own_tasks
from contracts.terms.tree import ContractTree, Kind, Node, walk
from contracts.web.acting import acted
from contracts.web.opening import opened
from office.access import only
from office.database import Database
from office.errors import NotFound, Refused, TooLarge, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Person, Role
from office.settings import Settings

BASE = "/agency/contracts/{public_id:str}/evidence"
LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of an upload with its form; the settings allow less for the file in it."""
DONE = {
    "added": N_("올렸습니다. 누구나 볼 수 있는 화면에 바로 보입니다."),
    "renamed": N_(
        "올렸습니다. 누구나 볼 수 있는 화면에 바로 보입니다. 파일의 내용에 맞추어 이름을 ‘{name}’로 바꾸었습니다."
    ),
    "removed": N_("파일을 지웠습니다."),
    "withdrawn": N_("파일을 거두어들였습니다. 이름과 이유는 남습니다."),
}


@get(BASE, guards=[only(Role.OFFICER, Role.HEAD, Role.OFFICE)])
async def own_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[str]:
    return await _own(request, db, settings, public_id)


async def _own(
    request: AnyRequest,
    db: Database,
    settings: Settings,
    public_id: str,
    problem: Trouble | None = None,
    *,
    form: dict[str, str] | None = None,
    held: Held | None = None,
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        tree = with_own_tasks(await tree_of(session, contract))
        files = await evidence.all_files(session, contract)
    officer = request.user.role is Role.OFFICER
    newest = max(files, key=lambda each: each.uploaded_at).filename if files else ""
    late = cycle.phase not in (Phase.DRAFTING, Phase.PUBLISHED, Phase.REPORTING)
    done = DONE.get(request.query_params.get("done", ""))
    return page(
        request,
        "contracts/evidence_own.html",
        status=problem.status if problem else 200,
        contract=contract,
        agency=agency,
        cycle=cycle,
        places=_places(tree),
        titles={node.code: node.title for _, node in walk(tree)},
        standing=[each for each in files if each.withdrawn_at is None],
        withdrawn=[each for each in files if each.withdrawn_at is not None],
        used=sum(each.size for each in files),
        most=settings.evidence_per_contract,
        largest=settings.evidence_largest,
        accept=ACCEPT,
        may_add=officer and cycle.phase in UPLOADING and contract.state is ContractState.PUBLISHED,
        may_remove=officer and cycle.phase is Phase.REPORTING,
        may_withdraw=(officer and cycle.phase is Phase.SCORING) or (request.user.role is Role.OFFICE),
        late=late,
        maximum=evidence.REASON_LENGTH,
        form=form or {},
        held=held,
        ticket=holding.ticket(settings, held, contract=public_id, by=request.user) if held else "",
        problem=problem,
        **({"done": translate(done, name=newest)} if done and problem is None else {}),
    )


def _places(tree: ContractTree) -> list[tuple[str, str]]:
    """Where a file can be laid: the whole contract, a task, an indicator (shown under its task)."""
    places = [("", translate(N_("계약 전체")))]

    def add(node: Node, depth: int) -> None:
        if node.kind is not Kind.GOAL:
            places.append((node.code, "\u2003" * depth + node.title))
        for child in node.children:
            add(child, depth + (node.kind is not Kind.GOAL))

    for top in tree.children:
        add(top, 0)
    return places


@post(BASE, guards=[only(Role.OFFICER)], request_max_body_size=LARGEST_BODY)
async def add(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    """One file (`file`, or `held` from the try before), its place (`node`), and that it holds no personal data (`clean`)."""
    sent = await request.form()
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    upload = sent.get("file")
    held: Held | None = None
    try:
        async with db.reading() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            evidence.require_uploading(cycle, contract)
        held, kept = await _taken(upload, form.get("held", ""), settings, public_id, request.user)
        if form.get("clean") != "yes":
            wrong = {"clean": translate(N_("개인정보가 없는지 확인하고 표시해 주십시오"))}
            raise Refused(N_("올리지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await evidence.add(
                session,
                cycle,
                contract,
                kept,
                sha256=held.sha256,
                filename=held.filename,
                node_code=form.get("node", ""),
                most=settings.evidence_per_contract,
                by=request.user,
            )
    except NotFound:
        raise
    except Trouble as problem:
        if isinstance(problem, Refused) and not problem.fields:
            problem.fields["file"] = translate(N_("다른 파일을 골라 주십시오"))
        # Another file has to be chosen when it is the file that is wrong.
        again = held if isinstance(problem, Refused) and "file" not in problem.fields else None
        return await _own(request, db, settings, public_id, problem, form=form, held=again)
    finally:
        if isinstance(upload, UploadFile):
            await upload.close()
    renamed = isinstance(upload, UploadFile) and promises_another(upload.filename, held.media_type)
    return see(f"/agency/contracts/{public_id}/evidence?done={'renamed' if renamed else 'added'}")


async def _taken(
    upload: object, ticket: str, settings: Settings, public_id: str, by: Person
) -> tuple[Held, Kept]:
    """The file that was sent, or the one that waits since the try before; `Refused` or `TooLarge` where there is none."""
    data = await upload.read(settings.evidence_largest + 1) if isinstance(upload, UploadFile) else b""
    if not data and ticket:
        return await asyncio.to_thread(holding.redeemed, settings, ticket, contract=public_id, by=by)
    if len(data) > settings.evidence_largest:
        raise TooLarge(
            N_("파일이 {mb}MB를 넘습니다. 나누거나 줄여서 올려 주십시오"),
            fields={"file": translate(N_("더 작은 파일을 골라 주십시오"))},
            mb=settings.evidence_largest // 1_048_576,
        )
    if not isinstance(upload, UploadFile) or not data:
        wrong = {"file": translate(N_("올릴 파일을 골라 주십시오"))}
        raise Refused(N_("올리지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    kept = await asyncio.to_thread(recognise, data, upload.filename)
    sha256 = await asyncio.to_thread(vault.put, settings.evidence_folder, kept.data)
    return Held(sha256, clean_name(upload.filename, kept.media_type), kept.media_type, len(kept.data)), kept


@post(BASE + "/remove", guards=[only(Role.OFFICER)])
async def remove(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    """Take a file away for good (`sha256`, `node`)."""
    return await _done(request, db, settings, public_id, evidence.remove, "removed")


@post(BASE + "/withdraw", guards=[only(Role.OFFICER, Role.OFFICE)])
async def withdraw(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    """Hand a file out no longer (`sha256`, `node`, `reason`)."""
    reason = (await form_of(request)).get("reason", "")
    return await _done(
        request, db, settings, public_id, partial(evidence.withdraw, reason=reason), "withdrawn"
    )


async def _done(
    request: AnyRequest,
    db: Database,
    settings: Settings,
    public_id: str,
    act: Callable[..., Awaitable[None]],
    said: str,
) -> Response[Any]:
    """Do something to one file of a contract and go back to the page."""
    form = await form_of(request)
    file = {"sha256": form.get("sha256", ""), "node_code": form.get("node", "")}

    async def taken(session: AsyncSession, cycle: Cycle, contract: Contract) -> None:
        await act(session, cycle, contract, **file, by=request.user)

    again = partial(_own, request, db, settings, public_id, form=form)
    done = f"/agency/contracts/{public_id}/evidence?done={said}"
    return await acted(request, db, public_id, taken, done=done, again=again)


ROUTES: list[Any] = [own_page, add, remove, withdraw]
