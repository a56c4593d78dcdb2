"""The cycle as a sequence of scenes; the demonstration and every rehearsal play the same ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from html import unescape

from contracts.files.exporting import write_csv
from contracts.terms.tree import ContractTree
from rehearsal import experts
from rehearsal.material import Marks, figures_of, without_figures
from rehearsal.stage import Actor, Stage, some_at_once
from rehearsal.visitor import Unexpected, fields

_CONTRACT = re.compile(r'href="/agency/contracts/([^"/#?]+)')
_CHECK = re.compile(r'href="(/checks/[^"#?]+)"')
_SEEN = re.compile(r'name="seen-([^"]+)"')
_BARE = re.compile(r'name="looked-([^"]+)"')
DOMAIN = "yaksok.example"
VERIFIERS = 1


async def come_in(stage: Stage, bootstrap: Sequence[tuple[str, str]]) -> None:
    """The first officers of the performance office come in with the numbers the operator gave them."""
    for place, (email, number) in enumerate(bootstrap, start=1):
        await stage.join(Actor(f"성과관리 담당 {place}", "office", email), number)


async def everybody_comes(
    stage: Stage, agencies: Sequence[tuple[str, str]], *, evaluators: int, trustees: int, officers: int = 0
) -> None:
    """Invite officers and heads of every agency, the evaluators, the trustees and who checks the figures.

    `officers` more join the performance office, beside those the operator invited.
    """
    people = [
        Actor(f"{name} {label}", role, f"{role}.{place}@{DOMAIN}", agency=code)
        for place, (code, name) in enumerate(agencies, start=1)
        for role, label in (("officer", "담당자"), ("head", "기관장"))
    ]
    people += [
        Actor(f"{label} {place}", role, f"{role}.{place}@{DOMAIN}")
        for role, label, count in (
            ("evaluator", "평가위원", evaluators),
            ("trustee", "개표관리인", trustees),
            ("verifier", "실적 확인 담당", VERIFIERS),
        )
        for place in range(1, count + 1)
    ]
    known = len(stage.of("office"))
    people += [
        Actor(f"성과관리 담당 {place}", "office", f"office.{place}@{DOMAIN}")
        for place in range(known + 1, known + officers + 1)
    ]
    office = stage.of("office")[0]
    # One invitation at a time keeps the order in which people come in; joining is quick.
    for actor in people:
        await stage.invite(office, actor)


async def begin(stage: Stage, year: int, title: str, simulated: Sequence[str]) -> None:
    """Open the cycle of a year."""
    office = stage.of("office")[0].browser
    await office.get("/office")
    await office.post(
        "/office/cycles", {"year": str(year), "title": title, "simulated": "\n".join(simulated)}
    )


async def plan(stage: Stage, year: int, days: Mapping[str, date]) -> None:
    """Write into the calendar when phases are planned to begin."""
    office = stage.of("office")[0].browser
    form = {f"planned-{phase}": day.isoformat() for phase, day in days.items()}
    await office.post(f"/office/cycles/{year}/calendar", form)


async def look_at_midyear(stage: Stage, year: int, day: date) -> None:
    """Freeze how every contract stood on a day in the middle of the year."""
    office = stage.of("office")[0].browser
    await office.post(f"/office/cycles/{year}/checkpoints", {"as_of": day.isoformat()})


async def show_import(stage: Stage, year: int, name: str, data: bytes) -> dict[str, object]:
    """Upload a contract file and read what the dry run says of it; nothing is imported."""
    office = stage.of("office")[0].browser
    await office.get(f"/office/cycles/{year}/import")
    answer = await office.post(f"/office/cycles/{year}/import", files={"file": (name, data)})
    draft = answer.headers["location"]
    shown = await office.get(draft, headers={"Accept": "application/json"})
    return {"address": draft, **shown.json()}


async def take_contracts(stage: Stage, year: int, trees: Sequence[ContractTree]) -> None:
    """Import contracts that have no problem."""
    dry = await show_import(stage, year, "contracts.csv", write_csv(without_figures(trees)))
    if dry["problems"]:
        raise Unexpected(f"the import refuses what it should take: {dry['problems']}")
    office = stage.of("office")[0].browser
    await office.get(str(dry["address"]))
    await office.post(str(dry["address"]))


async def sign_and_publish(stage: Stage, year: int) -> None:
    """Every head signs, the office signs for the governor, two officers publish."""

    async def head_signs(head: Actor) -> None:
        contract = await own_contract(head, year)
        await head.browser.get(f"/agency/contracts/{contract}")
        await head.browser.post(f"/agency/contracts/{contract}/sign", {"totp": head.browser.totp()})

    await some_at_once(stage.of("head"), head_signs, at_once=4)
    office = stage.rested("office", 1)[0].browser
    await office.get(f"/office/cycles/{year}")
    await office.post(f"/office/cycles/{year}/sign", {"totp": office.totp()})
    await stage.together(lambda officer: officer.browser.post(f"/office/cycles/{year}/publish"))


async def own_contract(person: Actor, year: int) -> str:
    """The public id of a person's own contract of a year."""
    overview = await person.browser.get("/agency")
    for contract in _CONTRACT.findall(overview.text):
        if contract.startswith(f"{year}-"):
            return str(contract)
    raise Unexpected(f"{person.name} sees no contract of {year}")


