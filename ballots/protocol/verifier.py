"""Our own verifier of a board file, stricter than the reference.

Beyond it: the recorded tally and its counts are compared; the order of steps is enforced; ballots must be canonical in
every byte and unlike each other; the credential list is always read; results are plain numbers within the total weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from ballots.protocol.ballot import tracker
from ballots.protocol.board import Board, PostedBallot, read_board
from ballots.protocol.credentials import read_credentials
from ballots.protocol.election import ElectionContext
from ballots.protocol.records import Ballot, decode
from ballots.protocol.recount import check_count
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.trustees import Trustees, read_trustees
from ballots.protocol.verdict import Report, Verdict
from ballots.protocol.workers import (
    Mapper,
    check_ballots_in_worker,
    check_members_in_worker,
    checking_pool,
    cores,
    opened_election,
)
from office.i18n import N_

Progress = Callable[[int, int], None]

_FEW = 20
"""Up to so many ballots a pool takes longer to start than to help."""
_CHUNK = 30
"""Encrypted choices in a chunk, 50 ms of work: small, so that no process is left waiting for another's last one."""
_LISTED = 25

_FORM = N_("투표지의 형식과 문항: {count}장 모두 이 투표의 것이고 정해진 형식과 한 글자도 다르지 않습니다.")
_SIGNATURES = N_("투표지의 서명: {count}장 모두 명부의 자격키로 서명되었습니다.")
_PROOFS = N_("투표지의 증명: {count}장 모두 규칙에 맞는 선택이 암호화되었음이 증명되었습니다.")
_BALLOT_CHECKS: tuple[tuple[str, str, frozenset[Reason]], ...] = (
    ("signatures", _SIGNATURES, frozenset({Reason.BAD_SIGNATURE, Reason.UNKNOWN_CREDENTIAL})),
    ("proofs", _PROOFS, frozenset({Reason.BAD_PROOF, Reason.NOT_IN_GROUP})),
)


def verify(
    raw: bytes,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    pool: Mapper | None = None,
) -> Verdict:
    """Check a board file as far as it goes; a wrong board gives a verdict, never an exception.

    `jobs`: processes for the proofs, all cores by default, one means none but this; `progress(done, ballots)`;
    `pool`: one from `checking_pool`, to keep it between boards, or a cluster.
    """
    report = Report()
    try:
        board = read_board(raw)
    except Invalid as finding:
        report.check("archive", False, N_("파일과 사슬: 끝까지 읽지 못했습니다."))
        report.problem(finding)
        return report.verdict
    report.check(
        "archive",
        True,
        N_("파일과 사슬: 사건 {count}개가 순서대로 이어지고 모든 바이트가 제자리에 있습니다."),
        count=board.head.height,
    )
    with ExitStack() as stack:
        jobs = jobs or cores()
        if pool is None and jobs > 1 and len(board.ballots) > _FEW:
            pool = stack.enter_context(checking_pool(jobs))
        opened_setup = _check_setup(board, report, pool)
        if opened_setup is None:
            return report.verdict
        context, trustees = opened_setup
        last = _check_ballots(board, context, report, pool, progress)
    check_count(board, context, trustees, last, report)
    return report.verdict


