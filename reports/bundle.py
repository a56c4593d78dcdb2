"""Everything a result is made of, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.terms.head import titles_of
from contracts.terms.tree import ContractTree
from evaluation.arithmetic.marks import Grade
from reports.crediting import Option
from reports.doubts import Doubts, doubted_in


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a result is made of, as plain values.

    `grades` by agency code and indicator code, one entry per assigned evaluator (`None`: gave none); `voters` is the
    number (weight) of ballots counted, blank ones too, and `people` how many cast them where that is another number;
    `simulated` names the inputs that were made up; `doubts` are the reported figures that the check could not call right.
    """

    cycle: str
    year: int
    contracts: tuple[ContractTree, ...]
    grades: Mapping[str, Mapping[str, Sequence[Grade | None]]]
    options: tuple[Option, ...]
    voters: int
    contracts_sha256: str = ""
    election: str = ""
    simulated: tuple[str, ...] = ()
    people: int | None = None
    doubts: Doubts = field(default_factory=dict)


def refuse_contradictions(bundle: Bundle) -> None:
    """`ValueError` for a bundle whose pieces cannot all be true."""
    codes = [tree.agency_code for tree in bundle.contracts]
    known = {tree.agency_code: set(titles_of(tree)) for tree in bundle.contracts}
    if len(set(codes)) != len(codes):
        raise ValueError("an agency appears twice")
    if len({(option.agency_code, option.task_code) for option in bundle.options}) != len(bundle.options):
        raise ValueError("an option appears twice")
    for option in bundle.options:
        if option.agency_code not in known:
            raise ValueError(f"an option of an unknown agency: {option.agency_code}")
        # nobody can give one option more than one vote
        if not 0 <= option.votes <= bundle.voters:
            raise ValueError(f"{option.votes} votes of {bundle.voters} voters")
    trees = {tree.agency_code: tree for tree in bundle.contracts}
    for code, doubts in bundle.doubts.items():
        if code not in trees:
            raise ValueError(f"doubts on an unknown agency: {code}")
        doubted_in(trees[code], doubts)
    for code, grades in bundle.grades.items():
        if not set(grades) <= known.get(code, set()):
            raise ValueError(f"marks for an unknown indicator of {code}")
