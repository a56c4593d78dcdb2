"""The scenes of one cycle in the browser, in their order; everybody's part that only repeats another's runs over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import expect

from ballots.protocol.ballot import Picks
from contracts.files.exporting import write_csv
from contracts.terms.tree import ContractTree
from evaluation.arithmetic.marks import Grade
from rehearsal import cycle, experts, panel
from rehearsal.material import without_figures
from rehearsal.panel import Member, roll_csv
from rehearsal.stage import code_in
from tests.browser.walking import PATIENCE, Play, Walker
from tests.seeding import SAFETY, TRANSPORT

YEAR = 2026
TREES: tuple[ContractTree, ...] = (TRANSPORT, SAFETY)
"""The first agency's people come in person, the others over HTTP."""
MARKS: dict[tuple[str, str, int], Grade | None] = {
    ("TR", "E-1", 2): Grade.A_ZERO,
    ("TR", "E-1", 3): Grade.B_PLUS,
    ("TR", "E-2", 2): Grade.C,
    ("TR", "E-2", 3): None,
}
"""What the second and third evaluator give; the first comes in person and gives A+ and B0."""
MEMBERS = [Member(f"{n:03d}", f"도정평가단 {n}", "", f"panel.{n}@{cycle.DOMAIN}") for n in range(1, 6)]
VOTER = Member("006", "도정평가단 6", "010-2026-0006", "")
BALLOTS: list[tuple[Member, Picks]] = list(zip(MEMBERS, [(0,), (0, 1), (1, 2), (2,), None], strict=True))
CHOSEN = "교통국 시설 넓히기"
"""The voter in the booth chooses this one task: the second on the ballot."""
VOTES = {"교통국 기다림 줄이기": 2, "교통국 시설 넓히기": 3, "안전공사 안전": 2}

REFUSED = ("status of 422",)
"""What a browser notes when a form comes back with a problem."""

PASSPHRASE = "세 사람이 나누어 맡은 열쇠"
"""Of every trustee's key file."""


@dataclass
class Company:
    """Who comes in person, and what they carry from scene to scene."""

    office: tuple[Walker, Walker]
    trustees: list[Walker] = field(default_factory=list)
    keys: list[Path] = field(default_factory=list)
    election: str = ""


async def people_come_in(play: Play, bootstrap: list[tuple[str, str]]) -> Company:
    """Everybody is invited; the two officers of the performance office sit down at their browsers."""
    await cycle.come_in(play.stage, bootstrap)
    agencies = [(tree.agency_code, tree.agency) for tree in TREES]
    await cycle.everybody_comes(play.stage, agencies, evaluators=3, trustees=3)
    first, second = play.stage.of("office")
    return Company((await play.signed_in(first), await play.signed_in(second)))


async def contracts_are_imported(company: Company) -> None:
    """The office makes the cycle and uploads the contracts: first with a bad row, which the dry run names."""
    office = company.office[0]
    await office.write("평가 연도", str(YEAR))
    await office.write("이름", f"{YEAR}년 도민이 함께 하는 성과평가")
    await office.go("평가주기 만들기")
    await office.follow("계약 올리기")
    good = write_csv(without_figures(TREES))
    bad = good.decode("utf-8-sig").replace(",40,하향", ",사십,하향", 1).encode("utf-8-sig")
    assert bad != good
    await office.give("계약 파일", "contracts.csv", bad)
    await office.go("시험으로 읽기")
    await office.see("고칠 곳이")
    row = office.page.get_by_role("row").filter(has_text="사십")
    await expect(row).to_contain_text("2행")
    await expect(row).to_contain_text("배점")
    await office.open(f"/office/cycles/{YEAR}")
    await office.see("먼저 계약을 올려 주십시오")
    await office.follow("계약 올리기")
    await office.give("계약 파일", "contracts.csv", good)
    await office.go("시험으로 읽기")
    await office.see("고칠 곳이 없습니다")
    await office.go("저장하기")
    await office.see("계약 2건")


