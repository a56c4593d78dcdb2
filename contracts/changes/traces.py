"""What a contract's items have left behind already: reported figures, results, evidence and verdicts, and codes once given."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.changes.versions import ContractVersion
from contracts.evidence.files import Evidence
from contracts.keeping.checks import FigureCheck
from contracts.model import Contract, ContractNode, IndicatorMeasure
from contracts.terms.tree import ContractTree, walk
from contracts.writing.review import commented_codes
from office.i18n import N_

FIGURE = N_("이미 실적을 보고한 지표입니다")
RESULT = N_("이미 이행 결과를 적은 과제입니다")
EVIDENCE = N_("이미 증빙자료를 낸 항목입니다")
VERDICT = N_("이미 실적 확인을 받은 지표입니다")


async def traces_of(session: AsyncSession, contract: Contract) -> dict[str, str]:
    """By code, why an item cannot be taken out of the contract any more (Korean source text)."""
    query = (
        select(ContractNode.code, ContractNode.result, col(IndicatorMeasure.actual).is_not(None))
        .outerjoin(IndicatorMeasure, col(IndicatorMeasure.node_id) == col(ContractNode.id))
        .where(col(ContractNode.contract_id) == contract.id)
    )
    evidence = select(Evidence.node_code).where(col(Evidence.contract_id) == contract.id)
    verdicts = select(FigureCheck.indicator_code).where(col(FigureCheck.contract_id) == contract.id)
    found = dict.fromkeys(await session.exec(evidence), EVIDENCE)
    found |= dict.fromkeys(await session.exec(verdicts), VERDICT)
    for code, result, reported in await session.exec(query):
        if result:
            found[code] = RESULT
        if reported:
            found[code] = FIGURE
    return found


async def codes_so_far(session: AsyncSession, contract: Contract, *trees: ContractTree) -> set[str]:
    """Every code an item of this contract has or had, in any version, and those that comments speak of."""
    versions = select(ContractVersion).where(col(ContractVersion.contract_id) == contract.id)
    codes = await commented_codes(session, contract)
    for version in await session.exec(versions):
        codes |= version.codes
    for tree in trees:
        codes |= {node.code for _, node in walk(tree)}
        codes |= {task.code for task in tree.head.tasks} if tree.head else set()
    return codes
