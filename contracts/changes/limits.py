"""What a published contract may not become: reasons in words, each with the item it is about.

Until scoring begins everything may change that neither takes away what was reported nor leaves another body with a joint
task it signed otherwise.  From then on experts judge what is promised item by item, and only its words may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.changes.rewriting import removed, with_words_of
from contracts.terms.branches import codes_below
from contracts.terms.gaps import Gap, gaps
from contracts.terms.joint import LooseEnd, loose_ends
from contracts.terms.tree import ContractTree, Node, walk
from office.i18n import N_, translate

ONLY_WORDS = N_(
    "전문가 평가가 시작된 뒤에는 글만 고칠 수 있습니다. 배점, 수치, 점수 매기는 방법, 몫과 항목은 그대로 두십시오"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """Why a wish cannot be asked for: the item (its code and title are empty for the contract as a whole) and a sentence."""

    code: str
    title: str
    text: str

    def said(self) -> str:
        """Item and reason in one line."""
        return f"{self.title}: {self.text}" if self.title else self.text


def limits(
    stands: ContractTree,
    wish: ContractTree,
    year: int,
    *,
    words_only: bool,
    traces: Mapping[str, str],
    others: Sequence[ContractTree],
) -> tuple[Limit, ...]:
    """Everything that keeps the contract in force from becoming the one that is wished for; empty if nothing does.

    `traces` say by code what was reported about an item (Korean source text), `others` are the other published contracts.
    """
    return (
        *(_beyond_words(stands, wish) if words_only else ()),
        *_taken_away(stands, wish, traces),
        *(Limit(gap.code, gap.title, gap.said()) for gap in new_gaps(stands, wish, year)),
        *_disagreeing(stands, wish, others),
    )


def _beyond_words(stands: ContractTree, wish: ContractTree) -> Iterator[Limit]:
    before = {node.code: node for _, node in walk(stands)}
    for _, node in walk(wish):
        old = before.get(node.code)
        if old is None or with_words_of(_alone(old), node) != _alone(node):
            yield Limit(node.code, node.title, translate(ONLY_WORDS))
    for node in removed(stands, wish):
        yield Limit("", node.title, translate(ONLY_WORDS))


def _alone(node: Node) -> Node:
    return replace(node, children=())


def _taken_away(stands: ContractTree, wish: ContractTree, traces: Mapping[str, str]) -> Iterator[Limit]:
    titles = {node.code: node.title for _, node in walk(stands)}
    for node in removed(stands, wish):
        for code in codes_below(node):
            if code in traces:
                said = N_("{reason}. 이 항목은 뺄 수 없습니다")
                yield Limit("", titles[code], translate(said, reason=translate(traces[code])))


def new_gaps(stands: ContractTree, wish: ContractTree, year: int) -> list[Gap]:
    """What the wish lacks; what lacked already at publication is nobody's obstacle now, whatever the item is called."""
    known = {replace(gap, title="") for gap in gaps(stands, year)}
    return [gap for gap in gaps(wish, year) if replace(gap, title="") not in known]


def _disagreeing(stands: ContractTree, wish: ContractTree, others: Sequence[ContractTree]) -> Iterator[Limit]:
    """What would no longer fit together between the contracts of a joint task; names may follow one after the other."""
    known = set(map(_key, loose_ends([_untitled(each) for each in (stands, *others)])))
    titles = {node.code: node.title for tree in (stands, wish) for _, node in walk(tree)}
    names = {tree.agency_code: tree.agency for tree in others}
    for end in loose_ends([_untitled(each) for each in (wish, *others)]):
        if _key(end) not in known:
            said = N_(
                "{partner}의 계약에도 있는 협업과제입니다. 한쪽에서만 바꿀 수 없으니 과제와 함께 하는 기관을 그대로 두십시오. "
                "몫은 주관 기관이 요청하고 함께 하는 기관이 모두 동의하면 바뀝니다"
            )
            code = end.other if end.agency_code == stands.agency_code else end.agency_code
            partner = names.get(code, code)
            yield Limit("", titles.get(end.task_code, end.task_code), translate(said, partner=partner))


def _key(end: LooseEnd) -> tuple[str, str, str, str]:
    return end.agency_code, end.other, end.task_code, end.message


def _untitled(tree: ContractTree) -> ContractTree:
    def below(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(replace(node, title="", children=below(node.children)) for node in nodes)

    return replace(tree, children=below(tree.children))
