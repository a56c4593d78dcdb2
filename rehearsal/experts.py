"""The evaluators: assigned, declared, marked and filed, each on their own sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from contracts.terms.tree import ContractTree
from rehearsal.material import Marks
from rehearsal.stage import Actor, Stage, some_at_once
from rehearsal.visitor import Unexpected, Visitor

_SHEET = re.compile(r'href="/evaluation/(\d+)"')
_CONTRACT = re.compile(r'href="/contracts/(\d{4}-[^"/#?]+)')
_GRADE_FIELD = re.compile(r'name="grade-([^"]+)"')

Recusals = Mapping[tuple[int, str], str]
"""(evaluator counted from 1, agency code) → the conflict of interest they declare on the sheet."""


async def assign(
    stage: Stage, year: int, trees: tuple[ContractTree, ...], marks: Marks, evaluators: int
) -> None:
    """Give every contract with something to mark to every evaluator."""
    if not marks:
        return
    office = stage.of("office")[0].browser
    await office.get(f"/office/cycles/{year}/assignments")
    await office.post(f"/office/cycles/{year}/assignments", {"each": str(evaluators)})


async def score(
    stage: Stage,
    year: int,
    marks: Marks,
    *,
    leave_open: frozenset[int] = frozenset(),
    recused: Recusals = MappingProxyType({}),
    words: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Every evaluator declares, marks and files; those in `leave_open` leave their sheets for others to see."""
    evaluators = stage.of("evaluator")

    async def one(number: int) -> int:
        if number in leave_open:
            return 0
        said = words if number == 1 else {}
        return await _sheets(evaluators[number - 1], number, year, marks, recused, said)

    return sum(await some_at_once(range(1, len(evaluators) + 1), one, at_once=4))


async def _sheets(
    evaluator: Actor,
    number: int,
    year: int,
    marks: Marks,
    recused: Recusals,
    words: Mapping[str, str],
) -> int:
    browser = evaluator.browser
    overview = await browser.get("/evaluation")
    filed = 0
    for sheet in dict.fromkeys(_SHEET.findall(overview.text)):
        opened = await browser.get(f"/evaluation/{sheet}")
        contract = _CONTRACT.search(opened.text)
        if contract is None:
            raise Unexpected("the score sheet names no contract")
        # Sheets of another year calibrate, and those that are closed ask for no declaration.
        if not contract[1].startswith(f"{year}-") or 'name="conflict"' not in opened.text:
            continue
        agency = contract[1].removeprefix(f"{year}-")
        conflict = recused.get((number, agency), "")
        declared = {"conflict": "yes" if conflict else "no", "reason": conflict}
        await browser.post(f"/evaluation/{sheet}/declare", declared)
        if not conflict:
            await mark(browser, sheet, agency, number, marks, words)
            filed += 1
    return filed


async def mark(
    browser: Visitor, sheet: str, agency: str, number: int, marks: Marks, words: Mapping[str, str]
) -> None:
    """Fill in an open sheet as evaluator `number` and file it."""
    form_page = await browser.get(f"/evaluation/{sheet}")
    given: dict[str, str] = {}
    for code in dict.fromkeys(_GRADE_FIELD.findall(form_page.text)):
        grade = marks.get((agency, code, number))
        given[f"grade-{code}"] = grade.value if grade else "absent"
        given |= {f"{aspect}-{code}": said for aspect, said in words.items()}
    await browser.post(f"/evaluation/{sheet}", given)
    await browser.get(f"/evaluation/{sheet}/file")
    await browser.post(f"/evaluation/{sheet}/file")
