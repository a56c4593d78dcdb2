"""The verifier: a figure that differs and is corrected, one that cannot be told, and all the others found right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.terms.tree import ContractTree, Node, indicators
from rehearsal.cycle import check_figures, own_contract
from rehearsal.stage import Stage
from rehearsal.visitor import fields


@dataclass(frozen=True)
class Doubt:
    """A figure the verifier stops at: what was reported by mistake (or nothing), and what is said of it."""

    agency: str
    code: str
    note: str
    mistaken: Decimal | None = None


def mistaken(trees: Sequence[ContractTree], doubts: Sequence[Doubt]) -> tuple[ContractTree, ...]:
    """The contracts with the figures that are reported by mistake first."""
    wrong = {doubt.code: doubt.mistaken for doubt in doubts if doubt.mistaken is not None}
    return tuple(_changed(tree, wrong) for tree in trees)


def _changed(tree: ContractTree, wrong: Mapping[str, Decimal]) -> ContractTree:
    def changed(node: Node) -> Node:
        measure = node.measure
        if measure is not None and node.code in wrong:
            measure = replace(measure, actual=wrong[node.code])
        return replace(node, measure=measure, children=tuple(map(changed, node.children)))

    return replace(tree, children=tuple(map(changed, tree.children)))


async def check(stage: Stage, year: int, trees: Sequence[ContractTree], doubts: Sequence[Doubt]) -> None:
    """The verifier goes through the figures; what was reported by mistake is corrected and checked again."""
    right = {node.code: node.measure.actual for tree in trees for node in indicators(tree) if node.measure}
    for doubt in doubts:
        differs = doubt.mistaken is not None
        found = "" if not differs else format(right[doubt.code] or Decimal(), "f")
        await _verdict(stage, year, doubt, "differs" if differs else "unclear", found)
        if differs:
            officer = stage.of_agency("officer", doubt.agency)
            address = f"/agency/contracts/{await own_contract(officer, year)}/figures"
            await officer.browser.post(address, {f"actual-{doubt.code}": found})
    unclear = [doubt.code for doubt in doubts if doubt.mistaken is None]
    await check_figures(stage, settled=unclear)


async def _verdict(stage: Stage, year: int, doubt: Doubt, verdict: str, found: str) -> None:
    verifier = stage.of("verifier")[0].browser
    address = f"/checks/{year}-{doubt.agency}"
    opened = await verifier.get(address)
    code = doubt.code
    form = {
        "code": code,
        f"verdict-{code}": verdict,
        f"found-{code}": found,
        f"note-{code}": doubt.note,
        f"seen-{code}": fields(opened, f"seen-{code}")[0],
    }
    await verifier.post(address, form)
