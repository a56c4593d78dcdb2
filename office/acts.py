"""What the acts in the journal are called on the page; the journal itself keeps the short names."""

from __future__ import annotations

from typing import Final

from office.i18n import N_

ACTS: Final[dict[str, str]] = {
    "demonstration.begun": N_("시연 시작"),
    "people.invited": N_("사람 초대"),
    "people.invited-again": N_("다시 초대"),
    "people.joined": N_("등록"),
    "people.renewed": N_("비밀번호와 인증 앱 새로 등록"),
    "people.signed-in": N_("로그인"),
    "cycle.created": N_("평가주기 만들기"),
    "cycle.planned": N_("일정 정하기"),
    "cycle.entered": N_("다음 단계로 넘어감"),
    "contracts.imported": N_("계약 올리기"),
    "contracts.bodies-merged": N_("이름이 둘인 기관을 하나로 합치기"),
    "contracts.bodies-kept-apart": N_("이름이 비슷한 기관을 따로 두기"),
    "contract.drafted": N_("계약 내용 쓰기"),
    "contract.abandoned": N_("쓰던 계약 지우기"),
    "contract.begun": N_("계약 쓰기 시작"),
    "contract.submitted": N_("계약 내기"),
    "contract.taken-back": N_("제출한 계약 거두어들이기"),
    "contract.returned": N_("계약 돌려보내기"),
    "contract.accepted": N_("계약 검토 마침"),
    "contract.signed-by-head": N_("기관장 서명"),
    "contracts.signed-by-office": N_("도지사를 대신한 서명"),
    "contracts.publish": N_("계약 공개"),
    "contracts.published": N_("계약 공개"),
    "contract.amendment-asked": N_("계약 변경 요청"),
    "contract.amendment-signed": N_("계약 변경에 기관장 동의"),
    "contract.amendment-withdrawn": N_("계약 변경 요청 거두기"),
    "contract.amendment-declined": N_("계약 변경 받아들이지 않음"),
    "contract.amend": N_("계약 변경 승인"),
    "contract.amended": N_("계약 변경"),
    "contracts.checkpoint-taken": N_("점검 기록 굳히기"),
    "deadline.moved": N_("마감 옮기기"),
    "deadlines.reminded": N_("마감 알림 보내기"),
    "deadlines.reminders-switched": N_("마감 알림 켜고 끄기"),
    "contract.reported": N_("실적과 이행 결과 적기"),
    "contract.evidence-added": N_("증빙자료 올리기"),
    "contract.evidence-removed": N_("증빙자료 지우기"),
    "contract.evidence-withdrawn": N_("증빙자료 거두어들이기"),
    "contract.checked": N_("실적 확인"),
    "contract.unchecked": N_("확인하지 않은 실적으로 평가 시작"),
    "contract.reply-written": N_("소명 쓰기"),
    "contract.replied": N_("소명 내기"),
    "comments.moderated": N_("평가 의견의 공개 범위 정하기"),
    "comments.release": N_("평가 의견 공개"),
    "comments.released": N_("평가 의견 공개"),
    "comments.answer-written": N_("평가 의견에 대한 답변 쓰기"),
    "comments.answered": N_("평가 의견에 대한 답변 내기"),
    "evaluation.assigned": N_("평가위원 배정"),
    "evaluation.declared": N_("이해관계 확인"),
    "evaluation.filed": N_("평가표 제출"),
    "committee.appointed": N_("평가위원 위촉"),
    "committee.ended": N_("평가위원 해촉"),
    "committee.field": N_("전문 분야 정하기"),
    "committee.fields-given": N_("위원의 전문 분야 정하기"),
    "committee.parent": N_("상급 기관 정하기"),
    "committee.settled": N_("기피 신청의 규칙 정하기"),
    "committee.tie-stated": N_("이해관계 밝히기"),
    "committee.tie-ended": N_("이해관계가 끝난 날 적기"),
    "committee.tie-withdrawn": N_("이해관계 거두기"),
    "evaluation.barred": N_("이해관계로 평가표 닫기"),
    "evaluation.challenged": N_("기피 신청"),
    "evaluation.challenge": N_("기피 결정"),
    "evaluation.challenge-decided": N_("기피 결정"),
    "evaluation.replaced": N_("평가위원 교체"),
    "evaluation.set-aside": N_("제출한 평가표 세지 않기"),
    "calibration.chosen": N_("기준 맞추기 계약 고르기"),
    "calibration.opened": N_("기준 맞추기 시작"),
    "calibration.filed": N_("기준 맞추기 평가표 제출"),
    "calibration.noted": N_("기준 맞추기 설명 적기"),
    "calibration.ended": N_("기준 맞추기 끝내기"),
    "difficulty.opened": N_("난이도 평가 시작"),
    "difficulty.rated": N_("난이도 평가"),
    "difficulty.released": N_("난이도 평가 결과 알림"),
    "difficulty.withdrawn": N_("난이도 평가 거두기"),
    "evaluation.reopen": N_("평가표 다시 열기"),
    "evaluation.reopened": N_("평가표 다시 열기"),
    "evaluation.reconcile-opened": N_("조율 평정 열기"),
    "evaluation.reconcile-chosen": N_("조율 평정 고르기"),
    "evaluation.reconciled": N_("조율 평정 제출"),
    "ballots.created": N_("투표 준비 시작"),
    "ballots.trustees-named": N_("개표관리인 정하기"),
    "ballots.key-given": N_("열쇠 내기"),
    "ballots.certificate-given": N_("열쇠 만들기(1단계)"),
    "ballots.dealing-given": N_("열쇠 조각 나누기(2단계)"),
    "ballots.key-confirmed": N_("받은 조각 확인(3단계)"),
    "ballots.share-refused": N_("맞지 않는 조각 알림"),
    "ballots.ceremony-restarted": N_("열쇠 만들기 다시 시작"),
    "ballots.trustees-reminded": N_("개표관리인에게 다시 알리기"),
    "ballots.roll-stored": N_("선거인명부 저장"),
    "ballots.issue": N_("투표 링크 보내기"),
    "ballots.issued": N_("투표 링크 보내기"),
    "ballots.issued-again": N_("투표 링크 다시 보내기"),
    "ballots.open": N_("투표 열기"),
    "ballots.opened": N_("투표 열기"),
    "ballots.release": N_("선거인 잠금 풀기"),
    "ballots.voter-released": N_("선거인 잠금 풀기"),
    "ballots.close": N_("투표 마감"),
    "ballots.closed": N_("투표 마감"),
    "ballots.close-refused": N_("마감 멈춤: 사람과 투표지의 수가 맞지 않음"),
    "ballots.booth-opened": N_("현장 기표소 열기"),
    "ballots.booth-closed": N_("현장 기표소 닫기"),
    "ballots.certificate-signed": N_("확인서 서명"),
    "ballots.added-up": N_("투표지 합계 계산"),
    "ballots.share-given": N_("개표"),
    "ballots.tallied": N_("개표 결과"),
    "ballots.binding-broken": N_("투표에 묶인 자료가 바뀐 것을 발견"),
    "ballots.binding-mended": N_("투표에 묶인 자료가 다시 처음과 같음"),
    "ballots.roll-taken": N_("선거인명부 원본 내려받기"),
    "ballots.personal-data-deleted": N_("선거인 개인정보 삭제"),
    "past.kept": N_("지난 평가 보관"),
    "rulebook.published": N_("평가규칙 공개"),
    "run.made": N_("결과 산출"),
    "run.publish": N_("결과 공개"),
    "run.published": N_("결과 공개"),
}
"""An act that needs two officers stands without its ending: it is asked for, confirmed, and then done."""

_ENDINGS: Final[dict[str, str]] = {".asked": N_("요청"), ".confirmed": N_("두 번째 담당자 확인")}
_ACTORS: Final[dict[str, str]] = {
    "system": N_("프로그램"),
    "yaksok": N_("프로그램"),
    "operator": N_("운영자"),
}


def named(act: str) -> tuple[str, str]:
    """The act, and the stage it is in (empty once done), in Korean source text; an unknown act as it is."""
    for ending, stage in _ENDINGS.items():
        if act.endswith(ending):
            return ACTS.get(act.removesuffix(ending), act), stage
    return ACTS.get(act, act), ""


def actor(name: str) -> str:
    """Who acts where no person does, in Korean source text; anybody else as they are."""
    return _ACTORS.get(name, name)
