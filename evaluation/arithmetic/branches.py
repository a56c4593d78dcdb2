"""Finding one's way in a scored contract: a node with all above it, what could not be rated, bonuses and penalties."""

from __future__ import annotations

from evaluation.arithmetic.outcomes import NotRated
from evaluation.arithmetic.scoring import ScoredNode, Source


def way_to(root: ScoredNode, code: str) -> tuple[ScoredNode, ...]:
    """The nodes from the root to that of this code, both included; empty where there is none."""
    if root.code == code:
        return (root,)
    for child in root.children:
        if below := way_to(child, code):
            return (root, *below)
    return ()


def left_out(node: ScoredNode) -> tuple[ScoredNode, ...]:
    """Everything with points that could not be rated, in the order of the contract (F15)."""
    if node.weight and isinstance(node.outcome, NotRated):
        return (node,)
    return tuple(each for child in node.children for each in left_out(child))


def besides(node: ScoredNode) -> tuple[ScoredNode, ...]:
    """The bonuses and penalties of a contract, in its order."""
    if node.source is Source.BESIDE:
        return (node,)
    return tuple(each for child in node.children for each in besides(child))
