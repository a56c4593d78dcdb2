"""What the journal keeps of an act, as a line that people can read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from office.i18n import N_, translate
from office.people import ROLE_LABELS

LABELS: Final[dict[str, str]] = {
    "absent": N_("불참"),
    "accepted": N_("받아들임"),
    "act": N_("한 일"),
    "actuals": N_("실적"),
    "added": N_("더함"),
    "address": N_("주소"),
    "after_complaint": N_("신고를 받은 뒤"),
    "agencies": N_("기관"),
    "agency": N_("기관"),
    "alone": N_("혼자"),
    "as_of": N_("기준일"),
    "assignment": N_("평가표"),
    "bodies": N_("기관"),
    "board_sha256": N_("공개 게시판의 지문"),
    "body": N_("기관"),
    "booth": N_("기표소"),
    "by": N_("누가"),
    "cause": N_("까닭"),
    "challenge": N_("기피 신청"),
    "changed": N_("바꿈"),
    "characters": N_("글자 수"),
    "code": N_("항목"),
    "comments": N_("의견"),
    "conflict": N_("이해관계"),
    "contract": N_("계약"),
    "contracts": N_("계약"),
    "contracts_sha256": N_("계약의 지문"),
    "corrected": N_("고친 실적"),
    "day": N_("날"),
    "days": N_("날짜"),
    "dealing_again": N_("다시 나눌 조각"),
    "dealt_by_owner": N_("조각을 나눈 사람"),
    "each": N_("계약마다 위원"),
    "email": N_("전자우편"),
    "evaluator": N_("평가위원"),
    "evaluators": N_("평가위원"),
    "events": N_("기록"),
    "fields": N_("분야"),
    "figures": N_("실적"),
    "file": N_("파일"),
    "filed_sha256": N_("제출본의 지문"),
    "filename": N_("파일"),
    "fingerprint": N_("지문"),
    "flags": N_("표시한 곳"),
    "found": N_("확인한 값"),
    "from": N_("바탕"),
    "head": N_("기관장"),
    "hidden": N_("가린 말"),
    "indicator": N_("지표"),
    "indicators": N_("지표"),
    "kept": N_("남긴 이름"),
    "kind": N_("종류"),
    "left": N_("앞 단계"),
    "letters": N_("편지"),
    "links": N_("링크"),
    "listed": N_("명부 인원"),
    "mandatory": N_("반드시 제외"),
    "method": N_("방법"),
    "moment": N_("때"),
    "most": N_("가장 많이"),
    "n": N_("개수"),
    "name": N_("이름"),
    "named": N_("담긴 계약"),
    "node": N_("항목"),
    "now": N_("지금"),
    "number": N_("번호"),
    "on": N_("켬"),
    "options": N_("과제"),
    "owner": N_("맡은 사람"),
    "parent": N_("상위 항목"),
    "people": N_("사람"),
    "phase": N_("단계"),
    "place": N_("장소"),
    "problems": N_("고칠 곳"),
    "public": N_("공개"),
    "rated": N_("평가할 기관"),
    "raters": N_("평가한 위원"),
    "reason": N_("까닭"),
    "replaced": N_("바꿈"),
    "request": N_("요청"),
    "results": N_("이행 결과"),
    "role": N_("역할"),
    "roll_sha256": N_("명부의 지문"),
    "roll_unchanged": N_("명부 그대로"),
    "round": N_("차례"),
    "rows": N_("행"),
    "rule": N_("규칙"),
    "seed": N_("추첨 씨앗"),
    "set_aside": N_("세지 않음"),
    "sha256": N_("지문"),
    "sheets": N_("평가표"),
    "short": N_("모자란 계약"),
    "shown": N_("보여 준 것"),
    "since": N_("언제부터"),
    "stage": N_("단계"),
    "steps_again": N_("다시 할 단계"),
    "strata": N_("층"),
    "subject": N_("대상"),
    "successor": N_("이어받은 위원"),
    "task": N_("할 일"),
    "tasks": N_("과제"),
    "threshold": N_("필요한 사람 수"),
    "tie": N_("이해관계"),
    "title": N_("이름"),
    "trustees": N_("개표관리인"),
    "until": N_("언제까지"),
    "upheld": N_("받아들임"),
    "verdict": N_("확인 결과"),
    "version": N_("판"),
    "voters": N_("투표한 사람"),
    "votes": N_("표"),
    "wanted": N_("바라는 것"),
    "weight": N_("배점"),
    "what": N_("내용"),
    "without": N_("뺀 계약"),
}
"""The names of details in Korean; one that is not here is shown as it is stored."""
WORDS: Final[dict[str, str]] = {
    "drafting": N_("계약 작성"),
    "published": N_("계약 공개"),
    "reporting": N_("이행·실적 보고"),
    "scoring": N_("전문가 평가"),
    "voting": N_("도민 투표"),
    "tallied": N_("개표"),
    "provisional": N_("잠정 결과"),
    "final": N_("최종 결과"),
    **{role.value: label for role, label in ROLE_LABELS.items()},
    "evaluator_asked": N_("평가위원 요청"),
    "wrong_entry": N_("잘못 적음"),
    "new_evidence": N_("새 증빙자료"),
    "contract_amended": N_("계약이나 실적 정정"),
    "other": N_("그 밖의 사정"),
    "ok": N_("맞음"),
    "differs": N_("다름"),
    "unclear": N_("확인할 수 없음"),
}
"""Values that stand for something with a name: phases of a cycle, roles, reasons of reopening, verdicts of the check."""
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SHOWN = 12


def told(details: Mapping[str, Any]) -> str:
    """The details of one entry: names and values, lists and tables written out, fingerprints shortened."""
    return " · ".join(f"{_label(name)}: {_value(value)}" for name, value in details.items())


def _label(name: str) -> str:
    return translate(LABELS[name]) if name in LABELS else name


def _key(name: str) -> str:
    return translate(WORDS[name]) if name in WORDS else _label(name)


def _value(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return translate(N_("없음"))
    if isinstance(value, bool):
        return translate(N_("예") if value else N_("아니오"))
    if isinstance(value, Mapping):
        return ", ".join(f"{_key(str(name))} {_value(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(
            f"({_value(each)})" if isinstance(each, list | Mapping) else _value(each) for each in value
        )
    text = str(value)
    if text in WORDS:
        return translate(WORDS[text])
    return f"{text[:_SHOWN]}…" if _FINGERPRINT.fullmatch(text) else text
