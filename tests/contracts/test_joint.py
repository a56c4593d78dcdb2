"""Joint tasks: who has which share is read, written and signed, and two contracts that differ are found."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlmodel import update

from contracts.cycles import create_cycle, cycle_of
from contracts.files.exporting import write_csv
from contracts.files.importing import Parsed, parse
from contracts.model import Contract, ContractState
from contracts.public.original import original_facts
from contracts.reading import ballot_tasks, trees_of
from contracts.terms.canonical import contract_fingerprint, contract_record, tree_from_record, tree_record
from contracts.terms.joint import LooseEnd, joint_tasks, linked_tasks, loose_ends, read_shares, write_shares
from contracts.terms.methods import Misread
from contracts.terms.points import unbalanced, with_blank_weights_filled
from contracts.terms.tree import ContractTree, Direction, Kind, Measure, Method, Node
from contracts.writing.drafting import store_contracts
from office.database import Database
from office.people import Role
from tests.conftest import SignIn
from tests.seeding import YEAR

D = Decimal
SHARES = (("A01", D(60)), ("B02", D(40)))
WAIT = Measure(Direction.DOWN, Method.TARGET_RATIO, target=D(33), actual=D(33))
LED = Node(
    "J1",
    "환승 통합",
    Kind.TASK,
    D(100),
    on_ballot=True,
    children=(Node("J1-1", "환승 시간", Kind.INDICATOR, D(100), measure=WAIT),),
    shares=SHARES,
)
OWN = Node(
    "1",
    "공연장",
    Kind.TASK,
    D(70),
    children=(Node("1-1", "관객", Kind.INDICATOR, D(70), measure=replace(WAIT, direction=Direction.UP)),),
)
LINKED = Node("J1", "환승 통합", Kind.TASK, D(30), shares=SHARES)
LEADER = ContractTree("A01", "교통공사", "", (LED,))
PARTNER = ContractTree("B02", "문화재단", "", (OWN, LINKED))


def said(parsed: Parsed) -> list[str]:
    return [problem.said() for problem in (*parsed.problems, *parsed.notices)]


@pytest.mark.parametrize("cell", ["A01=60; B02=40", " A01 = 60.0% ； B02=40 ;"])
def test_shares_are_read_as_people_write_them(cell: str) -> None:
    assert read_shares(cell) == SHARES
    assert write_shares(SHARES) == "A01=60; B02=40"
    assert read_shares("") == ()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("A01=60; B02=30", "더하면 100이어야 하는데 90입니다"),
        ("A01=100", "둘 이상"),
        ("A01=60; A01=40", "두 번"),
        ("A01=100; B02=0", "써 주십시오"),
        ("A01=many; B02=40", "써 주십시오"),
        ("60; 40", "써 주십시오"),
    ],
)
def test_shares_that_do_not_make_a_whole_are_refused(cell: str, reason: str) -> None:
    read = read_shares(cell)
    assert isinstance(read, Misread)
    assert reason in read.message.format(**read.values)


def test_shares_are_part_of_what_is_signed_and_a_task_of_ones_own_is_recorded_as_ever() -> None:
    other = replace(LEADER, children=(replace(LED, shares=(("A01", D(61)), ("B02", D(39)))),))
    alone = replace(LEADER, children=(replace(LED, shares=()),))
    prints = {contract_fingerprint(tree, cycle="2026") for tree in (LEADER, other, alone)}
    assert len(prints) == 3
    assert "shares" not in str(contract_record(alone, cycle="2026"))
    assert tree_from_record(tree_record(PARTNER)) == PARTNER


def test_a_task_that_another_body_leads_has_points_without_anything_below() -> None:
    assert unbalanced(PARTNER) == () == unbalanced(LEADER)
    assert [task.code for task in linked_tasks(PARTNER)] == ["J1"]
    assert linked_tasks(LEADER) == ()
    assert list(joint_tasks((LEADER, PARTNER))) == [("A01", "J1")]


def test_both_sides_come_back_from_a_file() -> None:
    parsed = parse(write_csv((LEADER, PARTNER)), "a.csv")
    assert (said(parsed), parsed.contracts) == ([], (LEADER, PARTNER))


def test_a_missing_partner_is_noticed_unless_its_contract_is_known_already() -> None:
    alone = parse(write_csv((LEADER,)), "a.csv")
    assert alone.contracts == (LEADER,)
    assert said(alone) == ["협업과제 J1: 함께하는 기관 B02의 계약에 같은 코드의 과제가 없습니다"]
    assert [(notice.row, notice.column) for notice in alone.notices] == [(2, "협업기관")]
    assert said(parse(write_csv((LEADER,)), "a.csv", [PARTNER])) == []
    assert said(parse(write_csv((PARTNER,)), "a.csv")) == [
        "협업과제 J1: 주관 기관 A01의 계약에 같은 코드의 협업과제가 없습니다"
    ]


def test_other_shares_or_another_name_on_the_two_sides_are_noticed() -> None:
    shares = (("A01", D(50)), ("B02", D(50)))
    other = replace(PARTNER, children=(OWN, replace(LINKED, shares=shares)))
    assert [end.said() for end in loose_ends((LEADER, other))] == [
        "협업과제 J1: 주관 기관 A01의 계약에 적힌 몫과 다릅니다(A01=60; B02=40)"
    ]
    renamed = replace(PARTNER, children=(OWN, replace(LINKED, title="환승")))
    (end,) = loose_ends((LEADER, renamed))
    assert isinstance(end, LooseEnd)
    assert "'환승 통합'" in end.said()


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (replace(LINKED, on_ballot=True), "한 번만 투표에 오릅니다"),
        (replace(LINKED, shares=(("A01", D(60)), ("C03", D(40)))), "이 기관(B02)이 없습니다"),
        (replace(LINKED, children=(Node("J1-1", "환승", Kind.INDICATOR, D(30), measure=WAIT),)), "한 번만 잽니다"),
    ],
)  # fmt: skip
def test_a_partner_neither_measures_nor_puts_the_task_on_the_ballot_again(task: Node, reason: str) -> None:
    parsed = parse(write_csv((LEADER, replace(PARTNER, children=(OWN, task)))), "a.csv")
    assert [tree.agency_code for tree in parsed.contracts] == ["A01"]
    assert any(reason in problem.said() for problem in parsed.problems), said(parsed)


def test_bonus_and_penalty_weigh_nothing_and_share_no_blank_weights() -> None:
    bonus = Node(
        "b",
        "청렴 가점",
        Kind.INDICATOR,
        None,
        measure=Measure(Direction.UP, Method.BONUS, settings=(("maximum", "0.5"),)),
    )
    blank = replace(OWN, weight=None, children=(replace(OWN.children[0], weight=None), bonus))
    (task,) = with_blank_weights_filled(ContractTree("B02", "문화재단", "", (blank,))).children
    assert (task.weight, [child.weight for child in task.children]) == (D(100), [D(100), D(0)])
    weighted = ContractTree("B02", "문화재단", "", (replace(OWN, weight=D(100), children=(
        replace(OWN.children[0], weight=D(99)), replace(bonus, weight=D(1)))),))  # fmt: skip
    parsed = parse(write_csv((weighted,)), "a.csv")
    assert (parsed.contracts, len(parsed.problems)) == ((), 1)
    assert "배점을 0점으로" in parsed.problems[0].said()


def test_the_original_says_who_keeps_a_task_together() -> None:
    def promise(tree: ContractTree) -> object:
        facts = original_facts(
            tree,
            cycle="2026",
            title="",
            signatures=(),
            published_at=None,
            simulated=False,
            government="",
            bodies={"A01": "교통공사"},
        )
        promises = facts["promises"]
        assert isinstance(promises, list)
        return promises[-1]["shared"]

    assert promise(LEADER) == "협업과제 · 주관 · 몫 교통공사 60%, B02 40%"
    assert promise(PARTNER) == "협업과제 · 주관 기관(교통공사)의 계약에서 잽니다 · 몫 교통공사 60%, B02 40%"


async def test_joint_tasks_are_stored_and_the_office_sees_what_does_not_fit(
    db: Database, signed_in: SignIn
) -> None:
    async with db.writing() as session:
        cycle = await create_cycle(session, year=YEAR, title="올해", by="test")
        await store_contracts(session, cycle, [LEADER], "test")
    async with signed_in(Role.OFFICE) as (_, office):
        address = f"/office/cycles/{YEAR}"
        assert "협업과제 ‘환승 통합’: 함께하는 기관 B02의 계약에" in (await office.get(address)).text
        sent = await office.post(f"{address}/import", files={"file": ("b.csv", write_csv((PARTNER,)))})
        dry = await office.get(str(sent.headers["location"]))
        assert "함께하는 기관" not in dry.text
        await office.post(str(sent.headers["location"]))
        assert "함께하는 기관" not in (await office.get(address)).text
        for page in (f"/agency/contracts/{YEAR}-B02", f"/agency/contracts/{YEAR}-B02/review"):
            shown = (await office.get(page)).text
            assert "주관 기관 교통공사의 계약에서" in shown and "교통공사 60%, 문화재단 40%" in shown
    async with signed_in(Role.OFFICER, "B02") as (_, officer):
        shown = (await officer.get(f"/agency/contracts/{YEAR}-B02/edit/node?code=J1")).text
        assert "저장된 몫: 교통공사 60%, 문화재단 40%" in shown and "<code>A01</code>" in shown
    async with db.writing() as session:
        cycle = await cycle_of(session, YEAR)
        assert tuple((await trees_of(session, cycle)).values()) == (LEADER, PARTNER)
        assert await ballot_tasks(session, cycle) == [], "nothing is public yet"
        await session.exec(update(Contract).values(state=ContractState.PUBLISHED))
        assert [(task.agency_code, task.task_code) for task in await ballot_tasks(session, cycle)] == [
            ("A01", "J1")
        ]