async def contracts_are_signed_and_published(play: Play, company: Company) -> None:
    """A head signs in person, the others over HTTP; the office signs for the governor, and two officers publish."""
    stage = play.stage
    head = await play.signed_in(stage.of_agency("head", "TR"), allow=REFUSED)
    await head.follow("계약 읽고 서명하기")
    assert head.actor
    await head.write("인증 앱의 번호", "000000")
    await head.go("서명하기")
    await expect(head.page.get_by_role("alert")).to_be_visible()
    await head.write("인증 앱의 번호", head.actor.browser.totp())
    await head.go("서명하기")
    await head.see("서명했습니다.")
    for other in stage.of("head")[1:]:
        contract = await cycle.own_contract(other, YEAR)
        await other.browser.get(f"/agency/contracts/{contract}")
        await other.browser.post(f"/agency/contracts/{contract}/sign", {"totp": other.browser.totp()})
    first, second = company.office
    assert first.actor
    await first.open(f"/office/cycles/{YEAR}")
    await first.write("인증 앱의 번호", first.actor.browser.totp())
    await first.go("서명하기")
    await first.go("공개 요청하기")
    await first.see("다른 담당자의 확인을 기다립니다")
    await second.open("/office")
    await second.open(f"/office/cycles/{YEAR}")
    await second.go("확인하고 공개하기")
    await second.see("계약을 공개했습니다")


async def a_resident_finds_the_contract(play: Play) -> None:
    """Somebody who never signed in searches, opens the contract and reads the promise."""
    resident = await play.somebody()
    await resident.open("/")
    await resident.open("/contracts")
    await resident.write("기관, 과제, 지표 찾기", "대기시간")
    await resident.go("찾기")
    await resident.see("계약 1건")
    await resident.follow("교통국")
    await resident.see("버스를 기다리는 시간을 10분 아래로 줄이겠습니다.")
    await resident.see("그대로입니다")


async def figures_are_reported(play: Play, company: Company) -> None:
    """An officer mistypes a figure, reads what is wrong, finds everything as typed, and puts it right."""
    office = company.office[0]
    await office.open(f"/office/cycles/{YEAR}/rulebook")
    await office.go("이 규칙으로 공개하기")
    await office.open(f"/office/cycles/{YEAR}")
    await office.go("이행·실적 보고 시작하기")
    officer = await play.signed_in(play.stage.of_agency("officer", "TR"), allow=REFUSED)
    await officer.follow("실적과 결과 적기")
    waiting, used = (
        officer.page.get_by_label("버스 평균 대기시간"),
        officer.page.get_by_label("공공시설 이용자"),
    )
    result = officer.page.get_by_label("이행 결과").first
    await waiting.fill("9분 6초")
    await used.fill("103")
    await result.fill("노선 12개를 고쳤습니다.")
    await officer.go("저장하기")
    await officer.see(re.compile("버스 평균 대기시간: 숫자가 아닙니다"))
    await expect(waiting).to_have_value("9분 6초")
    await expect(used).to_have_value("103")
    await expect(result).to_have_value("노선 12개를 고쳤습니다.")
    await waiting.fill("9.6")
    await officer.go("저장하기")
    await officer.see("실적과 이행 결과를 저장했습니다")
    await cycle.report(play.stage, YEAR, TREES[1:])


async def figures_are_checked(play: Play) -> None:
    """A verifier, who has never been here, finds a figure right by itself and the rest at once; others run over HTTP."""
    verifier = await play.signed_in(play.stage.of("verifier")[0])
    await verifier.see("확인할 실적이")
    await verifier.follow("이어서 확인하기")
    await verifier.see("교통국의 실적이 증빙자료와 같은가요?")
    await verifier.look()
    await verifier.tick("확인 결과: 버스 평균 대기시간", "맞음")
    await verifier.press(verifier.page.locator("label[for='field-source-W-1']"))
    await verifier.go(verifier.page.locator("button[value='W-1']"))
    await verifier.see("저장했습니다")
    await verifier.look()
    await cycle.check_figures(play.stage)
    await verifier.open("/checks")
    await verifier.see("보고한 실적을 모두 확인했습니다")


