"""The contracts of a cycle scored under a rulebook: joint tasks where they are led, and then everybody by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.terms.joint import joint_tasks
from contracts.terms.tree import ContractTree
from evaluation.arithmetic.branches import way_to
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.scoring import ScoredNode, Source, score_tree
from reports.rulebook import Ingredient, Rulebook

Grades = Mapping[str, Mapping[str, Sequence[Grade | None]]]


class Scorebook:
    """Scores contracts from chosen sources; a joint task is scored once for the same sources, however many share it."""

    def __init__(
        self, rulebook: Rulebook, contracts: Sequence[ContractTree], year: int, grades: Grades
    ) -> None:
        self._rulebook = rulebook
        self._contracts = contracts
        self._year = year
        self._grades = grades
        self._led = joint_tasks(contracts)
        self._joint: dict[frozenset[Source], dict[tuple[str, str], ScoredNode]] = {}

    def scored(self, tree: ContractTree, of: Sequence[Ingredient]) -> ScoredNode:
        """The contract scored from figures, marks or both."""
        sources = frozenset(Source(each) for each in of if each is not Ingredient.CITIZEN)
        if sources not in self._joint:
            leading = {code for code, _ in self._led}
            roots = {
                each.agency_code: self._score(each, sources, {})
                for each in self._contracts
                if each.agency_code in leading
            }
            self._joint[sources] = {key: way_to(roots[key[0]], key[1])[-1] for key in self._led}
        return self._score(tree, sources, self._joint[sources])

    def _score(
        self, tree: ContractTree, sources: frozenset[Source], joint: Mapping[tuple[str, str], ScoredNode]
    ) -> ScoredNode:
        return score_tree(
            tree,
            year=self._year,
            grades=self._grades.get(tree.agency_code, {}),
            sources=sources,
            rounding=self._rulebook.rounding,
            combining=self._rulebook.combining,
            joint=joint,
        )
