"""Evidence for everybody: a contract's page of its files with what the verifier found, and the files themselves."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.evidence import files as evidence
from contracts.evidence import vault
from contracts.evidence.files import EvidenceFile
from contracts.evidence.kinds import PICTURES
from contracts.keeping.checks import findings_of, reported, why_unchecked
from contracts.model import ContractState, Phase
from contracts.reading import seen_contract, tree_of
from contracts.terms.head import with_own_tasks
from contracts.terms.tree import walk
from contracts.web.files import answered
from office.database import Database
from office.errors import Gone
from office.i18n import N_
from office.pages import AnyRequest, page, see
from office.people import Role
from office.settings import Settings

POLICY = "default-src 'none'; sandbox"
"""Of a file somebody else made: it may show itself and nothing more."""


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
        whole = with_own_tasks(tree)
        files = await evidence.all_files(session, contract)
        checks, past = await findings_of(session, contract)
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
        nodes=[node for _, node in walk(whole)],
        of_head={node.code for own in whole.children[len(tree.children) :] for node in own.children},
        figures=len(reported(tree)),
        checks=checks,
        past=past,
        planned=cycle.phase is Phase.REPORTING,
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


ROUTES: list[Any] = [public_page, download]
