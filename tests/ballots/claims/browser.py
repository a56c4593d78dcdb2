"""Claims about what runs in a browser: the booth's guards, and the trustee's own adding up."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from ballots.protocol.board import add_encrypted_tally, end_ballots
from ballots.protocol.tally import encrypted_tally
from tests.ballots.boards import Vote, question
from tests.ballots.claims.claim import must


@dataclass(frozen=True)
class BrowserClaim:
    """As `Claim`; its switch exchanges one piece of a script, which must be there exactly once."""

    name: str
    sentence: str
    off: str
    check: Callable[[Page], Awaitable[None]]
    script: str
    old: str
    new: str


async def run(page: Page, script: str, call: str, argument: Any = None) -> Any:
    """Evaluate a function of (module, argument); "refused" when it throws one of the booth's own refusals."""
    return await page.evaluate(
        f"""async (argument) => {{
            const module = await import("/static/ballots/{script}");
            try {{
                return await ({call})(module, argument);
            }} catch (error) {{
                if (error.reason) return "refused";
                throw error;
            }}
        }}""",
        argument,
    )


async def the_booth_reads_the_record(page: Page) -> None:
    call = """(module, shown) => module.checkAgainstRecord(
        {questions: [{answers: ["버스", "병원"], min: 1, max: 1, blank: false}]},
        {titles: () => shown, min: 1, max: 1, allowsBlank: false},
        {asked: () => []},
    ) ?? "shown" """
    must(await run(page, "booth/guard.js", call, ["버스", "병원"]) == "shown")
    must(await run(page, "booth/guard.js", call, ["병원", "버스"]) == "refused")


async def no_randomness_no_ballot(page: Page) -> None:
    must(len(await run(page, "crypto/ballot-seed.js", "(module) => Array.from(module.drawSeed())")) == 32)
    for broken in ("(array) => array", '() => { throw new Error("none"); }'):
        call = f"(module) => {{ crypto.getRandomValues = {broken}; return Array.from(module.drawSeed()); }}"
        must(await run(page, "crypto/ballot-seed.js", call) == "refused")


async def a_trustee_adds_up_alone(page: Page) -> None:
    vote = Vote((question(3, 1, 2),), (1, 1))
    for voter in range(2):
        vote.cast(voter, (voter,))
    vote.append(end_ballots(vote.head))
    one = encrypted_tally(vote.context, vote.ballots[:1])
    vote.append(add_encrypted_tally(vote.head, one.raw, one.sized))
    argument = {"raw": base64.b64encode(vote.raw).decode(), "uuid": vote.uuid}
    call = """async (module, {raw, uuid}) => (await module.tallyOfBoard(
        Uint8Array.from(atob(raw), (character) => character.charCodeAt(0)), uuid, () => {},
    )).rows"""
    rows = await run(page, "trustee/board-tally.js", call, argument)
    must(rows == json.loads(encrypted_tally(vote.context, vote.ballots).raw))


BROWSER = (
    BrowserClaim(
        "booth-record",
        "The booth encrypts nothing when it shows other tasks, or another order, than the election record.",
        "the page is not compared with the record",
        the_booth_reads_the_record,
        "booth/guard.js",
        "if (!same) throw",
        "if (false) throw",
    ),
    BrowserClaim(
        "booth-randomness",
        "Without working randomness the booth makes no ballot.",
        "a seed without randomness is taken",
        no_randomness_no_ballot,
        "crypto/ballot-seed.js",
        "if (seed.every((byte) => byte === seed[0])) throw",
        "if (false) throw",
    ),
    BrowserClaim(
        "trustee-adds-up",
        "A trustee's browser opens the totals it added up from the board itself, whatever the server calls the totals.",
        "the recorded totals are taken instead",
        a_trustee_adds_up_alone,
        "trustee/board-tally.js",
        "return { fingerprint: election.fingerprint, keys, rows, bytes,",
        "return { fingerprint: election.fingerprint, keys, rows: JSON.parse(new TextDecoder().decode(board.tally)), bytes,",
    ),
)
