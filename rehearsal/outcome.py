"""What a rehearsal leaves behind: reports, ranking, board, verdicts, a summary for programs and one for people."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ballots import reconciliation
from ballots.protocol.board import read_board
from ballots.protocol.tally import read_result
from ballots.protocol.verdict import Verdict
from ballots.protocol.verifier import verify
from contracts.files.importing import RowProblem
from office.i18n import N_, translate
from rehearsal.material import Material
from rehearsal.play import Played, write_reports
from reports.recomputation import result_of

INDEPENDENT = "belenios-tool"


@dataclass(frozen=True)
class Outcome:
    """The summary as a program reads it, and whether everything is well."""

    summary: dict[str, Any]

    @property
    def well(self) -> bool:
        """Whether every verdict is positive; an independent tool that is not installed has none."""
        verdicts = self.summary["verdicts"]
        return all(verdict is not False for verdict in verdicts.values())


def write_outcome(material: Material, played: Played, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Write everything into the folder and check the vote with our verifier and, where installed, with an independent one."""
    folder.mkdir(parents=True, exist_ok=True)
    write_reports(played, folder / "reports")
    (folder / "ranking.csv").write_bytes(played.ranking)
    (folder / "run.json").write_bytes(played.run)
    board = folder / f"{played.uuid}.bel"
    board.write_bytes(played.board)
    times = dict(played.times)

    begun = time.perf_counter()
    say("our verifier reads the board …")
    verdict = verify(played.board)
    times["our verifier"] = time.perf_counter() - begun
    begun = time.perf_counter()
    independent = independent_verdict(folder, say)
    if independent is not None:
        times["the independent verifier"] = time.perf_counter() - begun

    (folder / "certificate.json").write_bytes(played.certificate)
    counts, *rated = read_result(read_board(played.board).result or b"")
    blank = counts.pop(0) if material.ballots.minimum > 0 else 0
    votes = {project: counts[position] for project, position in played.positions.items()}
    expected = {project.id: 0 for project in material.ballots.projects}
    for ballot in material.ballots.ballots:
        for pick in ballot.picks:
            expected[material.ballots.projects[pick].id] += 1
    run = result_of(played.run)
    in_run = {
        (option.agency_code, option.task_code): option.votes for a in run.agencies for option in a.options
    }
    summary: dict[str, Any] = {
        "simulated": [translate(name) for name in material.simulated],
        "election": {"uuid": played.uuid, "fingerprint": verdict.fingerprint, "board": board.name},
        "votes": votes,
        "blank": blank,
        "ballots": {
            "read": material.ballots.read,
            "refused": material.ballots.refused,
            "cast": played.cast,
            "minimum": material.ballots.minimum,
            "maximum": material.ballots.maximum,
        },
        "contracts": _contracts(material, played),
        "agencies": [
            {
                "code": agency.code,
                "name": agency.name,
                "rank": agency.rank,
                "total": None if agency.total is None else str(agency.total),
                "met": agency.met,
                "missed": agency.missed,
                "doubted": agency.apart,
                "without_verdict": agency.without_verdict,
            }
            for agency in run.agencies
        ],
        "verdicts": {
            "votes_equal_the_file": votes == expected,
            "run_holds_the_same_votes": all(in_run[material.task_of[p]] == n for p, n in votes.items()),
            "yaksok_verify": verdict.ok and verdict.result is not None,
            "belenios_tool": independent,
            "certificate_holds": _reconciled(played, material, verdict, blank, list(votes.values())),
            **({"ratings_equal_what_was_cast": rated == played.ratings} if played.ratings else {}),
        },
        "times_in_seconds": {name: float(f"{seconds:.2f}") for name, seconds in times.items()},
        "total_seconds": float(f"{sum(times.values()):.2f}"),
    }
    (folder / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    (folder / "summary.txt").write_text(for_people(summary), encoding="utf-8")
    return Outcome(summary)


def _reconciled(played: Played, material: Material, verdict: Verdict, blank: int, votes: list[int]) -> bool:
    """Whether people, ballots and votes fit, at the close and after the count."""
    certificate = reconciliation.decode(played.certificate)
    opened = reconciliation.Opened(
        voters=verdict.voters,
        weight=verdict.total_weight,
        blank=blank,
        votes=tuple(votes),
        ratings=tuple((str(place), sum(totals)) for place, totals in enumerate(played.ratings)),
        min_picks=material.ballots.minimum,
        max_picks=material.ballots.maximum,
    )
    found = (*reconciliation.equations(certificate), *reconciliation.equations_after(certificate, opened))
    return certificate.roll.unchanged and all(equation.holds for equation in found)


def independent_verdict(folder: Path, say: Callable[[str], None]) -> bool | None:
    """What the independent program says of the folder's one board; None where it is not installed."""
    tool = shutil.which(INDEPENDENT)
    if tool is None:
        say(f"{INDEPENDENT} is not installed; the independent check is left out")
        return None
    say(f"{INDEPENDENT} reads the board (it takes about 4 ms for every option of every ballot) …")
    done = subprocess.run(  # noqa: S603 - a fixed program on our own folder
        [tool, "election", "verify", "--dir", str(folder)], capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and "all checks passed" in done.stderr + done.stdout


def _contracts(material: Material, played: Played) -> dict[str, Any]:
    parsed = material.parsed
    refused: list[RowProblem] = list(parsed.problems) if parsed else []
    return {
        "file": material.uploaded[0] if material.uploaded else None,
        "taken": len(material.trees),
        "rows_read": parsed.rows_read if parsed else 0,
        "refused_rows": [{"row": p.row, "column": p.column, "why": p.said()} for p in refused],
        "refused_in_the_dry_run": len(_listed(played.dry_run)),
        "score_sheets_filed": played.sheets_filed,
    }


def _listed(dry_run: dict[str, object] | None) -> list[Any]:
    problems = dry_run["problems"] if dry_run else []
    return problems if isinstance(problems, list) else []


def for_people(summary: dict[str, Any]) -> str:
    """One page in plain words."""
    said = {
        True: translate(N_("예")),
        False: translate(N_("아니오")),
        None: translate(N_("설치되어 있지 않아 하지 않음")),
    }
    ballots, contracts, verdicts = summary["ballots"], summary["contracts"], summary["verdicts"]
    refused = sum(ballots["refused"].values())
    lines = [
        translate(N_("약속 연습 결과")),
        "",
        translate(N_("지어낸 자료: {names}"), names=", ".join(summary["simulated"]) or "-"),
        translate(
            N_("투표지 {read}장을 읽어 {refused}장을 거르고 {cast}장을 투표했습니다."),
            read=ballots["read"],
            refused=refused,
            cast=ballots["cast"],
        ),
        *(f"  - {reason}: {count}" for reason, count in ballots["refused"].items()),
        translate(
            N_("계약 {taken}건을 공개했습니다. 가져오기에서 거른 줄은 {refused}개입니다."),
            taken=contracts["taken"],
            refused=len({problem["row"] for problem in contracts["refused_rows"]}),
        ),
        "",
        translate(N_("확인한 것")),
        f"  {translate(N_('개표 결과가 파일의 투표지와 같음'))}: {said[verdicts['votes_equal_the_file']]}",
        f"  {translate(N_('순위에 쓴 표가 개표 결과와 같음'))}: {said[verdicts['run_holds_the_same_votes']]}",
        f"  {translate(N_('우리 검증 프로그램'))}: {said[verdicts['yaksok_verify']]}",
        f"  {translate(N_('독립 검증 프로그램 belenios-tool'))}: {said[verdicts['belenios_tool']]}",
        f"  {translate(N_('사람과 투표지의 수가 서로 맞음'))}: {said[verdicts['certificate_holds']]}",
        *(
            [
                f"  {translate(N_('기관별 평가의 합계가 낸 것과 같음'))}: "
                f"{said[verdicts['ratings_equal_what_was_cast']]}"
            ]
            if "ratings_equal_what_was_cast" in verdicts
            else []
        ),
        "",
        translate(N_("순위")),
        *(
            f"  {agency['rank'] or '-':>3}  {agency['name']}  {agency['total'] or '-'}"
            for agency in summary["agencies"]
        ),
        "",
        translate(N_("걸린 시간(초)")),
        *(f"  {seconds:>8.1f}  {name}" for name, seconds in summary["times_in_seconds"].items()),
        f"  {summary['total_seconds']:>8.1f}  {translate(N_('합계'))}",
        "",
    ]
    return "\n".join(lines)