def _check_setup(
    board: Board, report: Report, pool: Mapper | None
) -> tuple[ElectionContext, Trustees] | None:
    try:
        context = opened_election(board.election)
        election = context.election
        report.note(name=election.name, uuid=election.uuid, fingerprint=context.fingerprint)
        trustees = read_trustees(board.trustees)
        if trustees.public_key != election.public_key:
            raise Invalid(Reason.TRUSTEES, what=N_("투표의 공개키가 개표관리인 열쇠들의 곱과 다릅니다"))
        report.check(
            "setup",
            True,
            N_(
                "투표 설정: 공개키가 개표관리인 {count}명의 열쇠로 만들어졌고 각자 열쇠를 가졌음을 증명했습니다. "
                "{needed}명이 모여야 열립니다."
            ),
            count=len(trustees.owners),
            needed=trustees.needed,
        )
    except Invalid as finding:
        report.check("setup", False, N_("투표 설정: 올바르지 않습니다."))
        report.problem(finding, height=0)
        return None
    try:
        weights = read_credentials(board.credentials)
        listed = list(weights)
        parts = [listed[i : i + _LISTED] for i in range(0, len(listed), _LISTED)]
        if not all(pool.map(check_members_in_worker, parts) if pool else map(check_members_in_worker, parts)):
            raise Invalid(Reason.CREDENTIAL_LIST, what=N_("정해진 군에 속하지 않는 자격키가 있습니다"))
    except Invalid as finding:
        report.check("credentials", False, N_("공개 자격키 목록: 올바르지 않습니다."))
        report.problem(finding, height=0)
        return None
    report.note(credentials=len(weights))
    report.check(
        "credentials",
        True,
        N_("공개 자격키 목록: {count}개가 서로 다르고 형식에 맞습니다."),
        count=len(weights),
    )
    return replace(context, weights=weights), trustees


def _check_ballots(
    board: Board,
    context: ElectionContext,
    report: Report,
    pool: Mapper | None,
    progress: Progress | None,
) -> dict[str, Ballot] | None:
    """The ballots that count, by credential; None when any ballot is wrong."""
    findings: Counter[Reason] = Counter()
    last: dict[str, Ballot] = {}
    seen: set[str] = set()
    total = len(board.ballots)
    for done, (posted, finding) in enumerate(_checked(board, context, pool), start=1):
        found = finding
        if found is None:
            ballot = decode(posted.raw, Ballot)
            if ballot.credential not in context.weights:
                found = Invalid(Reason.UNKNOWN_CREDENTIAL)
            last[ballot.credential] = ballot
        if posted.digest in seen:
            found = Invalid(Reason.REPEATED_BALLOT)
        seen.add(posted.digest)
        if found is not None:
            findings[found.reason] += 1
            report.problem(found, height=posted.height)
        if progress is not None:
            progress(done, total)

    wrong = findings.total()
    repeated = findings.pop(Reason.REPEATED_BALLOT, 0)
    later = frozenset[Reason]().union(*(reasons for _, _, reasons in _BALLOT_CHECKS))
    left = total - sum(findings[reason] for reason in findings if reason not in later)
    report.check("ballots", left == total, _FORM, count=left)
    for name, sentence, reasons in _BALLOT_CHECKS:
        failed = sum(findings[reason] for reason in reasons)
        left -= failed
        report.check(name, not failed, sentence, count=left)
    report.check(
        "repeats",
        not repeated,
        N_("겹친 투표지: 같은 투표지가 두 번 올라온 일이 {count}건입니다."),
        count=repeated,
    )
    report.check(
        "voters",
        True,
        N_(
            "다시 한 투표: 투표자 {voters}명의 마지막 투표지만 셉니다. 앞선 투표지 {replaced}장은 세지 않습니다."
        ),
        voters=len(last),
        replaced=total - wrong - len(last) if not wrong else 0,
    )
    report.note(
        ballots=total,
        voters=len(last),
        total_weight=sum(context.weights.get(credential, 0) for credential in last),
        trackers=tuple(tracker(posted.raw) for posted in board.ballots),
    )
    return None if wrong else last


def _checked(
    board: Board, context: ElectionContext, pool: Mapper | None
) -> Iterator[tuple[PostedBallot, Invalid | None]]:
    """Every ballot with what is wrong with it, in the board's order."""
    size = max(1, _CHUNK // sum(question.width for question in context.election.questions))
    chunks: Sequence[Sequence[PostedBallot]] = [
        board.ballots[i : i + size] for i in range(0, len(board.ballots), size)
    ]
    raws = [[posted.raw for posted in chunk] for chunk in chunks]
    elections = [board.election] * len(chunks)
    mapped = pool.map if pool else map
    for chunk, findings in zip(chunks, mapped(check_ballots_in_worker, elections, raws), strict=True):
        yield from zip(chunk, findings, strict=True)
