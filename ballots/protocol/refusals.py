"""Why the protocol refuses something: one error, with a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from office.errors import Refused
from office.i18n import N_, translate


class Reason(StrEnum):
    """What was found wrong."""

    TOO_LARGE = "too-large"
    NOT_CANONICAL = "not-canonical"
    WRONG_ELECTION = "wrong-election"
    WRONG_SHAPE = "wrong-shape"
    UNKNOWN_CREDENTIAL = "unknown-credential"
    BAD_SIGNATURE = "bad-signature"
    BAD_PROOF = "bad-proof"
    NOT_IN_GROUP = "not-in-group"
    OUT_OF_RANGE = "out-of-range"
    PICKS = "picks"
    CREDENTIAL_FORM = "credential-form"
    CREDENTIAL_CHECK = "credential-check"
    CREDENTIAL_LIST = "credential-list"
    ELECTION_RECORD = "election-record"
    TRUSTEES = "trustees"
    TRUSTEE_PROOF = "trustee-proof"
    SEED_FORM = "seed-form"
    SEED_CHECK = "seed-check"
    CEREMONY = "ceremony"
    WRONG_SHARE = "wrong-share"
    OPENING_FORM = "opening-form"
    OPENING_DIFFERS = "opening-differs"
    DECRYPTION = "decryption"
    TALLY = "tally"
    RESULT = "result"
    BOARD_FORM = "board-form"
    BOARD_CHAIN = "board-chain"
    BOARD_ORDER = "board-order"
    REPEATED_BALLOT = "repeated-ballot"


SENTENCES: dict[Reason, str] = {
    Reason.TOO_LARGE: N_("투표지가 이 투표에서 가능한 크기보다 큽니다."),
    Reason.NOT_CANONICAL: N_("기록이 정해진 형식과 한 글자라도 다릅니다: {what}"),
    Reason.WRONG_ELECTION: N_("다른 투표의 투표지입니다. 받은 링크로 다시 들어와 주십시오."),
    Reason.WRONG_SHAPE: N_("투표지의 문항이나 선택 항목 수가 이 투표와 맞지 않습니다."),
    Reason.UNKNOWN_CREDENTIAL: N_("이 투표의 선거인명부에 없는 투표 자격키입니다."),
    Reason.BAD_SIGNATURE: N_("투표지의 서명이 맞지 않습니다. 다시 투표해 주십시오."),
    Reason.BAD_PROOF: N_("투표지의 증명이 맞지 않습니다. 다시 투표해 주십시오."),
    Reason.NOT_IN_GROUP: N_("정해진 군에 속하지 않는 수가 있습니다."),
    Reason.OUT_OF_RANGE: N_("정해진 범위를 벗어난 수가 있습니다."),
    Reason.PICKS: N_("선택이 투표 규칙과 맞지 않습니다. {minimum}개 이상 {maximum}개 이하로 골라 주십시오."),
    Reason.CREDENTIAL_FORM: N_("투표 자격키는 영문자와 숫자 15자리입니다. 받은 그대로 입력해 주십시오."),
    Reason.CREDENTIAL_CHECK: N_(
        "투표 자격키에 잘못 입력한 글자가 있습니다. 받은 그대로 다시 입력해 주십시오."
    ),
    Reason.CREDENTIAL_LIST: N_("공개 자격키 목록이 잘못되었습니다: {what}"),
    Reason.ELECTION_RECORD: N_("투표 설정 기록이 잘못되었습니다: {what}"),
    Reason.TRUSTEES: N_("개표관리인 기록이 잘못되었습니다: {what}"),
    Reason.TRUSTEE_PROOF: N_("개표관리인이 자기 열쇠를 가지고 있다는 증명이 맞지 않습니다."),
    Reason.SEED_FORM: N_("비밀 열쇠는 영문자와 숫자 23자리입니다. 종이에 적힌 그대로 입력해 주십시오."),
    Reason.SEED_CHECK: N_(
        "비밀 열쇠에 잘못 입력한 글자가 있습니다. 종이에 적힌 그대로 다시 입력해 주십시오."
    ),
    Reason.CEREMONY: N_("열쇠를 함께 만드는 과정에서 개표관리인 {member}의 기록이 잘못되었습니다: {what}"),
    Reason.WRONG_SHARE: N_("개표관리인 {member}에게서 받은 조각이 그가 공개한 약속값과 맞지 않습니다."),
    Reason.OPENING_FORM: N_(
        "확인 코드가 잘렸거나 잘못되었습니다. 첫 기기의 화면에서 다시 스캔하거나 링크 전체를 복사해 주십시오."
    ),
    Reason.OPENING_DIFFERS: N_(
        "확인 코드로 이 투표의 투표지를 다시 만들 수 없습니다. 다른 투표의 코드이거나 코드가 바뀌었습니다."
    ),
    Reason.DECRYPTION: N_("개표관리인의 부분 개표가 맞지 않습니다: {what}"),
    Reason.TALLY: N_("암호화된 합계가 투표지들과 맞지 않습니다: {what}"),
    Reason.RESULT: N_("개표 결과가 부분 개표와 맞지 않습니다: {what}"),
    Reason.BOARD_FORM: N_("게시판 파일의 {record}번째 기록의 형식이 틀립니다: {what}"),
    Reason.BOARD_CHAIN: N_("게시판의 사슬이 {height}번째 사건에서 끊어졌습니다: {what}"),
    Reason.BOARD_ORDER: N_("게시판의 순서가 {height}번째 사건에서 어긋났습니다: {what}"),
    Reason.REPEATED_BALLOT: N_("같은 투표지가 두 번 올라왔습니다."),
}


class Invalid(Refused):
    """An input the protocol refuses; `values` never hold a secret.

    Travels between processes; a value that is itself a sentence is translated with the rest.
    """

    def __init__(self, reason: Reason, **values: str | int) -> None:
        super().__init__(SENTENCES[reason])
        self.values = dict(values)
        self.reason = reason

    def said(self) -> str:
        """The sentence in the language of the request."""
        return said(self.message, self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.reason, self.values)


def _again(reason: Reason, values: dict[str, Any]) -> Invalid:
    return Invalid(reason, **values)


def said(sentence: str, values: Mapping[str, object]) -> str:
    """`sentence` in the current language with its fields filled in, sentences among the fields translated too."""
    return translate(sentence, **{k: translate(v) if isinstance(v, str) else v for k, v in values.items()})
