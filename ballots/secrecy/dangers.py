"""The page "내 투표는 비밀인가요?": who could break the secret and what it would take, and what a voter can check."""

from collections.abc import Sequence

from ballots.secrecy.facts import Facts, Part, Said, said
from office.i18n import N_, translate


def broken(f: Facts) -> Part:
    """What is not protected, said plainly."""
    collusion = (
        said(
            N_("{k}명이 모두 짜고 법을 어기면 열 수 있습니다. 누가 맡았는지는 위에 있습니다."),
            "fact:keepers",
            "limit:collusion",
            k=f.needed,
        )
        if f.keepers
        else said(
            N_("정해진 수의 개표관리인이 모두 짜고 법을 어기면 열 수 있습니다."),
            "limit:collusion",
        )
    )
    rows: Sequence[tuple[str, Said]] = [
        (translate(N_("개표관리인들")), collusion),
        (
            translate(N_("옆에서 보는 사람")),
            said(
                N_(
                    "투표하는 화면을 보면 압니다. 억지로 투표했다면 마감 전에 혼자 다시 투표하십시오. 마지막 것만 셉니다."
                ),
                "limit:coercion",
                "last-counts",
            ),
        ),
        (
            translate(N_("내 기기의 나쁜 프로그램")),
            said(
                N_("화면을 훔쳐보면 알 수 있습니다. 믿을 수 있는 기기나 현장 기표소에서 투표하십시오."),
                "limit:device",
            ),
        ),
        (
            translate(N_("서버를 몰래 고친 사람")),
            said(
                N_(
                    "기표소 화면을 바꿔치기하려 들 수 있습니다. 투표지를 내기 전에 열어서 다른 기기로 확인할 수 있고, "
                    "열어 본 투표지는 낼 수 없습니다."
                ),
                "limit:page",
                "opened",
            ),
        ),
        (
            translate(N_("링크를 만들 때의 서버")),
            said(
                N_(
                    "자격키는 서버가 만들어 보내고 바로 잊습니다. 그때 몰래 적어 둔 사람도 고른 내용은 못 보고, "
                    "내 휴대전화의 인증번호 없이는 투표하지 못합니다."
                ),
                "limit:issuing",
                "code",
            ),
        ),
        (
            translate(N_("합계를 보는 사람")),
            said(
                N_("투표한 사람이 모두 같은 것을 골랐다면 합계만 보아도 압니다. 어떤 투표든 그렇습니다."),
                "limit:unanimity",
            ),
        ),
        *_raters(f),
        (
            translate(N_("먼 훗날의 컴퓨터")),
            said(
                N_("지금의 계산으로는 열 수 없습니다. 아주 먼 훗날의 기술까지 장담하지는 않습니다."),
                "limit:strength",
            ),
        ),
    ]
    return Part("broken", translate(N_("누가 깰 수 있고, 무엇이 있어야 하나요?")), (), rows)


def _raters(f: Facts) -> list[tuple[str, Said]]:
    if not f.ratings:
        return []
    few = N_(
        "{n}명이 안 되는 사람이 점수를 준 기관은 점수를 보여 주지 않습니다. 다만 암호를 푼 합계는 게시판 파일에 있습니다."
    )
    sentence = said(few, "fact:ratings", "disclosure", "limit:unanimity", n=f.disclosed_from)
    return [(translate(N_("기관 평가를 보는 사람")), sentence)]


def check() -> Part:
    """What nobody has to be believed for."""
    return Part(
        "check",
        translate(N_("내가 직접 확인할 수 있는 것")),
        [
            said(N_("내 투표 확인번호가 게시판에 그대로 있는지 찾아볼 수 있습니다."), "append-only"),
            said(
                N_("게시판 전체를 내 브라우저에서, 또는 우리가 만들지 않은 프로그램으로 검증할 수 있습니다."),
                "result",
                "signature",
            ),
            said(
                N_("투표지를 내기 전에 열어서, 고른 대로 잠겼는지 다른 기기로 확인할 수 있습니다."), "opened"
            ),
            said(
                N_("투표하지 않았다면, 내 자격키로 낸 투표지가 게시판에 없다는 것도 확인할 수 있습니다."),
                "signature",
                "append-only",
            ),
            said(N_("투표가 접수되면 내용 없는 문자가 옵니다. 안 하셨다면 바로 알려 주십시오."), "told"),
        ],
    )