async def an_evaluator_marks(play: Play, company: Company) -> None:
    """The office assigns; one evaluator declares, marks, sees it saved and files; the others mark over HTTP."""
    office = company.office[0]
    await office.open(f"/office/cycles/{YEAR}")
    await office.go("전문가 평가 시작하기")
    await office.open(f"/office/cycles/{YEAR}/assignments")
    await office.write("계약마다 평가위원 수", "3")
    await office.go("배정하기")
    evaluator = await play.signed_in(play.stage.of("evaluator")[0])
    await evaluator.follow("이어서 평가하기: 교통국")
    await evaluator.tick("이해관계가 있습니까?", "없습니다")
    await evaluator.go("확인")
    for title, grade in (("불편 해소 노력", "A+"), ("예산을 알뜰하게 쓴 정도", "B0")):
        async with evaluator.page.expect_response(re.compile(r"/evaluation/\d+$")):
            await evaluator.tick(title, grade)
        await expect(evaluator.page.locator("#saved")).to_have_text(re.compile("저장됨"))
    await evaluator.look()
    await evaluator.page.reload()
    await expect(evaluator.page.locator("input:checked")).to_have_count(2)
    await evaluator.go("저장하고 제출 확인")
    await evaluator.go("제출하기")
    await evaluator.see("제출하셨습니다")
    assert await experts.score(play.stage, YEAR, MARKS, leave_open=frozenset({1})) == 2


async def the_vote_is_prepared(play: Play, company: Company) -> None:
    """The question, the trustees, their keys, the roll, the links: and two officers open the vote."""
    first, second = company.office
    await first.open("/office/elections")
    await first.write("많아야 고를 과제 수", "2")
    await first.go("투표 준비 시작하기")
    company.election = first.page.url.rsplit("/", 1)[1].partition("?")[0]
    # All three are ticked, and two are enough, unless the office wants it otherwise.
    await first.go("개표관리인 정하기")
    for trustee in play.stage.of("trustee"):
        company.trustees.append(await play.signed_in(trustee))
        company.keys.append(await a_trustee_makes_a_key(company.trustees[-1]))
    for button, done in (
        ("조각 나누기", "조각을 나누었습니다"),
        ("받은 조각 확인하기", "받은 조각이 모두 맞습니다"),
    ):
        for walker, key in zip(company.trustees, company.keys, strict=True):
            await walker.open(f"/trustee/{company.election}")
            await opens_the_key(walker, key)
            await walker.press(button)
            await walker.see(done, PATIENCE)
            await walker.look()
    here = f"/office/elections/{company.election}"
    await first.open(here)
    await first.give("선거인명부 파일", "roll.csv", roll_csv([*MEMBERS, VOTER]))
    await first.go("파일 확인하기")
    await first.see("선거인 6명, 고칠 곳이 없습니다")
    await first.go("명부로 저장하기")
    for label in ("투표 링크 보내기", "투표 열기"):
        await first.go(label)
        await second.open(here)
        await second.go("두 번째 담당자로 확인하기")
        await first.open(here)
    await first.see("6명 가운데 0명이 투표했습니다")


async def a_trustee_makes_a_key(trustee: Walker) -> Path:
    """The key is made in the browser, its file is saved, and given back to prove that it was."""
    await trustee.follow("시작하기")
    await trustee.page.get_by_label("열쇠 파일의 암호문장").fill(PASSPHRASE)
    await trustee.page.get_by_label("암호문장 다시 입력").fill(PASSPHRASE)
    await trustee.press("열쇠 만들기")
    save = trustee.page.get_by_text("열쇠 파일 저장하기")
    await expect(save).to_be_visible(timeout=PATIENCE * 1000)
    await trustee.look()
    path = await trustee.take(save)
    await trustee.page.get_by_label("방금 저장한 파일").set_input_files(path)
    await trustee.press("확인하고 내기")
    await trustee.see("열쇠를 만들었습니다", PATIENCE)
    await trustee.look()
    await trustee.follow("계속하기")
    return path


