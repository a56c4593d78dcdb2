"""What stands beside the figures in a demonstration: evidence files, replies of the bodies, comments of the experts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.terms.tree import ContractTree, indicators
from rehearsal import evidence_files
from rehearsal.cycle import own_contract
from rehearsal.stage import Stage, some_at_once
from rehearsal.visitor import fields

Kind = tuple[str, str, evidence_files.Make]
TABLE: Kind = ("실적", "xlsx", evidence_files.table)
PAPER: Kind = ("실적 확인서", "pdf", evidence_files.paper)
PICTURE: Kind = ("다섯 해 실적", "png", evidence_files.picture)


async def lay_evidence(stage: Stage, year: int, trees: Sequence[ContractTree], kinds: Sequence[Kind]) -> None:
    """Every officer lays files beside the indicators they reported, the kinds in turn, each at least once."""

    async def one(tree: ContractTree) -> None:
        officer = stage.of_agency("officer", tree.agency_code)
        measured = [each for each in indicators(tree) if each.measure and each.measure.actual is not None]
        shown = [each for each in measured if each.measure and each.measure.history]
        address = f"/agency/contracts/{await own_contract(officer, year)}/evidence"
        for place, (said, ending, make) in enumerate(kinds):
            node = shown[place % len(shown)]
            file = (f"{node.title} {said}.{ending}", make(node, year))
            await officer.browser.post(address, {"node": node.code, "clean": "yes"}, files={"file": file})

    await some_at_once(trees, one, at_once=4)


async def reply(stage: Stage, year: int, texts: Mapping[str, str], page: str = "reply") -> None:
    """Bodies say something before the vote; their heads hand it in.  With `page` they answer comments."""
    for code, text in texts.items():
        officer, head = stage.of_agency("officer", code), stage.of_agency("head", code)
        address = f"/agency/contracts/{await own_contract(officer, year)}/{page}"
        await officer.browser.get(address)
        await officer.browser.post(address, {"text": text})
        read = await head.browser.get(address)
        await head.browser.post(f"{address}/release", {"mark": fields(read, "mark")[0]})


async def release_comments(stage: Stage, year: int, agencies: Sequence[str]) -> None:
    """Two officers let the comments on these bodies' contracts be read."""
    office = stage.of("office")[0].browser
    for agency in agencies:
        address = f"/office/cycles/{year}/comments/{year}-{agency}"
        opened = await office.get(address)
        if 'name="rest"' not in opened.text:
            continue
        await office.post(address, {"rest": "public"})
        content = fields(await office.get(address), "content")[0]
        await stage.both_send(f"{address}/release", {"content": content})
