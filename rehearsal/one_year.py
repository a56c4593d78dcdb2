"""One year of the demonstration, part by part, as every role: contracts, figures, marks, vote, result."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.terms.tree import ContractTree, tasks
from rehearsal import (
    amending,
    blind_rating,
    calibrating,
    checking,
    committee,
    cycle,
    experts,
    fairness,
    heads,
    proofs,
    story,
    voting,
)
from rehearsal.keys import Key
from rehearsal.material import EVALUATORS, MARKS, PEOPLE, made_up_marks
from rehearsal.panel import Member, everybody_votes, made_up_ratings
from rehearsal.stage import Stage
from rehearsal.years import LAST, THIS, in_the_middle, today

VOTERS, VOTED, MAXIMUM = 24, 9, 3
STRATA = (("도정평가단", 2), ("정책서포터즈", 1))
"""Name and weight; each half of the panel, so that at least ten people share a weight."""
TRUSTEES = 3
OPEN_SHEETS = frozenset({3})
"""평가위원 3 leaves this year's sheets open, so that a visitor can score."""
QUESTION = "약속을 가장 잘 지킨 과제를 골라 주십시오"
PLANNED = {
    LAST: {"final": 14},
    THIS: {"voting": 4, "tallied": 11, "provisional": 18, "final": 32},
}
"""Days from today; what is played through in a minute has no planned days, it would all be late."""


@dataclass(frozen=True)
class OneYear:
    """A year being played: `trees` with the figures that will be reported, `rng` for what is made up."""

    stage: Stage
    year: int
    trees: tuple[ContractTree, ...]
    rng: random.Random

    async def contracts(self) -> None:
        """Begun, imported, rated for difficulty, signed and published; the committee and the rulebook stand."""
        stage, year = self.stage, self.year
        simulated = ("성과계약", PEOPLE, MARKS)
        await cycle.begin(stage, year, f"{year}년 도민이 함께 하는 성과평가", simulated)
        await cycle.plan(stage, year, {name: today() + timedelta(n) for name, n in PLANNED[year].items()})
        if year == LAST:
            await committee.appoint(stage, year)
        await cycle.take_contracts(stage, year, self.trees)
        await heads.promise(stage, year)
        # What an officer adds has to be reviewed: the office takes the same file again.
        await cycle.take_contracts(stage, year, self.trees)
        if year == THIS:
            stage.progress.say("  the difficulty is rated blind")
            await blind_rating.open_rounds(stage, year, [f"{year}-{tree.agency_code}" for tree in self.trees])
            await blind_rating.release(stage, year, await blind_rating.rate(stage, self.rng))
        await cycle.sign_and_publish(stage, year)
        await cycle.publish_rulebook(stage, year)

    async def figures(self) -> None:
        """Reported in the middle and at the end of the year, with evidence, and checked."""
        stage, year = self.stage, self.year
        stage.progress.say("  figures are reported and checked")
        await cycle.advance(stage, year, "reporting")
        await cycle.report(stage, year, in_the_middle(self.trees))
        await cycle.look_at_midyear(stage, year, min(date(year, 6, 30), today()))
        await heads.report(stage, year)
        doubts = story.DOUBTS if year == THIS else ()
        await cycle.report(stage, year, checking.mistaken(self.trees, doubts))
        kinds = (proofs.TABLE, proofs.PAPER, proofs.PICTURE) if year == THIS else (proofs.TABLE,)
        await proofs.lay_evidence(stage, year, self.trees, kinds)
        await checking.check(stage, year, self.trees, doubts)

    async def marks(self) -> None:
        """The evaluators calibrate, are kept from what they may not judge, and mark."""
        stage, year = self.stage, self.year
        marks = made_up_marks(self.trees, self.rng) | heads.marks()
        await experts.assign(stage, year, self.trees, marks, EVALUATORS)
        if year == THIS:
            stage.progress.say("  the evaluators calibrate, and who must not judge is kept away")
            await fairness.declare(stage, story.TIE)
            await fairness.challenge(stage, year, story.CHALLENGES)
            await amending.decline(stage, year, story.DECLINED, story.WHY_DECLINED)
            chosen = [f"{LAST}-{agency}" for agency in story.CALIBRATED]
            await calibrating.calibrate(stage, year, chosen, marks, story.CALIBRATION_NOTES)
            await amending.approve(stage, year, story.APPROVED)
        await cycle.advance(stage, year, "scoring")
        await proofs.reply(stage, year, story.REPLIES if year == THIS else story.LAST_REPLIES)
        stage.progress.say("  the evaluators mark")
        now = year == THIS
        await experts.score(
            stage,
            year,
            marks,
            leave_open=OPEN_SHEETS if now else frozenset(),
            recused=story.RECUSED if now else {},
            words=story.COMMENTS,
        )

    async def vote(self, voted: int) -> tuple[str, list[Key]]:
        """Prepared and opened; the last `voted` of the panel vote.  Returns its identifier and the trustees' keys."""
        stage, year = self.stage, self.year
        members = self._panel()
        vote = voting.Vote(f"{year}년 도민 투표", QUESTION, 1, MAXIMUM, blank=True, ratings=True)
        uuid, keys = await voting.prepare_vote(stage, vote, members)
        options = sum(task.on_ballot for tree in self.trees for task in tasks(tree))
        liked = [self.rng.random() for _ in range(options)]
        choices = [(member, self._picks(liked)) for member in members[-voted:]]
        ratings = made_up_ratings(len(choices), len(self.trees), self.rng)
        await everybody_votes(stage, uuid, choices, ratings)
        return uuid, keys

    def _panel(self) -> list[Member]:
        return [
            Member(
                f"{n:03d}",
                f"도정평가단 {n}",
                f"010-{self.year}-{1000 + n}" if n % 2 else "",
                f"panel.{self.year}.{n}@{cycle.DOMAIN}",
                *STRATA[n % len(STRATA)],
            )
            for n in range(1, VOTERS + 1)
        ]

    def _picks(self, liked: list[float]) -> tuple[int, ...]:
        """One to three options, the liked ones more often."""
        order = sorted(range(len(liked)), key=lambda option: liked[option] + 2 * self.rng.random())
        return tuple(sorted(order[: self.rng.randint(1, MAXIMUM)]))

    async def result(self) -> None:
        """The run is made and published; the experts' comments are let out and answered."""
        await cycle.make_result(self.stage, self.year)
        released = [tree.agency_code for tree in self.trees[:2]]
        await proofs.release_comments(self.stage, self.year, released)
        await proofs.reply(self.stage, self.year, {released[0]: story.ANSWER}, "reply/comments")