async def opens_the_key(trustee: Walker, key: Path) -> None:
    """The file and its passphrase go into the form."""
    await trustee.page.get_by_label("열쇠 파일", exact=True).set_input_files(key)
    await trustee.page.get_by_label("암호문장", exact=True).fill(PASSPHRASE)


async def the_panel_votes(play: Play, company: Company) -> str:
    """One member votes in the booth, the others over HTTP; returns the tracker the booth showed."""
    voter = await play.somebody()
    letters = await play.outbox(voter, VOTER.address, panel.LINK_LETTER)
    async with letters.page.expect_navigation():
        await letters.press("받은 주소 열기", "link")
    booth = letters
    await expect(booth.page.get_by_role("heading", name="약속을 가장 잘 지킨 과제")).to_be_visible()
    await expect(booth.page).to_have_url(f"{booth.address}/vote/{company.election}")
    await booth.look()
    await booth.press(booth.page.locator(".choice label").filter(has_text=CHOSEN))
    await expect(booth.page.locator("[data-count]")).to_contain_text("1개 선택")
    await booth.press("다음")
    await booth.see("이대로 투표할까요?")
    await expect(booth.page.locator("[data-review-list] li")).to_have_text([CHOSEN])
    await booth.look()
    await booth.press("투표하기")
    await expect(booth.page.get_by_role("heading", name="인증번호")).to_be_visible(timeout=PATIENCE * 1000)
    await booth.look()
    messages = await play.outbox(voter, VOTER.address, panel.CODE_LETTER)
    code = await messages.page.locator(".one-time-code").first.inner_text()
    assert code == code_in((await play.stage.letters(VOTER.address, panel.CODE_LETTER))[0])
    await messages.page.close()
    await booth.write("인증번호 6자리", code)
    await booth.press("투표 마치기")
    await booth.see("기록되었습니다", PATIENCE)
    await booth.look()
    tracker = await booth.page.locator("#tracker").inner_text()
    await panel.everybody_votes(play.stage, company.election, BALLOTS)
    await booth.follow("공개 게시판 보기")
    await booth.write("투표 확인번호", tracker)
    await booth.go("찾기")
    await booth.reload_until("있습니다. 이 투표지를 셉니다")
    return tracker


async def the_vote_is_counted(company: Company) -> None:
    """Two officers close the vote, and two of the three trustees open the tally with their files."""
    first, second = company.office
    here = f"/office/elections/{company.election}"
    await first.open(here)
    await first.press(first.page.locator("summary").filter(has_text="투표 마감하기"))
    await first.go("투표 마감하기")
    await second.open(here)
    await second.go("두 번째 담당자로 확인하기")
    for trustee, key in list(zip(company.trustees, company.keys, strict=True))[1:]:
        await trustee.open(f"/trustee/{company.election}")
        await trustee.reload_until("내 열쇠를 열어 주십시오")
        await opens_the_key(trustee, key)
        await trustee.press("투표지 더해 보기")
        await trustee.see("게시판의 투표지를 직접 더했습니다", PATIENCE)
        await trustee.look()
        await trustee.press("합계 열기")
        await trustee.see("합계를 여셨습니다", PATIENCE)
        await trustee.look()


async def the_result_is_published(company: Company) -> None:
    """The office computes the run, and two officers publish it."""
    first, second = company.office
    await first.open(f"/office/cycles/{YEAR}/runs")
    await first.reload_until("결과 산출하기")
    await first.go("결과 산출하기")
    await first.go("공개 요청하기")
    await second.open(f"/office/cycles/{YEAR}/runs")
    await second.go("확인하고 공개하기")
    await second.see("제1회 산출 결과를 공개했습니다")
