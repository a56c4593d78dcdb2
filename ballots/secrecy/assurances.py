"""The page "내 투표는 비밀인가요?": the short answer, the ballot's way, and who holds the keys, by the facts of the election."""

from ballots.secrecy.facts import Facts, Keeper, Part, Said, said
from office.i18n import N_, translate


def lead(f: Facts) -> list[Said]:
    """The short answer, after the headline."""
    short = [
        said(
            N_("고른 내용은 내 휴대전화나 컴퓨터 안에서 잠근 뒤에 보냅니다."),
            "randomness",
            "fragment",
        ),
        said(
            N_("마감한 뒤에도 한 사람의 투표지는 열지 않고, 모두의 합계만 엽니다."),
            "tally",
            "trustee-adds-up",
        ),
        _who_opens(f),
    ]
    if not f.begun:
        short.append(
            said(
                N_("아직 투표를 시작하지 않았습니다. 정해지지 않은 것은 아래에 그렇다고 적었습니다."),
                "fact:state",
            )
        )
    return short


def _who_opens(f: Facts) -> Said:
    if not f.keepers:
        return said(
            N_("합계를 열 개표관리인은 아직 정하지 않았습니다. 혼자서는 열 수 없게 두 명 이상을 정합니다."),
            "fact:keepers",
            "threshold",
        )
    if not f.agreed:
        sentence = N_("합계를 여는 열쇠는 {n}명이 나누어 가질 예정이고, {k}명이 모여야 열 수 있습니다.")
    elif f.needed == len(f.keepers):
        sentence = N_("합계를 여는 열쇠는 {n}명이 나누어 가졌고, {k}명이 모두 모여야 열 수 있습니다.")
    else:
        sentence = N_("합계를 여는 열쇠는 {n}명이 나누어 가졌고, 그 가운데 {k}명이 모여야 열 수 있습니다.")
    return said(sentence, "fact:keepers", "threshold", n=len(f.keepers), k=f.needed)


def way(f: Facts) -> list[tuple[str, Said]]:
    """The ballot's way, in six steps: what happens, and what that means for the secret."""
    openers = (
        said(
            N_("{k}명이 모여 합계만 열고, 계산이 맞는지는 누구나 확인합니다."), "shares", "result", k=f.needed
        )
        if f.keepers
        else said(N_("여럿이 모여 합계만 열고, 계산이 맞는지는 누구나 확인합니다."), "shares", "result")
    )
    return [
        (
            translate(N_("내 기기에서 고르고 잠급니다")),
            said(
                N_("같은 것을 고른 두 사람의 투표지도 서로 전혀 다르게 보입니다."),
                "randomness",
            ),
        ),
        (
            translate(N_("문자로 받은 인증번호를 넣습니다")),
            said(N_("링크만 훔친 사람은 나 대신 투표할 수 없습니다."), "code", "code-binding"),
        ),
        (
            translate(N_("서버가 잠긴 채로 확인합니다")),
            said(
                N_("규칙에 맞게 골랐는지만 확인하고, 무엇을 골랐는지는 보지 못합니다."),
                "choices",
                "picks",
                "checked-first",
            ),
        ),
        (
            translate(N_("섞어서 게시판에 올립니다")),
            said(
                N_("{n}명 이상의 투표지를 모아 순서를 섞어 올리고, 시각은 적지 않습니다."),
                "batches",
                "shuffled",
                "no-times",
                n=f.batch,
            ),
        ),
        (
            translate(N_("마감하면 잠긴 채로 더합니다")),
            said(N_("한 장씩 열지 않고, 잠긴 투표지끼리 더해 합계를 만듭니다."), "tally", "last-counts"),
        ),
        (translate(N_("개표관리인이 합계를 엽니다")), openers),
    ]


def keys(f: Facts) -> Part:
    """Who holds the key, and what that means."""
    rows = [(keeper.name, _keeper(keeper)) for keeper in f.keepers]
    sentences = [_who_opens(f)]
    if f.keepers:
        sentences.append(
            said(
                N_(
                    "{k}명보다 적게 모이면 아무것도 열 수 없습니다. "
                    "서버에 저장된 것을 모두 더해도 마찬가지입니다. 담당 공무원도 열 수 없습니다."
                ),
                "threshold",
                k=f.needed,
            )
        )
        if f.needed < len(f.keepers):
            sentences.append(
                said(N_("{m}명이 못 오더라도 개표할 수 있습니다."), "absent", m=len(f.keepers) - f.needed)
            )
    return Part(
        "keys",
        translate(N_("열쇠는 누가 가지고 있나요?")),
        sentences,
        rows,
        [
            said(
                N_("열쇠는 개표관리인의 브라우저에서 만들고, 공개해도 되는 반쪽만 서버에 보냅니다."),
                "possession",
                "threshold",
            ),
            said(
                N_(
                    "열쇠를 틀리게 나누거나 합계를 틀리게 연 개표관리인은 계산으로 드러나고, 이름이 나옵니다."
                ),
                "dealing",
                "shares",
            ),
        ],
    )


def _keeper(keeper: Keeper) -> Said:
    if not keeper.has_key:
        return said(N_("아직 열쇠를 만들지 않았습니다."), "fact:keepers")
    if keeper.mandatory:
        return said(N_("열쇠를 만들었습니다. 이 사람이 없으면 열 수 없습니다."), "fact:keepers")
    return said(N_("열쇠를 만들었습니다."), "fact:keepers")
