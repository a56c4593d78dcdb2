"""Places in the tree of a contract: what stands where, what may stand there, and what a new node is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.terms.gaps import Sum, sum_below
from contracts.terms.points import UNIT, equal_shares
from contracts.terms.tree import ContractTree, Kind, Node, walk
from office.errors import Conflict, Refused
from office.i18n import N_

BELOW: dict[Kind | None, tuple[Kind, ...]] = {
    None: (Kind.GOAL, Kind.TASK),
    Kind.GOAL: (Kind.TASK, Kind.GOAL),
    Kind.TASK: (Kind.INDICATOR,),
    Kind.INDICATOR: (),
}
"""What may stand below what; `None` is the contract itself."""
MOST_NODES = 400
DEEPEST = 8
_LETTERS = {Kind.GOAL: "G", Kind.TASK: "T", Kind.INDICATOR: "I"}


@dataclass(frozen=True, slots=True)
class Place:
    """A node with what is above it (`None`: the contract) and beside it; `path` leads to it, itself last."""

    node: Node
    above: Node | None
    brothers: tuple[Node, ...]
    path: tuple[Node, ...]

    @property
    def sum(self) -> Sum:
        """The running sum right below the node."""
        return sum_below(self.node)

    @property
    def inside(self) -> int:
        """How many nodes stand below it, at any depth."""
        return len(codes_below(self.node)) - 1

    @property
    def first(self) -> bool:
        """Whether nothing stands before it."""
        return self.brothers[0] is self.node

    @property
    def last(self) -> bool:
        """Whether nothing stands after it."""
        return self.brothers[-1] is self.node


def walk_places(tree: ContractTree) -> Iterator[Place]:
    """Every place of a contract, from the top down, in its order."""

    def below(above: Node | None, nodes: tuple[Node, ...], path: tuple[Node, ...]) -> Iterator[Place]:
        for node in nodes:
            here = (*path, node)
            yield Place(node, above, nodes, here)
            yield from below(node, node.children, here)

    return below(None, tree.children, ())


def place_of(tree: ContractTree, code: str) -> Place | None:
    """The place of one node."""
    return next((place for place in walk_places(tree) if place.node.code == code), None)


def may_stand(kind: Kind, above: Node | None) -> bool:
    """Whether a node of this kind may stand below this one (`None`: below the contract itself)."""
    return kind in BELOW[above.kind if above else None]


def room_for(tree: ContractTree, place: Place) -> list[tuple[Node | None, str]]:
    """Where else a node may stand: the node above it there, with the titles that lead to it ("" for the contract)."""
    own = codes_below(place.node)
    found: list[tuple[Node | None, str]] = []
    if place.above is not None and may_stand(place.node.kind, None):
        found.append((None, ""))
    for each in walk_places(tree):
        if each.node.code in own or each.node is place.above or not may_stand(place.node.kind, each.node):
            continue
        found.append((each.node, " › ".join(node.title for node in each.path)))
    return found


def require_room(tree: ContractTree, under: str, kind: Kind) -> None:
    """`Refused` where no node of this kind can be added below that one ("" is the contract itself)."""
    above = place_of(tree, under) if under else None
    if (under and above is None) or not may_stand(kind, above.node if above else None):
        raise Refused(N_("그 자리에는 둘 수 없는 항목입니다"))
    if sum(1 for _ in walk(tree)) >= MOST_NODES:
        raise Refused(N_("한 계약에는 항목을 {n}개까지 둘 수 있습니다"), n=MOST_NODES)
    if above is not None and len(above.path) >= DEEPEST:
        raise Refused(N_("더 깊이 내려갈 수 없습니다. {n}단계까지 둘 수 있습니다"), n=DEEPEST)


def blanks_shared(above: Node | ContractTree) -> list[Node]:
    """The nodes right below whose points are blank, with equal parts of the points that are left; `Conflict` without any."""
    left = sum_below(above).left
    blanks = [child for child in above.children if child.weight is None]
    if not blanks or left is None or left <= 0:
        raise Conflict(N_("나눌 점수가 없거나 빈 배점이 없습니다"))
    unit = min(UNIT, Decimal((0, (1,), int(left.as_tuple().exponent))))
    parts = equal_shares(left, len(blanks), unit)
    return [replace(each, weight=part) for each, part in zip(blanks, parts, strict=True)]


def codes_below(node: Node) -> list[str]:
    """The code of a node and of everything below it."""
    return [node.code, *(code for child in node.children for code in codes_below(child))]


def depth_of(node: Node) -> int:
    """Levels from a node down to its lowest."""
    return 1 + max((depth_of(child) for child in node.children), default=0)


def next_code(kind: Kind, taken: Collection[str]) -> str:
    """A code no other node of the contract has or had: the kind's letter and the next number."""
    letter = _LETTERS[kind]
    numbers = (re.fullmatch(rf"{letter}-(\d{{1,9}})", code) for code in taken)
    return f"{letter}-{max((int(found[1]) for found in numbers if found), default=0) + 1}"
