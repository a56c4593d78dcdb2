"""Which reported figures have something to compare them with: a file beside them, or beside the task they belong to."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from contracts.terms.head import with_own_tasks
from contracts.terms.tree import ContractTree, Kind, Node


class Ground(enum.StrEnum):
    """What a figure can be compared with."""

    FILE = "file"
    SOURCE = "source"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Figures without a verdict, by what there is to compare them with.

    `bare` figures have no file of their own or of a task above them; of those, `sourced` name where they come from.
    """

    backed: tuple[Node, ...]
    sourced: tuple[Node, ...]
    bare: tuple[Node, ...]

    def __bool__(self) -> bool:
        return bool(self.backed or self.bare)


def unchecked(tree: ContractTree, known: Collection[str], files: Mapping[str, Sequence[object]]) -> Unchecked:
    """The figures nobody has checked; `files` are the standing files by node code."""
    stands = grounds(tree, files)
    waiting = [node for node, _ in figures(tree) if node.code not in known]
    bare = [node for node in waiting if stands[node.code] is not Ground.FILE]
    return Unchecked(
        tuple(node for node in waiting if stands[node.code] is Ground.FILE),
        tuple(node for node in bare if stands[node.code] is Ground.SOURCE),
        tuple(bare),
    )


def grounds(tree: ContractTree, files: Mapping[str, Sequence[object]]) -> dict[str, Ground]:
    """What each reported figure can be compared with, by code; a file before a source.

    A file of the contract as a whole ("") speaks of no figure in particular: somebody has to look and say so.
    """
    return {node.code: _ground(node, above, files) for node, above in figures(tree)}


def _ground(node: Node, above: Sequence[Node], files: Mapping[str, Sequence[object]]) -> Ground:
    if any(files.get(each.code) for each in (node, *above)):
        return Ground.FILE
    return Ground.SOURCE if node.measure and node.measure.source.strip() else Ground.NOTHING


def figures(tree: ContractTree) -> list[tuple[Node, tuple[Node, ...]]]:
    """The reported indicators, each with the tasks and goals above it, in the order of the contract; the head's own last."""

    def below(node: Node, above: tuple[Node, ...]) -> list[tuple[Node, tuple[Node, ...]]]:
        if node.kind is Kind.INDICATOR:
            return [(node, above)] if node.measure and node.measure.actual is not None else []
        return [found for child in node.children for found in below(child, (*above, node))]

    return [found for top in with_own_tasks(tree).children for found in below(top, ())]
