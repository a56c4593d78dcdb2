"""What stands beside the figures in a demonstration: evidence files, replies of the bodies, comments of the experts."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

from contracts.terms.tree import ContractTree, Node, indicators
from rehearsal.cycle import own_contract
from rehearsal.stage import Stage, some_at_once
from rehearsal.visitor import fields

REPLY = (
    "목표에 이르지 못한 지표는 하반기에 계획을 고쳐 다시 추진하고 있습니다.\n"
    "늦어진 까닭과 앞으로의 일정은 증빙자료에 적었습니다."
)
ANSWER = "지적하신 기록 방법은 다음 해부터 바꾸겠습니다."
COMMENTS = {
    "strength": "도민의 의견을 듣고 고친 과정이 자료에 잘 드러납니다.",
    "weakness": "월별 기록이 빠진 달이 있어 변화를 따라가기 어렵습니다.",
    "recommendation": "자료를 내는 날을 정해 두고 먼저 공개하기를 권합니다.",
}
"""What an evaluator of the demonstration writes beside a grade."""


def table_of(node: Node) -> bytes:
    """The figures of an indicator as a spreadsheet, the way an officer would lay them beside it."""
    measure = node.measure
    assert measure is not None  # noqa: S101 - an indicator
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.append(["연도", f"{node.title} ({measure.unit})"])
    for year, value in measure.history:
        sheet.append([year, float(value)])
    sheet.append(["올해", float(measure.actual) if measure.actual is not None else None])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def lay_evidence(stage: Stage, year: int, trees: Sequence[ContractTree]) -> None:
    """Every officer lays a table beside the first indicator they reported."""

    async def one(tree: ContractTree) -> None:
        officer = stage.of_agency("officer", tree.agency_code)
        node = next((n for n in indicators(tree) if n.measure and n.measure.actual is not None), None)
        if node is None:
            return
        address = f"/agency/contracts/{await own_contract(officer, year)}/evidence"
        await officer.browser.get(address)
        await officer.browser.post(
            address,
            {"node": node.code, "clean": "yes"},
            files={"file": (f"{node.title} 실적.xlsx", table_of(node))},
        )

    await some_at_once(trees, one, at_once=4)


async def reply(
    stage: Stage, year: int, trees: Sequence[ContractTree], text: str = REPLY, page: str = "reply"
) -> None:
    """The first body says something before the vote; its head hands it in.  With `page` it answers comments."""
    code = trees[0].agency_code
    officer, head = stage.of_agency("officer", code), stage.of_agency("head", code)
    address = f"/agency/contracts/{await own_contract(officer, year)}/{page}"
    await officer.browser.get(address)
    await officer.browser.post(address, {"text": text})
    read = await head.browser.get(address)
    await head.browser.post(f"{address}/release", {"mark": fields(read, "mark")[0]})


async def release_comments(stage: Stage, year: int, trees: Sequence[ContractTree]) -> None:
    """Two officers let the comments on the first contract be read, and the body answers."""
    officer = stage.of_agency("officer", trees[0].agency_code)
    address = f"/office/cycles/{year}/comments/{await own_contract(officer, year)}"
    office = stage.of("office")[0].browser
    opened = await office.get(address)
    if 'name="rest"' not in opened.text:
        return
    await office.post(address, {"rest": "public"})
    content = fields(await office.get(address), "content")[0]
    await stage.together(lambda one: one.browser.post(f"{address}/release", {"content": content}))
    await reply(stage, year, trees, ANSWER, "reply/comments")
