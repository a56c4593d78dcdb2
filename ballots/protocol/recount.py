"""The verifier's own count: from the ballots on the board to the announced totals."""

from __future__ import annotations

from collections.abc import Sequence

from gmpy2 import mpz, powmod

from ballots.protocol.board import Board, PostedDecryption
from ballots.protocol.election import ElectionContext
from ballots.protocol.group import G, P
from ballots.protocol.records import Ballot
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.tally import Tally, opened, read_result, tally_of
from ballots.protocol.trustees import Trustees, check_partial_decryption
from ballots.protocol.verdict import Report
from office.i18n import N_


def check_count(
    board: Board,
    context: ElectionContext,
    trustees: Trustees,
    last: dict[str, Ballot] | None,
    report: Report,
) -> None:
    """Check every step from the close to the result that is on the board, and name those that are not.

    `last`: the ballots that count, by credential; None when a ballot is wrong, and nothing can be counted.
    """
    if not board.ended:
        report.pending(N_("아직 투표가 끝나지 않았습니다."))
    if board.tally is None:
        report.pending(N_("아직 암호화된 합계가 없습니다."))
    if not trustees.enough({share.owner for share in board.decryptions}):
        report.pending(N_("아직 개표에 필요한 만큼의 개표관리인이 부분 개표를 하지 않았습니다."))
    if board.result is None:
        report.pending(N_("아직 개표 결과가 없습니다."))
    if board.tally is None:
        return
    if last is None:
        report.check("tally", False, N_("암호화된 합계: 잘못된 투표지가 있어 다시 셀 수 없습니다."))
        return
    tally = tally_of(context, last)
    if not _check_tally(board, tally, report):
        return
    shares = _check_decryptions(board, context, trustees, tally, report)
    if board.result is not None and shares is not None:
        _check_result(board.result, tally, trustees, shares, report)


def _check_tally(board: Board, tally: Tally, report: Report) -> bool:
    """The recorded tally and its counts must be the very bytes of ours; the reference does not compare them."""
    finding: Invalid | None = None
    if board.tally != tally.raw:
        finding = Invalid(Reason.TALLY, what=N_("합계가 다릅니다"))
    elif board.sized != tally.sized:
        finding = Invalid(Reason.TALLY, what=N_("투표지 수나 가중치 합이 다릅니다"))
    if finding is not None:
        report.check("tally", False, N_("암호화된 합계: 투표지에서 다시 구한 것과 다릅니다."))
        report.problem(finding)
        return False
    report.check(
        "tally",
        True,
        N_("암호화된 합계: 투표지 {count}장(가중치 합 {weight})에서 다시 구한 것과 같습니다."),
        count=tally.num_tallied,
        weight=tally.total_weight,
    )
    return True


def _check_decryptions(
    board: Board, context: ElectionContext, trustees: Trustees, tally: Tally, report: Report
) -> Sequence[PostedDecryption] | None:
    """The trustees' shares, each against its own key; None when one is wrong."""
    wrong = 0
    for share in board.decryptions:
        try:
            if share.owner > len(trustees.owners):
                raise Invalid(Reason.DECRYPTION, what=N_("그런 번호의 개표관리인이 없습니다"))
            key = trustees.owners[share.owner - 1].public_key
            check_partial_decryption(context.fingerprint, tally.raw, key, share.raw)
        except Invalid as finding:
            wrong += 1
            report.problem(finding, height=share.height)
    if board.decryptions:
        report.check(
            "decryptions",
            not wrong,
            N_(
                "부분 개표: 개표관리인 {owners}명 가운데 {count}명의 몫이 각자의 열쇠로 바르게 계산되었습니다."
            ),
            owners=len(trustees.owners),
            count=len(board.decryptions) - wrong,
        )
    return None if wrong else board.decryptions


def _check_result(
    raw: bytes, tally: Tally, trustees: Trustees, shares: Sequence[PostedDecryption], report: Report
) -> None:
    try:
        totals = read_result(raw)
        values = opened(tally.raw, trustees, {share.owner: share.raw for share in shares})
        if [len(row) for row in totals] != [len(row) for row in values]:
            raise Invalid(Reason.RESULT, what=N_("합계의 수가 문항과 맞지 않습니다"))
        for row, opened_row in zip(totals, values, strict=True):
            for total, value in zip(row, opened_row, strict=True):
                if not 0 <= total <= tally.total_weight or powmod(G, mpz(total), P) != value:
                    raise Invalid(Reason.RESULT, what=N_("풀린 합계와 다른 수가 있습니다"))
    except Invalid as finding:
        report.check("result", False, N_("개표 결과: 부분 개표를 합친 것과 다릅니다."))
        report.problem(finding)
        return
    report.check(
        "result",
        True,
        N_("개표 결과: 합계 {count}개가 부분 개표를 합친 것과 모두 같습니다."),
        count=sum(map(len, totals)),
    )
    report.note(result=tuple(map(tuple, totals)))
