"""Tasks that several bodies keep together (협업과제): who leads, who has which share, and whether both sides say the same.

A joint task is measured once, in the contract of the body that leads it.  Every partner carries a task of the same code
with its own points and nothing below it; docs/decisions/0005 says what follows for ratings and votes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.terms.methods import Misread
from contracts.terms.tree import ContractTree, Node, Shares, tasks
from office.decimals import number, plain
from office.i18n import N_, translate

DIFFERENT = N_("협업과제 {code}: 주관 기관 {lead}의 계약에 적힌 몫과 다릅니다({shares})")
WHOLE = Decimal(100)
FEWEST = 2


def read_shares(cell: str) -> Shares | Misread:
    """The shares a cell says, `code=percent` parted by semicolons, the leading body first; they add up to 100."""
    shares: list[tuple[str, Decimal]] = []
    for part in filter(None, (each.strip() for each in re.split(r"[;；]", cell))):
        code, _, written = part.rpartition("=")
        percent = number(written.strip().removesuffix("%"))
        if not code.strip() or percent is None or percent <= 0:
            message = N_("협업기관은 '기관코드=몫; 기관코드=몫'으로 써 주십시오(예: A01=60; B02=40)")
            return Misread(message, {})
        shares.append((code.strip(), percent))
    codes = [code for code, _ in shares]
    if len(set(codes)) != len(codes):
        return Misread(N_("협업기관에 같은 기관이 두 번 있습니다"), {})
    if len(shares) == 1:
        return Misread(N_("협업과제에는 기관이 둘 이상 있어야 합니다"), {})
    total = sum((percent for _, percent in shares), Decimal())
    if shares and total != WHOLE:
        return Misread(N_("협업기관의 몫을 더하면 100이어야 하는데 {total}입니다"), {"total": plain(total)})
    return tuple(shares)


def write_shares(shares: Shares) -> str:
    """The cell `read_shares` reads."""
    return "; ".join(f"{code}={plain(percent)}" for code, percent in shares)


def wrong_task(agency_code: str, task: Node) -> str | None:
    """Why a task with shares cannot stand in this agency's contract (Korean source text with `code`), or nothing."""
    if not task.shares:
        return None
    if agency_code not in dict(task.shares):
        return N_("협업기관에 이 기관({code})이 없습니다")
    if not task.is_linked(agency_code):
        return None
    if task.children:
        return N_(
            "다른 기관이 주관하는 협업과제에는 지표를 두지 않습니다. 주관 기관의 계약에서 한 번만 잽니다"
        )
    if task.on_ballot:
        return N_("협업과제는 주관 기관의 과제로 한 번만 투표에 오릅니다. 투표대상을 아니오로 하여 주십시오")
    return None


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """A joint task of which the contracts of two agencies do not say the same; `message` is Korean source text."""

    agency_code: str
    other: str
    task_code: str
    message: str
    values: dict[str, str]
    stops: bool = True
    """Whether it has to be mended before signing; another name for the same task has not."""

    def said(self) -> str:
        """The sentence for people, in the language of the request."""
        return translate(self.message, **self.values)


def joint_tasks(trees: Iterable[ContractTree]) -> dict[tuple[str, str], Node]:
    """The joint tasks of some contracts, as their leading bodies state them, by agency code and task code."""
    return {
        (tree.agency_code, task.code): task
        for tree in trees
        for task in tasks(tree)
        if task.shares and not task.is_linked(tree.agency_code)
    }


def linked_tasks(tree: ContractTree) -> tuple[Node, ...]:
    """The tasks of a contract that other bodies lead."""
    return tuple(task for task in tasks(tree) if task.is_linked(tree.agency_code))


def reshared(stands: ContractTree, wish: ContractTree) -> dict[str, Shares]:
    """The joint tasks a body leads whose parts it wishes otherwise, among the same bodies: their new shares by code."""
    wished = {task.code: task.shares for task in tasks(wish)}
    return {
        code: new
        for (agency, code), task in joint_tasks([stands]).items()
        if (new := wished.get(code, ())) != task.shares
        and dict(new).keys() == dict(task.shares).keys()
        and new[0][0] == agency
    }


def following(tree: ContractTree, lead: str, new: Mapping[str, Shares]) -> ContractTree:
    """A partner's contract with the new shares of the tasks that it keeps under the leading body `lead`."""

    def moved(node: Node) -> Node:
        if node.code in new and node.shares and node.shares[0][0] == lead:
            return replace(node, shares=new[node.code])
        return replace(node, children=tuple(map(moved, node.children)))

    return replace(tree, children=tuple(map(moved, tree.children)))


def loose_ends(trees: Sequence[ContractTree]) -> tuple[LooseEnd, ...]:
    """Everything about joint tasks that does not fit together between the contracts, in their order."""
    led = joint_tasks(trees)
    carried = {(tree.agency_code, task.code): task for tree in trees for task in linked_tasks(tree)}
    return (*_without_partner(led, carried), *_without_leader(led, carried))


def _without_partner(
    led: dict[tuple[str, str], Node], carried: dict[tuple[str, str], Node]
) -> Iterator[LooseEnd]:
    message = N_("협업과제 {code}: 함께하는 기관 {partner}의 계약에 같은 코드의 과제가 없습니다")
    for (agency, code), task in led.items():
        for partner, _ in task.shares[1:]:
            if (partner, code) not in carried:
                yield LooseEnd(agency, partner, code, message, {"code": code, "partner": partner})


def _without_leader(
    led: dict[tuple[str, str], Node], carried: dict[tuple[str, str], Node]
) -> Iterator[LooseEnd]:
    missing = N_("협업과제 {code}: 주관 기관 {lead}의 계약에 같은 코드의 협업과제가 없습니다")
    renamed = N_("협업과제 {code}: 주관 기관 {lead}의 계약에는 이름이 '{title}'입니다")
    for (agency, code), task in carried.items():
        lead = task.shares[0][0]
        stated = led.get((lead, code))
        if stated is None:
            yield LooseEnd(agency, lead, code, missing, {"code": code, "lead": lead})
        elif stated.shares != task.shares:
            values = {"code": code, "lead": lead, "shares": write_shares(stated.shares)}
            yield LooseEnd(agency, lead, code, DIFFERENT, values)
        elif stated.title != task.title:
            values = {"code": code, "lead": lead, "title": stated.title}
            yield LooseEnd(agency, lead, code, renamed, values, stops=False)
