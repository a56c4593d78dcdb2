"""The rehearsal: one folder's ballots and contracts through a whole cycle, from the first draft to the printed reports."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ballots.protocol.ballot import Picks
from contracts.terms.tree import tasks
from rehearsal import cycle, voting
from rehearsal.material import Material
from rehearsal.pabulib import BallotFile
from rehearsal.panel import Member, everybody_votes, made_up_ratings, open_booth
from rehearsal.stage import Progress, Stage, some_at_once
from rehearsal.visitor import Unexpected

YEAR = 2026
TRUSTEES = 3
QUESTION = "약속을 가장 잘 지킨 과제를 골라 주십시오"


@dataclass
class Played:
    """What came of a play: the files it is proved with, and what was counted on the way."""

    uuid: str
    board: bytes = field(repr=False)
    ranking: bytes = field(repr=False)
    run: bytes = field(repr=False)
    reports: dict[str, bytes] = field(repr=False)
    cast: int
    sheets_filed: int
    dry_run: dict[str, object] | None
    positions: dict[str, int]
    """Project id → its place in the question."""
    ratings: list[list[int]]
    """How many gave 1 to 5 points, by agency in the order of the questions; empty where nobody was asked."""
    certificate: bytes = field(repr=False)
    times: dict[str, float]


async def play(
    base_url: str,
    material: Material,
    bootstrap: list[tuple[str, str]],
    say: Callable[[str], None],
    *,
    rate: random.Random | None = None,
) -> Played:
    """Play the whole cycle against a running application with an empty database.

    With `rate` the panel rates the agencies too, as it draws.  Raises `Unexpected` as soon as the application answers other than the play expects.
    """
    stage = Stage(base_url, Progress(say))
    try:
        return await _play(stage, material, bootstrap, rate)
    finally:
        await stage.close()


async def _play(
    stage: Stage, material: Material, bootstrap: list[tuple[str, str]], rate: random.Random | None
) -> Played:
    scene = stage.progress.scene
    agencies = [(tree.agency_code, tree.agency) for tree in material.trees]
    async with scene("people come in"):
        await cycle.come_in(stage, bootstrap)
        await cycle.everybody_comes(stage, agencies, evaluators=material.evaluators, trustees=TRUSTEES)
    async with scene("contracts are imported"):
        await cycle.begin(stage, YEAR, f"{YEAR}년 연습 평가주기", material.simulated)
        dry_run = await cycle.show_import(stage, YEAR, *material.uploaded) if material.uploaded else None
        await cycle.take_contracts(stage, YEAR, material.trees)
    async with scene("contracts are signed and published"):
        await cycle.sign_and_publish(stage, YEAR)
        await cycle.publish_rulebook(stage, YEAR)
    async with scene("figures are reported"):
        await cycle.advance(stage, YEAR, "reporting")
        await cycle.report(stage, YEAR, material.trees)
    async with scene("experts score"):
        filed = await cycle.score(stage, YEAR, material.trees, material.marks)
    async with scene("the vote is prepared and opened"):
        members = panel_of(len(material.ballots.ballots))
        vote = vote_of(material.ballots, ratings=rate is not None)
        uuid, keys = await voting.prepare_vote(stage, vote, members)
        positions = positions_of(material)
        await _options_stand_where_expected(stage, uuid, material.ballots, positions)
    async with scene("the panel votes"):
        choices = choices_of(material.ballots, members, positions)
        ratings = made_up_ratings(len(choices), len(agencies), rate) if rate else []
        trackers = await everybody_votes(stage, uuid, choices, ratings)
    async with scene("the vote is closed and counted"):
        await voting.count(stage, uuid, keys)
    async with scene("the result is computed and published"):
        await cycle.make_result(stage, YEAR)
    async with scene("reports are read"):
        return Played(
            uuid=uuid,
            board=(await stage.newcomer().get(f"/board/{uuid}/{uuid}.bel")).content,
            ranking=(await stage.newcomer().get(f"/ranking/{YEAR}/ranking.csv")).content,
            run=(await stage.newcomer().get(f"/ranking/{YEAR}/run.json")).content,
            reports=await _read_reports(stage),
            cast=len(trackers),
            sheets_filed=filed,
            dry_run=dry_run,
            positions=positions,
            ratings=totals_of(ratings),
            certificate=(await stage.newcomer().get(f"/board/{uuid}/certificate.json")).content,
            times=stage.progress.times,
        )


def panel_of(size: int) -> list[Member]:
    """As many panel members as there are ballots; they exist only for the rehearsal."""
    return [
        Member(f"{n:04d}", f"도정평가단 {n}", "", f"panel.{n}@{cycle.DOMAIN}") for n in range(1, size + 1)
    ]


def vote_of(ballots: BallotFile, *, ratings: bool = False) -> voting.Vote:
    """The file's own rules; where nobody may choose nothing, an empty vote is a choice of its own."""
    title = f"연습 투표 ({ballots.name})"[:200]
    return voting.Vote(
        title, QUESTION, ballots.minimum, ballots.maximum, blank=ballots.minimum > 0, ratings=ratings
    )


def totals_of(ratings: Sequence[tuple[Picks, ...]]) -> list[list[int]]:
    """What the count must say of ratings: for every agency how often each of five points was given."""
    return [[of_one.count((point,)) for point in range(5)] for of_one in zip(*ratings, strict=True)]


def positions_of(material: Material) -> dict[str, int]:
    """Where every project stands in the question: contract after contract, task after task."""
    order = [
        (tree.agency_code, task.code) for tree in material.trees for task in tasks(tree) if task.on_ballot
    ]
    place = {key: position for position, key in enumerate(order)}
    return {project: place[key] for project, key in material.task_of.items()}


async def _options_stand_where_expected(
    stage: Stage, uuid: str, ballots: BallotFile, positions: dict[str, int]
) -> None:
    answers = (await open_booth(stage, uuid)).election.questions[0].answers
    for project in ballots.projects:
        if not answers[positions[project.id]].startswith(project.name[:100]):
            raise Unexpected(f"option {positions[project.id]} of the ballot is not project {project.id}")


def choices_of(
    ballots: BallotFile, members: list[Member], positions: dict[str, int]
) -> list[tuple[Member, Picks]]:
    """Every resident's ballot, as positions of the election."""
    of = [positions[project.id] for project in ballots.projects]
    return [
        (member, tuple(sorted(of[pick] for pick in ballot.picks)))
        for member, ballot in zip(members, ballots.ballots, strict=True)
    ]


async def _read_reports(stage: Stage) -> dict[str, bytes]:
    """Every agency head opens their own report and takes the PDF."""
    heads = stage.of("head")

    async def one(agency: str) -> bytes:
        head = stage.of_agency("head", agency)
        await head.browser.get(f"/reports/{YEAR}/{agency}")
        return (await head.browser.get(f"/reports/{YEAR}/{agency}/report.pdf")).content

    codes = [head.agency for head in heads]
    return dict(zip(codes, await some_at_once(codes, one, at_once=2), strict=True))


def write_reports(played: Played, folder: Path) -> list[Path]:
    """Write the reports as files named by agency."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for code, pdf in played.reports.items():
        path = folder / f"{''.join(ch if ch.isalnum() or ch in '-_.' else '_' for ch in code)}.pdf"
        path.write_bytes(pdf)
        paths.append(path)
    return paths
