"""What a voter is sent while casting: the one-time code, and word that a ballot came in."""

from ballots.model import Election, RollEntry
from office.carriers import Letter
from office.i18n import N_, translate

CODE_LETTER, RECORDED_LETTER = "one-time code", "recorded"
"""What these messages are for, as the outbox knows them."""


def code_letter(election: Election, entry: RollEntry, code: str) -> Letter:
    """The code for one ballot."""
    text = translate(
        N_("[약속] {title} 인증번호 {code}\n5분 안에 입력해 주십시오. 다른 사람에게 알려 주지 마십시오."),
        title=election.title,
        code=code,
    )
    return _to(entry, CODE_LETTER, translate(N_("[약속] 투표 인증번호")), text)


def recorded_letter(election: Election, entry: RollEntry) -> Letter:
    """What a thief of link and phone cannot keep from the voter; it says nothing of the ballot, not even its tracker."""
    text = translate(
        N_("[약속] {title} 투표가 접수되었습니다.\n투표하지 않으셨다면 담당 부서에 바로 알려 주십시오."),
        title=election.title,
    )
    return _to(entry, RECORDED_LETTER, translate(N_("[약속] 투표가 접수되었습니다")), text)


def _to(entry: RollEntry, purpose: str, subject: str, text: str) -> Letter:
    """A letter to somebody on the roll, by the way on which codes reach them."""
    return Letter(
        channel="sms" if entry.phone else "mail",
        recipient=entry.phone or entry.mail,
        purpose=purpose,
        subject=subject,
        text=text,
    )
