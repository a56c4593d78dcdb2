"""The demonstration: last year's cycle played to its end, and this year's up to the open vote."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.terms.tree import ContractTree, Kind, Node
from office.i18n import N_
from rehearsal import committee, cycle, proofs
from rehearsal.keys import Key
from rehearsal.material import EVALUATORS, MARKS, PEOPLE, made_up_marks
from rehearsal.panel import Member, everybody_votes, made_up_ratings
from rehearsal.promises import demonstration_contracts
from rehearsal.stage import Progress, Stage

LAST, THIS = 2025, 2026
VOTERS, VOTED, MAXIMUM = 24, 9, 3
STRATA = (("도정평가단", 2), ("정책서포터즈", 1))
"""Name and weight; each half of the panel, so that at least ten people share a weight."""
TRUSTEES = 3
PASSPHRASE = "시연에만 쓰는 암호문장"  # noqa: S105 - printed beside the files, for visitors
"""Of every published key file; a real one is chosen by its owner and stands nowhere."""
OPEN_SHEETS = frozenset({3})
"""평가위원 3 leaves this year's sheets open, so that a visitor can score."""
ROLE_LABELS = {
    "office": N_("성과관리 담당"),
    "officer": N_("기관 담당자"),
    "head": N_("기관장"),
    "evaluator": N_("평가위원"),
    "trustee": N_("개표관리인"),
    "verifier": N_("실적 확인 담당"),
}
PAST_YEARS = 3
LAST_PROMISE = "한 해 전보다 나아지게 하고, 목표를 숫자로 정해 지킵니다."
LAST_RESULT = "지표마다 한 해 동안의 실적을 공개했습니다."
QUESTION = "약속을 가장 잘 지킨 과제를 골라 주십시오"


@dataclass(frozen=True)
class Demonstration:
    """What the filling leaves for the page of sign-ins: people, and the trustees' key files of this year's vote."""

    sign_ins: list[dict[str, str]]
    keys: list[Key]

    def write(self, path: Path) -> None:
        """Keep the sign-ins (they are made up, and the database is a demonstration's) and the key files beside them."""
        entries = [dict(entry) for entry in self.sign_ins]
        for place, key in enumerate(self.keys, start=1):
            name = f"trustee-{place}.key.json"
            (path.parent / name).write_text(key.file(PASSPHRASE), encoding="utf-8")
            owner = next(entry for entry in entries if entry["name"] == key.trustee)
            owner |= {"key_file": name, "key_passphrase": PASSPHRASE}
        path.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")


async def fill(base_url: str, bootstrap: list[tuple[str, str]], say: Callable[[str], None]) -> Demonstration:
    """Play both years against a running application in demonstration mode with an empty database."""
    stage = Stage(base_url, Progress(say))
    try:
        trees = demonstration_contracts()
        async with stage.progress.scene("people come in"):
            await cycle.come_in(stage, bootstrap)
            agencies = [(tree.agency_code, tree.agency) for tree in trees]
            await cycle.everybody_comes(stage, agencies, evaluators=EVALUATORS, trustees=TRUSTEES)
        async with stage.progress.scene(f"the cycle of {LAST}"):
            await _whole_cycle(stage, LAST, trees, random.Random(LAST))  # noqa: S311 - made-up data
        async with stage.progress.scene(f"the cycle of {THIS}, up to the open vote"):
            _, keys = await _until_the_vote(stage, THIS, trees, random.Random(THIS))  # noqa: S311 - made-up data
        return Demonstration(_sign_ins(stage), keys)
    finally:
        await stage.close()


async def _until_the_vote(
    stage: Stage, year: int, trees: tuple[ContractTree, ...], rng: random.Random, *, voted: int = VOTED
) -> tuple[str, list[Key]]:
    marks = made_up_marks(trees, rng)
    contracts = ("성과계약", PEOPLE, MARKS)
    await cycle.begin(stage, year, f"{year}년 도민이 함께 하는 성과평가", contracts)
    await cycle.take_contracts(stage, year, trees)
    await cycle.sign_and_publish(stage, year)
    if year == LAST:
        await committee.appoint(stage, year)
    await cycle.publish_rulebook(stage, year)
    await cycle.advance(stage, year, "reporting")
    await cycle.report(stage, year, trees)
    await proofs.lay_evidence(stage, year, trees)
    open_sheets = OPEN_SHEETS if year == THIS else frozenset[int]()
    await cycle.score(stage, year, trees, marks, leave_open=open_sheets, words=proofs.COMMENTS)
    await proofs.reply(stage, year, trees)
    members = [
        Member(
            f"{n:03d}",
            f"도정평가단 {n}",
            f"010-{year}-{1000 + n}" if n % 2 else "",
            f"panel.{year}.{n}@{cycle.DOMAIN}",
            *STRATA[n % len(STRATA)],
        )
        for n in range(1, VOTERS + 1)
    ]
    vote = cycle.Vote(f"{year}년 도민 투표", QUESTION, 1, MAXIMUM, blank=True, ratings=True)
    uuid, keys = await cycle.prepare_vote(stage, vote, members)
    options = sum(task.on_ballot for tree in trees for task in _tasks(tree))
    liked = [rng.random() for _ in range(options)]
    choices = [
        (
            member,
            tuple(
                sorted(
                    sorted(range(options), key=lambda o: liked[o] + 2 * rng.random())[
                        : rng.randint(1, MAXIMUM)
                    ]
                )
            ),
        )
        for member in members[-voted:]
    ]
    await everybody_votes(stage, uuid, choices, made_up_ratings(len(choices), len(trees), rng))
    return uuid, keys


async def _whole_cycle(stage: Stage, year: int, trees: tuple[ContractTree, ...], rng: random.Random) -> None:
    uuid, keys = await _until_the_vote(stage, year, a_year_before(trees), rng, voted=VOTERS - 3)
    await cycle.count(stage, uuid, keys)
    await cycle.make_result(stage, year)
    await proofs.release_comments(stage, year, trees)


def _tasks(tree: ContractTree) -> list[Node]:
    return [node for top in tree.children for node in (top, *top.children) if node.kind is Kind.TASK]


def a_year_before(trees: tuple[ContractTree, ...]) -> tuple[ContractTree, ...]:
    """The same tasks a year earlier: what this year's contracts name as last year's value is what was reported then."""

    def back(node: Node) -> Node:
        children = tuple(back(child) for child in node.children)
        changed = replace(node, children=children)
        if node.kind is Kind.TASK:
            return replace(changed, promise=LAST_PROMISE, result=LAST_RESULT)
        measure = node.measure
        if measure is None or len(measure.history) < PAST_YEARS:
            return changed
        (first, a), (_, b), (last, c) = measure.history
        earlier = ((first - 1, a - (b - a)), *measure.history[:-1])
        # Every other target was reached to the point, the others were a fifth of the way too high.
        target = c if sum(map(ord, node.code)) % 2 else c + (c - b) / 5
        measure = replace(measure, history=earlier, baseline=b, target=target, actual=c)
        assert last == LAST  # noqa: S101 - the demonstration's own figures
        return replace(changed, measure=measure)

    return tuple(replace(tree, children=tuple(back(child) for child in tree.children)) for tree in trees)


def _sign_ins(stage: Stage) -> list[dict[str, str]]:
    order = list(ROLE_LABELS)
    return [
        {
            "role": actor.role,
            "role_label": ROLE_LABELS[actor.role],
            "name": actor.name,
            "agency": actor.agency,
            "email": actor.email,
            "password": actor.password,
            "secret": actor.secret,
        }
        for actor in sorted(stage.actors, key=lambda actor: order.index(actor.role))
    ]