async def publish_rulebook(stage: Stage, year: int) -> None:
    """Publish the shipped rulebook and its fingerprint."""
    office = stage.of("office")[0].browser
    await office.get(f"/office/cycles/{year}/rulebook")
    await office.post(f"/office/cycles/{year}/rulebook", {"source": "default"})


async def advance(stage: Stage, year: int, phase: str) -> None:
    """Begin a phase that an officer begins by a press."""
    office = stage.of("office")[0].browser
    await office.get(f"/office/cycles/{year}")
    await office.post(f"/office/cycles/{year}/advance", {"to": phase})


async def report(stage: Stage, year: int, trees: Sequence[ContractTree]) -> None:
    """Every officer reports figures and results."""

    async def one(tree: ContractTree) -> None:
        officer = stage.of_agency("officer", tree.agency_code)
        address = f"/agency/contracts/{await own_contract(officer, year)}/figures"
        await officer.browser.get(address)
        await officer.browser.post(address, figures_of(tree))

    await some_at_once(trees, one, at_once=4)


async def check_figures(stage: Stage, settled: Collection[str] = ()) -> None:
    """A verifier opens every contract with figures and finds them right; the experts cannot begin before.

    Figures without a file or a source are looked at one by one; those in `settled` have their verdict.
    """
    verifier = stage.of("verifier")[0].browser
    listed = await verifier.get("/checks")
    for address in dict.fromkeys(_CHECK.findall(listed.text)):
        opened = await verifier.get(address)
        codes = [unescape(code) for code in dict.fromkeys(_SEEN.findall(opened.text))]
        seen = {code: fields(opened, f"seen-{code}")[0] for code in codes}
        bare = {unescape(code) for code in _BARE.findall(opened.text)}
        together = seen.keys() - bare - set(settled) if f'action="{address}/rest"' in opened.text else set()
        if together:
            sources = {f"source-{code}": "yes" for code in together}
            await verifier.post(
                f"{address}/rest", {f"seen-{code}": seen[code] for code in together} | sources
            )
        for code in seen.keys() - together - set(settled):
            one = {"code": code, f"seen-{code}": seen[code], f"verdict-{code}": "ok", f"source-{code}": "yes"}
            if code in bare:
                one |= {f"looked-{code}": "yes", f"note-{code}": "담당 부서의 대장을 열어 확인했습니다."}
            await verifier.post(address, one)


async def score(
    stage: Stage,
    year: int,
    trees: tuple[ContractTree, ...],
    marks: Marks,
    *,
    words: Mapping[str, str] | None = None,
) -> int:
    """Assign the evaluators and let them mark; `words` are what the first one writes beside each grade."""
    await experts.assign(stage, year, trees, marks, len(stage.of("evaluator")))
    await check_figures(stage)
    await advance(stage, year, "scoring")
    return await experts.score(stage, year, marks, words=words or {})


async def make_result(stage: Stage, year: int) -> None:
    """Compute the run and publish it by two officers."""
    office = stage.of("office")[0].browser
    await office.get("/office")
    await office.post(f"/office/cycles/{year}/runs")
    await stage.together(lambda officer: officer.browser.post(f"/office/cycles/{year}/runs/1/publish"))
