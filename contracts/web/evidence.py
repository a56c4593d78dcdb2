"""Evidence files: the body's page to lay them beside its promises, everybody's page of them, and the files themselves."""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.evidence import files as evidence
from contracts.evidence import vault
from contracts.evidence.files import UPLOADING, EvidenceFile
from contracts.evidence.kinds import ACCEPT, PICTURES, clean_name, recognise
from contracts.keeping.checks import checks_of, reported, why_unchecked
from contracts.model import ContractState, Phase
from contracts.reading import seen_contract, tree_of
from contracts.terms.tree import ContractTree, Kind, Node, walk
from contracts.web.agency import opened
from contracts.web.files import answered
from office.access import only
from office.database import Database
from office.errors import Gone, NotFound, Refused, TooLarge, Trouble
from office.i18n import N_, translate
from office.pages import AnyRequest, form_of, page, see
from office.people import Role
from office.settings import Settings

BASE = "/agency/contracts/{public_id:str}/evidence"
LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of an upload with its form; the settings allow less for the file in it."""
POLICY = "default-src 'none'; sandbox"
"""Of a file somebody else made: it may show itself and nothing more."""
DONE = {
    "added": N_("올렸습니다. 누구나 볼 수 있는 화면에 바로 보입니다."),
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
) -> Response[str]:
    async with db.reading() as session:
        contract, agency, cycle = await opened(session, public_id, request.user)
        tree = await tree_of(session, contract)
        files = await evidence.all_files(session, contract)
    officer = request.user.role is Role.OFFICER
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
        problem=problem,
        **({"done": translate(done)} if done and problem is None else {}),
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
    """One file (`file`), where it belongs (`node`), and that it holds nobody's personal data (`clean`)."""
    sent = await request.form()
    form = {name: value for name, value in sent.items() if isinstance(value, str)}
    upload = sent.get("file")
    try:
        async with db.reading() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            evidence.require_uploading(cycle, contract)
        data = await _taken(upload, form, settings)
        assert isinstance(upload, UploadFile)  # noqa: S101 - _taken has read it
        kept = await asyncio.to_thread(recognise, data)
        sha256 = await asyncio.to_thread(vault.put, settings.evidence_folder, kept.data)
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await evidence.add(
                session,
                cycle,
                contract,
                kept,
                sha256=sha256,
                filename=clean_name(upload.filename, kept.media_type),
                node_code=form.get("node", ""),
                most=settings.evidence_per_contract,
                by=request.user,
            )
    except NotFound:
        raise
    except Trouble as problem:
        if isinstance(problem, Refused) and not problem.fields:
            problem.fields["file"] = problem.said()
        return await _own(request, db, settings, public_id, problem, form=form)
    finally:
        if isinstance(upload, UploadFile):
            await upload.close()
    return see(f"/agency/contracts/{public_id}/evidence?done=added")


async def _taken(upload: object, form: dict[str, str], settings: Settings) -> bytes:
    """The bytes of the file that was sent; `Refused` or `TooLarge` where there is none, too much, or no assurance."""
    wrong = {}
    data = b""
    if isinstance(upload, UploadFile):
        data = await upload.read(settings.evidence_largest + 1)
    if not data:
        wrong["file"] = translate(N_("올릴 파일을 골라 주십시오"))
    if form.get("clean") != "yes":
        wrong["clean"] = translate(N_("개인정보가 없는지 확인하고 표시해 주십시오"))
    if len(data) > settings.evidence_largest:
        limit = settings.evidence_largest // 1_048_576
        raise TooLarge(
            N_("파일이 {mb}MB를 넘습니다. 나누거나 줄여서 올려 주십시오"),
            fields={"file": translate(N_("더 작은 파일을 골라 주십시오"))},
            mb=limit,
        )
    if wrong:
        raise Refused(N_("올리지 않았습니다. 표시한 칸을 고쳐 주십시오"), fields=wrong)
    return data


@post(BASE + "/remove", guards=[only(Role.OFFICER)])
async def remove(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await evidence.remove(
                session,
                cycle,
                contract,
                sha256=form.get("sha256", ""),
                node_code=form.get("node", ""),
                by=request.user,
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _own(request, db, settings, public_id, problem)
    return see(f"/agency/contracts/{public_id}/evidence?done=removed")


@post(BASE + "/withdraw", guards=[only(Role.OFFICER, Role.OFFICE)])
async def withdraw(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
) -> Response[Any]:
    form = await form_of(request)
    try:
        async with db.writing() as session:
            contract, _, cycle = await opened(session, public_id, request.user)
            await evidence.withdraw(
                session,
                cycle,
                contract,
                sha256=form.get("sha256", ""),
                node_code=form.get("node", ""),
                reason=form.get("reason", ""),
                by=request.user,
            )
    except NotFound:
        raise
    except Trouble as problem:
        return await _own(request, db, settings, public_id, problem, form=form)
    return see(f"/agency/contracts/{public_id}/evidence?done=withdrawn")


@get("/contracts/{public_id:str}/evidence")
async def public_page(
    request: AnyRequest, db: NamedDependency[Database], public_id: FromPath[str]
) -> Response[Any]:
    """What stands behind the figures: the files, and what the verifier found."""
    async with db.reading() as session:
        contract, agency, cycle = await seen_contract(session, public_id, request.user)
        if contract.state is not ContractState.PUBLISHED:
            return see(f"/agency/contracts/{public_id}/evidence")
        tree = await tree_of(session, contract)
        files = await evidence.all_files(session, contract)
        checks = await checks_of(session, contract)
        reason = await why_unchecked(session, contract)
    return page(
        request,
        "contracts/evidence.html",
        contract=contract,
        agency=agency,
        cycle=cycle,
        files=evidence.by_node([each for each in files if each.withdrawn_at is None]),
        withdrawn=[each for each in files if each.withdrawn_at is not None],
        total=sum(each.withdrawn_at is None for each in files),
        nodes=[node for _, node in walk(tree)],
        figures=len(reported(tree)),
        checks=checks,
        unchecked_reason=reason,
        early=cycle.phase in (Phase.DRAFTING, Phase.PUBLISHED),
    )


@get("/contracts/{public_id:str}/evidence/{sha256:str}/{filename:str}")
async def download(
    request: AnyRequest,
    db: NamedDependency[Database],
    settings: NamedDependency[Settings],
    public_id: FromPath[str],
    sha256: FromPath[str],
    filename: FromPath[str],
) -> Response[bytes]:
    """The file itself, as it was kept."""
    async with db.reading() as session:
        contract, _, _ = await seen_contract(session, public_id, request.user)
        found = await evidence.found_file(session, contract, sha256, filename)
    office = request.user is not None and request.user.role is Role.OFFICE
    if found.withdrawn_at is not None and not office:
        raise Gone(N_("거두어들인 증빙자료입니다. 이유는 이 계약의 증빙자료 화면에 있습니다"))
    data = await asyncio.to_thread(vault.get, settings.evidence_folder, sha256)
    return _file(request, data, found)


def _file(request: AnyRequest, data: bytes, found: EvidenceFile) -> Response[bytes]:
    response = answered(
        request, data, found.media_type, filename=found.filename, public=found.withdrawn_at is None
    )
    if found.media_type in PICTURES and "Content-Disposition" in response.headers:
        saved = response.headers["Content-Disposition"]
        response.headers["Content-Disposition"] = saved.replace("attachment", "inline", 1)
    response.headers["Content-Security-Policy"] = POLICY
    return response


ROUTES = [own_page, add, remove, withdraw, public_page, download]
