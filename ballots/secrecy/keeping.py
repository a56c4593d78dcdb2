"""The page "내 투표는 비밀인가요?": what is stored, what is logged, and when it is deleted, as this system does it."""

from collections.abc import Callable
from datetime import datetime

from ballots.secrecy.facts import Facts, Part, Said, said
from office.i18n import N_, translate

Date = Callable[[datetime], str]
"""How the page writes a moment."""


def stored(f: Facts) -> Part:
    """What the database holds, in plain words."""
    rows = [
        (
            translate(N_("고른 내용")),
            said(N_("저장하지 않습니다. 서버는 잠긴 투표지만 받습니다."), "randomness", "threshold"),
        ),
        (
            translate(N_("잠긴 투표지")),
            said(
                N_(
                    "받은 시각, 명부의 번호와 함께 저장합니다. 서버는 누가 언제 투표했는지 알지만, "
                    "무엇을 골랐는지는 모릅니다."
                ),
                "limit:watching",
                "threshold",
            ),
        ),
        (
            translate(N_("선거인명부")),
            said(
                N_("이 투표의 이름, 휴대전화 번호, 전자우편 주소를 지웠습니다. 번호만 남았습니다."),
                "fact:deleted_at",
                "deleted",
            )
            if f.deleted_at
            else said(
                N_(
                    "번호, 이름, 휴대전화 번호나 전자우편 주소, 계층, 가중치. 투표를 연 뒤에는 몰래 바꿀 수 없습니다."
                ),
                "roll-bound",
                "roll-fixed",
            ),
        ),
        (
            translate(N_("투표 자격키")),
            said(
                N_("링크에 든 비밀은 저장하지 않습니다. 공개해도 되는 반쪽만 명부 옆에 적습니다."), "not-kept"
            ),
        ),
        (
            translate(N_("인증번호")),
            said(
                N_("번호는 저장하지 않습니다. 언제 보냈고 몇 번 틀렸는지만 적습니다."),
                "not-kept",
                "five-tries",
            ),
        ),
        (
            translate(N_("보낸 문자와 메일")),
            said(
                N_("지금은 시연이라 내용까지 저장해 보여 줍니다. 실제 투표에서는 내용을 저장하지 않습니다."),
                "fact:demonstration",
                "not-kept",
            )
            if f.demonstration
            else said(N_("받는 곳, 보낸 때, 갔는지만 적습니다. 내용은 저장하지 않습니다."), "not-kept"),
        ),
    ]
    if f.booths:
        rows.append(
            (
                translate(N_("현장 기표소")),
                said(
                    N_("현장 기표소에서 낸 투표지는 어느 기표소인지 함께 적고, 몇 장인지만 공개합니다."),
                    "fact:booths",
                ),
            )
        )
    return Part("stored", translate(N_("무엇을 저장하나요?")), (), rows)


def logged() -> Part:
    """What is written down of what people do."""
    return Part(
        "logged",
        translate(N_("무엇을 기록으로 남기나요?")),
        [
            said(
                N_(
                    "담당자가 한 일(명부 저장, 투표 열기와 마감, 잠금 풀기)은 업무 기록에 남고, 몰래 고치면 드러납니다."
                ),
                "journal",
            ),
            said(
                N_("업무 기록에 선거인의 이름, 전화번호, 고른 내용은 적지 않습니다."),
                "journal-names",
            ),
            said(N_("누가 언제 들어왔는지 적는 접속 기록은 이 프로그램이 만들지 않습니다."), "no-access-log"),
        ],
        more=[
            said(
                N_("고장이 나면 어디서 무엇이 잘못되었는지만 적고, 전화번호나 메시지 내용은 적지 않습니다."),
                "errors",
                "carriers",
            ),
            said(
                N_(
                    "기관의 통신 장비나 통신사가 따로 남기는 기록은 이 화면이 알 수 없습니다. 담당 부서에 물어보실 수 있습니다."
                ),
                "limit:network",
            ),
        ],
    )


def kept(f: Facts, date: Date) -> Part:
    """How long personal data are kept."""
    sentences: list[Said] = []
    if f.deleted_at:
        sentences.append(
            said(
                N_(
                    "{when}에 이름, 휴대전화 번호, 전자우편 주소, 인증번호 기록, 메시지의 받는 곳을 지웠습니다."
                ),
                "fact:deleted_at",
                "deleted",
                when=date(f.deleted_at),
            )
        )
    else:
        sentences.append(
            said(
                N_(
                    "이름, 휴대전화 번호, 전자우편 주소, 인증번호 기록, 메시지의 받는 곳은 "
                    "최종 결과가 나오고 {days}일이 지나면 지웁니다. 늦어도 마감하고 {most}일이 지나면 지웁니다."
                ),
                "fact:days_after_final",
                "deleted",
                days=f.days_after_final,
                most=f.days_after_close,
            )
        )
        if f.due_at:
            sentences.append(
                said(N_("이 투표에서는 늦어도 {when}에 지웁니다."), "fact:due_at", when=date(f.due_at))
            )
    sentences.append(
        said(
            N_(
                "게시판과 잠긴 투표지는 지우지 않습니다. 누구나 언제든 다시 셀 수 있어야 하고, 이름은 들어 있지 않습니다."
            ),
            "append-only",
            "no-times",
        )
    )
    return Part(
        "kept",
        translate(N_("언제 지우나요?")),
        sentences,
        more=[
            said(N_("지운 자료가 남아 있던 저장 공간까지 비웁니다."), "no-traces"),
            said(N_("기관이 따로 떠 둔 예비 자료(백업)는 기관의 보관 규칙을 따릅니다."), "limit:backups"),
        ],
    )
