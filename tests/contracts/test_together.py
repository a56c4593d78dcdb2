"""The shares of a joint task change only where the heads of all its bodies agree, and then in all contracts at once."""

from dataclasses import replace
from decimal import Decimal

from sqlmodel import col, select

from contracts.changes.amendments import Amendment, AmendmentState
from contracts.changes.rewriting import with_node
from contracts.changes.versions import versions_of
from contracts.cycles import cycle_of
from contracts.letters import AMENDED, AMENDMENT_ASKED
from contracts.reading import contracts_of, published_trees, tree_of
from contracts.signing import still_as_signed
from contracts.terms.branches import place_of
from contracts.terms.canonical import set_fingerprint
from contracts.terms.joint import loose_ends
from contracts.terms.tree import ContractTree, Node
from office.database import Database
from rehearsal.visitor import Visitor, said
from tests.contracts.conftest import CU, CYCLE, Year
from tests.contracts.wishing import DRAFT, OWN, REASON, word
from tests.letters import told
from tests.seeding import CULTURE, TRANSPORT, YEAR

DESK = f"{CYCLE}/amendments"
PARTNER = f"/agency/contracts/{CU}/amendments"
SIGNED = (("TR", Decimal(60)), ("CU", Decimal(40)))
AGREED = (("TR", Decimal(50)), ("CU", Decimal(50)))


def task(tree: ContractTree) -> Node:
    place = place_of(tree, "T-2")
    assert place is not None
    return place.node


def joint_trees() -> tuple[ContractTree, ContractTree]:
    """Culture has a part in a task of transport's."""
    lead = with_node(TRANSPORT, replace(task(TRANSPORT), shares=SIGNED))
    linked = replace(task(CULTURE), shares=SIGNED, children=(), on_ballot=False)
    return lead, with_node(CULTURE, linked)


async def joint(year: Year) -> Year:
    year.trees = joint_trees()
    return await year.published()


async def shares_in(db: Database) -> dict[str, tuple[tuple[str, Decimal], ...]]:
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        return {a.code: task(await tree_of(session, c)).shares for c, a in await contracts_of(session, cycle)}


async def asked(db: Database, year: Year) -> tuple[Amendment, Amendment]:
    """Other shares, as the leading body's officer asks for them: its request and the partner's."""
    await word(year.officers["TR"], "T-2", {"shares": "TR=50; CU=50"})
    draft = (await year.officers["TR"].get(DRAFT)).text
    assert "함께 하는 기관의 동의가 필요합니다" in draft and CULTURE.agency in draft
    await year.officers["TR"].post(OWN, REASON)
    async with db.reading() as session:
        own, partner = await session.exec(select(Amendment).order_by(col(Amendment.id)))
    assert partner.joined_to == own.id
    return own, partner


async def sign(head: Visitor, own: str, request: Amendment) -> None:
    await head.post(f"{own}/{request.id}/sign", {"totp": head.totp()})


async def test_other_shares_stand_in_both_contracts_once_both_heads_and_two_officers_agreed(
    db: Database, year: Year
) -> None:
    await joint(year)
    own, partner = await asked(db, year)
    assert len(await told(db, AMENDMENT_ASKED.purpose, "동의해 주십시오")) == 2, "a letter to either head"
    await sign(year.heads["TR"], OWN, own)
    early = await year.office.post(f"{DESK}/{own.id}/approve", {"totp": year.office.totp()}, expect=409)
    assert "기관장이 모두 동의한 뒤" in said(early)
    page = (await year.heads["CU"].get(PARTNER)).text
    assert REASON["reason"] in page and TRANSPORT.agency in page and "동의하지 않기" in page
    await sign(year.heads["CU"], PARTNER, partner)
    desk = (await year.office.get(DESK)).text
    assert f"{DESK}/{own.id}/approve" in desk and f"{DESK}/{partner.id}/approve" not in desk
    astray = await year.office.post(f"{DESK}/{partner.id}/approve", {"totp": year.office.totp()}, expect=409)
    assert f"{own.id}번 요청에서" in said(astray)
    for officer in (year.office, year.second):
        assert await shares_in(db) == {"TR": SIGNED, "CU": SIGNED}
        await officer.post(f"{DESK}/{own.id}/approve", {"totp": officer.totp()})
    assert await shares_in(db) == {"TR": AGREED, "CU": AGREED}
    async with db.reading() as session:
        cycle = await cycle_of(session, YEAR)
        trees = await published_trees(session, cycle)
        assert cycle.contracts_sha256 == set_fingerprint(trees, cycle=str(YEAR))
        assert not [each for each in loose_ends(trees) if "몫" in each.message]
        for contract, agency in await contracts_of(session, cycle):
            assert still_as_signed(await tree_of(session, contract), cycle, contract)
            version = (await versions_of(session, cycle, contract))[-1]
            assert version.number == 2 and version.reason == REASON["reason"]
            assert version.head_signed_by is not None and version.first_officer is not None, agency.code
    assert len(await told(db, AMENDED.purpose, "요청대로 바뀌었습니다")) == 4, "officers and heads of both"


async def test_a_partner_that_does_not_agree_keeps_every_contract_as_it_is(db: Database, year: Year) -> None:
    await joint(year)
    for typed in ("TR=60; XX=40", "CU=60; TR=40"):
        await word(year.officers["TR"], "T-2", {"shares": typed})
        assert (
            "함께 하는 기관이 모두 동의하면" in (await year.officers["TR"].post(OWN, REASON, expect=422)).text
        )
    own, partner = await asked(db, year)
    await sign(year.heads["TR"], OWN, own)
    await year.heads["CU"].post(f"{PARTNER}/{partner.id}/withdraw")
    async with db.reading() as session:
        states = {each.state for each in await session.exec(select(Amendment))}
    assert states == {AmendmentState.WITHDRAWN}
    await year.office.post(f"{DESK}/{own.id}/approve", {"totp": year.office.totp()}, expect=409)
    assert await shares_in(db) == {"TR": SIGNED, "CU": SIGNED}


async def test_what_one_side_alone_says_of_a_joint_task_is_said_and_holds_up_its_own_signature(
    year: Year,
) -> None:
    _, linked = joint_trees()
    year.trees = (TRANSPORT, linked)
    await year.drafted()
    head, other = year.heads["CU"], year.heads["TR"]
    own, its = f"/agency/contracts/{YEAR}-CU", f"/agency/contracts/{YEAR}-TR"
    for page in (own, f"{own}/review"):
        assert "같은 코드의 협업과제가 없습니다" in (await head.get(page)).text, page
    text = (await head.get(own)).text
    assert "이 과제가 없습니다. 그래서 재지 않고" in text and "한 번만 잽니다" not in text
    refused = await head.post(f"{own}/sign", {"totp": head.totp()}, expect=409)
    assert "두 계약이 같게 적힌 뒤에 서명할 수 있습니다" in refused.text
    assert "같은 코드의 협업과제가 없습니다" in (await other.get(its)).text, "the named leader reads it, too"
    await other.post(f"{its}/sign", {"totp": other.totp()})
