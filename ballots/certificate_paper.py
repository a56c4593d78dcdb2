"""The certificate of reconciliation on paper (PDF/UA-1), in Korean as every official paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ballots.pictures import roll_bar
from ballots.reconciliation import Certificate, Equation, Origin
from office.charts import Size
from office.decimals import shown
from office.paper import compile_pdf, in_korean, moment

TEMPLATE = Path(__file__).with_name("certificate.typ")
NOT_SIGNED = "아직 서명하지 않음"


def certificate_paper(
    certificate: Certificate,
    *,
    sha256: str,
    after: Sequence[Equation],
    equations: Sequence[Equation],
    margin: int | None,
    signatures: Sequence[tuple[str, datetime]],
    address: str,
) -> bytes:
    """The paper; `signatures` are names and times, `address` is where the record stands."""
    with in_korean():
        facts = _facts(certificate, sha256, equations, after, margin, signatures, address)
        return compile_pdf(TEMPLATE, facts)


def _facts(
    certificate: Certificate,
    sha256: str,
    equations: Sequence[Equation],
    after: Sequence[Equation],
    margin: int | None,
    signatures: Sequence[tuple[str, datetime]],
    address: str,
) -> dict[str, object]:
    roll, ballots = certificate.roll, certificate.ballots
    wrong = [equation for equation in (*equations, *after) if not equation.holds]
    people = f"투표 {shown(roll.voted)}명, 투표하지 않음 {shown(roll.not_voted)}명, 무효 처리 {shown(roll.voided)}명"
    numbers = [
        *((_place(origin), f"{shown(origin.voters)}명") for origin in certificate.origins),
        ("접수한 투표지", f"{shown(ballots.accepted)}장"),
        ("다시 투표해 바뀐 투표지", f"{shown(ballots.replaced)}장"),
        ("확인하려고 열어 본 투표지(표로 세지 않음)", f"{shown(ballots.opened)}장"),
        ("투표를 연 뒤 바뀐 명부", f"{shown(roll.changes)}건"),
        ("전해지지 않은 문자와 전자우편", f"{shown(certificate.messages.undelivered)}건"),
        ("투표 링크를 받지 못한 사람", f"{shown(certificate.messages.without_link)}명"),
    ]
    if margin is not None:
        numbers.append(("가장 많은 과제와 다음 과제의 차이", f"{shown(margin)}표"))
    signed = dict(signatures)
    names = [*signed, *(name for name in certificate.officers if name not in signed)]
    closed = moment(datetime.fromisoformat(certificate.closed_at))
    return {
        "title": "투표 확인서",
        "over": f"{certificate.election.title} · {closed} 마감",
        "foot": f"기록의 지문 {sha256[:32]}…",
        "lead": f"'{certificate.election.title}' 투표를 {closed}에 마감하면서 사람과 투표지의 수를 견준 기록입니다.",
        "verdict": _verdict(certificate, wrong),
        "sentence": f"명부의 {shown(roll.listed)}명은 {people}입니다. "
        f"투표지 {shown(ballots.on_board)}장이 공개 게시판에 있습니다.",
        "figure": roll_bar(roll.voted, roll.not_voted, roll.voided, size=Size.PAPER).decode(),
        "figure_alt": f"명부 {shown(roll.listed)}명을 한 줄로 나타낸 막대. {people}.",
        "equations": [_row(equation) for equation in equations],
        "after": [_row(equation) for equation in after],
        "numbers": [{"name": name, "value": value} for name, value in numbers],
        "signatures": [
            {"name": name, "at": moment(signed[name]) if name in signed else NOT_SIGNED} for name in names
        ],
        "hashes": [
            {"label": "확인서 기록의 지문(SHA-256)", "value": sha256},
            {"label": "마감할 때 게시판의 마지막 기록", "value": certificate.board.head},
            {"label": "투표 설정의 지문", "value": certificate.election.fingerprint},
        ],
        "address": address,
    }


def _verdict(certificate: Certificate, wrong: Sequence[Equation]) -> str:
    if wrong:
        return f"맞지 않는 것이 {len(wrong)}가지 있습니다"
    return (
        "수가 모두 맞습니다" if certificate.roll.unchanged else "수는 맞지만 명부가 투표를 열 때와 다릅니다"
    )


def _row(equation: Equation) -> dict[str, object]:
    return {"name": equation.name, "sides": equation.sides, "holds": equation.holds}


def _place(origin: Origin) -> str:
    if origin.kind == "link":
        return "개인 링크로 투표한 사람"
    if origin.kind == "booth":
        return f"현장 기표소에서 투표한 사람: {origin.place}"
    return "현장 기표소에서 투표한 사람(10명보다 적은 곳을 합침)"
