"""Which acts on contracts are told to whom: a table from the journal's acts to letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contracts.reading import contract_called, tree_of
from contracts.terms.doubt import Verdict
from contracts.terms.head import PREFIX, with_own_tasks
from contracts.terms.tree import indicators
from contracts.timing.duties import TASK_LABELS, Task
from contracts.timing.postponing import body_called
from office.errors import NotFound
from office.i18n import N_, translate
from office.journal import JournalEntry
from office.people import Role, people_with
from office.telling import Notice, Teller, Telling, people_of

_REVIEW, _WORDS, _AMENDMENT = "contract review", "words to release", "amendment"
HANDED_IN = Notice(
    _REVIEW,
    N_("[약속] {agency}의 {year}년 계약을 검토해 주십시오"),
    N_(
        "{agency}에서 {year}년 성과계약을 제출했습니다({number}번째).\n"
        "읽고 의견을 적어 돌려보내거나 검토를 마쳐 주십시오.\n{link}"
    ),
)
TAKEN_BACK = Notice(
    _REVIEW,
    N_("[약속] {agency}에서 {year}년 계약을 거두어들였습니다"),
    N_(
        "{agency}에서 제출한 {year}년 성과계약({number}번째)을 검토가 끝나기 전에 거두어들였습니다.\n"
        "고쳐서 다시 제출하면 알려 드립니다. 지금 하실 일은 없습니다.\n{link}"
    ),
)
RETURNED = Notice(
    _REVIEW,
    N_("[약속] {year}년 계약에 고칠 곳이 있습니다"),
    N_(
        "성과관리 담당이 의견을 적어 계약을 돌려보냈습니다.\n"
        "의견을 읽고 고친 뒤 답을 적어 다시 제출해 주십시오.\n{link}"
    ),
)
ACCEPTED = Notice(
    _REVIEW,
    N_("[약속] {year}년 계약의 검토를 마쳤습니다"),
    N_("성과관리 담당이 검토를 마쳤습니다. 이제 기관장이 서명하면 됩니다.\n{link}"),
)
TO_SIGN = Notice(
    _REVIEW,
    ACCEPTED.subject,
    N_("담당자가 쓴 계약의 검토를 마쳤습니다. 내용을 읽고 인증번호로 서명해 주십시오.\n{link}"),
)
REPLY = Notice(
    _WORDS,
    N_("[약속] {year}년 소명을 읽고 내보내 주십시오"),
    N_("담당자가 {year}년 평가에 대한 소명을 적었습니다. 읽고 내보내시면 누구나 볼 수 있습니다.\n{link}"),
)
ANSWER = Notice(
    _WORDS,
    N_("[약속] {year}년 평가 의견에 대한 답변을 읽고 내보내 주십시오"),
    N_("담당자가 {year}년 평가 의견에 답변을 적었습니다. 읽고 내보내시면 누구나 볼 수 있습니다.\n{link}"),
)
AMENDMENT_ASKED = Notice(
    _AMENDMENT,
    N_("[약속] {year}년 계약의 변경 요청에 동의해 주십시오"),
    N_(
        "담당자가 {year}년 계약을 바꿔 달라고 요청했습니다.\n"
        "바뀌기 전과 뒤를 보고 인증번호로 동의하거나 거두어들여 주십시오.\n{link}"
    ),
)
AMENDMENT_SIGNED = Notice(
    _AMENDMENT,
    N_("[약속] {agency}의 {year}년 계약 변경 요청을 결정해 주십시오"),
    N_(
        "{agency}의 기관장이 {year}년 계약의 변경 요청에 동의했습니다.\n"
        "바뀌기 전과 뒤를 보고 담당자 두 명이 결정해 주십시오.\n{link}"
    ),
)
AMENDED = Notice(
    _AMENDMENT,
    N_("[약속] {year}년 계약이 요청대로 바뀌었습니다"),
    N_(
        "{year}년 계약의 변경 요청을 승인했습니다. 바뀐 계약과 바뀌기 전의 계약을 누구나 볼 수 있습니다.\n{link}"
    ),
)
DECLINED = Notice(
    _AMENDMENT,
    N_("[약속] {year}년 계약의 변경 요청을 받아들이지 않았습니다"),
    N_("{year}년 계약은 그대로 둡니다. 받아들이지 않은 까닭은 아래에서 보실 수 있습니다.\n{link}"),
)
DEADLINE_MOVED = Notice(
    "deadline",
    N_("[약속] {year}년 ‘{task}’ 마감을 옮겼습니다"),
    N_("‘{task}’의 새 마감은 {day} 18시입니다. 옮긴 까닭은 아래에서 보실 수 있습니다.\n{link}"),
)
CHECKED = {
    Verdict.DIFFERS: Notice(
        "figure checked",
        N_("[약속] {year}년 실적 가운데 증빙자료와 다른 것이 있습니다"),
        N_("실적 확인 담당이 ‘{title}’의 실적이 다르다고 보았습니다. 확인하고 고쳐 주십시오.\n{link}"),
    ),
    Verdict.UNCLEAR: Notice(
        "figure checked",
        N_("[약속] {year}년 실적 가운데 확인할 수 없는 것이 있습니다"),
        N_("실적 확인 담당이 ‘{title}’의 실적을 확인할 수 없었습니다. 증빙자료를 더 올려 주십시오.\n{link}"),
    ),
}


def to_office(notice: Notice, href: str) -> Teller:
    """A letter to every officer of the performance office; `href` may name `year` and `public_id`."""

    async def tell(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
        values = await _values(session, entry)
        return [Telling(await people_with(session, Role.OFFICE), notice, href.format(**values), values)]

    return tell


def to_body(notice: Notice, href: str, *roles: Role, once: bool = False) -> Teller:
    """A letter to a body's officers and its head, or to those `roles`; `once`: only the first time in a contract."""

    async def tell(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
        if once and not await _first(session, entry):
            return []
        values = await _values(session, entry)
        people = await people_of(session, str(values["code"]), *roles)
        return [Telling(people, notice, href.format(**values), values)]

    return tell


async def _values(session: AsyncSession, entry: JournalEntry) -> dict[str, object]:
    """What a letter about a contract may name."""
    found = await contract_called(session, entry.subject)
    if found is None:
        raise NotFound
    contract, agency, cycle = found
    return {
        "agency": agency.name,
        "code": agency.code,
        "year": cycle.year,
        "public_id": contract.public_id,
        "number": entry.details.get("round") or entry.details.get("number"),
    }


async def _first(session: AsyncSession, entry: JournalEntry) -> bool:
    """Whether an act is the first of its kind: words that are corrected wait for their release all the same."""
    query = select(func.count(col(JournalEntry.id))).where(
        col(JournalEntry.act) == entry.act, col(JournalEntry.subject) == entry.subject
    )
    return (await session.exec(query)).one() == 1


async def _accepted(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    officers = to_body(ACCEPTED, "/agency/contracts/{public_id}/review", Role.OFFICER)
    head = to_body(TO_SIGN, "/agency/contracts/{public_id}", Role.HEAD)
    return [*await officers(session, entry), *await head(session, entry)]


async def _moved(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    found = await body_called(session, entry.subject)
    if found is None:
        raise NotFound
    body, year = found
    day = date.fromisoformat(entry.details["day"])
    values: dict[str, object] = {
        "year": year,
        "task": translate(TASK_LABELS[Task(entry.details["task"])]),
        "day": translate(N_("{year}년 {month}월 {day}일"), year=day.year, month=day.month, day=day.day),
    }
    people = await people_of(session, body.code)
    return [Telling(people, DEADLINE_MOVED, "/agency#deadlines", values)]


async def _checked(session: AsyncSession, entry: JournalEntry) -> Iterable[Telling]:
    notice = CHECKED.get(Verdict(entry.details["verdict"]))
    found = await contract_called(session, entry.subject) if notice else None
    if notice is None or found is None:
        return []
    tree, values = await tree_of(session, found[0]), await _values(session, entry)
    codes = entry.details["indicators"]
    titles = [node.title for node in indicators(with_own_tasks(tree)) if node.code in codes]
    of_head = all(code.startswith(PREFIX) for code in codes)
    people = await people_of(session, str(values["code"]), Role.OFFICER)
    values["title"] = ", ".join(titles)
    where = "head" if of_head else "figures"
    return [Telling(people, notice, f"/agency/contracts/{entry.subject}/{where}", values)]


_OWN = "/agency/contracts/{public_id}"
TELLERS: dict[str, Teller] = {
    "contract.submitted": to_office(HANDED_IN, _OWN + "/review"),
    "contract.taken-back": to_office(TAKEN_BACK, _OWN + "/review"),
    "contract.returned": to_body(RETURNED, _OWN + "/review", Role.OFFICER),
    "contract.accepted": _accepted,
    "contract.reply-written": to_body(REPLY, _OWN + "/reply", Role.HEAD, once=True),
    "comments.answer-written": to_body(ANSWER, _OWN + "/reply/comments", Role.HEAD, once=True),
    "contract.amendment-asked": to_body(AMENDMENT_ASKED, _OWN + "/amendments", Role.HEAD),
    "contract.amendment-signed": to_office(AMENDMENT_SIGNED, "/office/cycles/{year}/amendments"),
    "contract.amended": to_body(AMENDED, "/contracts/{public_id}/amendments"),
    "contract.amendment-declined": to_body(DECLINED, _OWN + "/amendments"),
    "deadline.moved": _moved,
    "contract.checked": _checked,
}
