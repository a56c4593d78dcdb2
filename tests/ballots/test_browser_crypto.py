"""The booth's and the trustees' arithmetic, run in the real browser, judged by belenios-tool and by our own checks."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from ballots.protocol import audit, ballot
from ballots.protocol.ballot import Picks, check_proofs
from ballots.protocol.credentials import derive, read_credentials
from ballots.protocol.election import open_election
from ballots.protocol.exponents import SeededExponents
from ballots.protocol.group import random_exponent
from tests import browsers
from tests.ballots.reference import TOOL, ReferenceElection
from tests.local_site import Site, local_site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(TOOL is None, reason="belenios-tool is not installed"),
]

Q = 78571733251071885079927659812671450121821421258408794611510081919805623223441
TASKS = ("청년 일자리 1,200개 만들기", "군 단위 공공의료원 야간진료", "도로 “먼지” 30% 줄이기")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with local_site() as site:
        yield site


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browsers.browser() as chromium:
        yield chromium


@pytest.fixture
async def page(chromium: Browser, site: Site) -> AsyncIterator[Page]:
    async with browsers.visit(chromium) as page:
        await page.goto(site.address)
        yield page


def tasks(count: int) -> list[str]:
    return [f"{TASKS[i % len(TASKS)]} ({i + 1})" for i in range(count)]


def question(answers: int, least: int, most: int, blank: bool = False) -> dict[str, Any]:
    allowed = {"blank": True} if blank else {}
    return {"answers": tasks(answers), **allowed, "min": least, "max": most, "question": "가장 잘 지킨 약속"}


def rating(agency: str) -> dict[str, Any]:
    points = [f"{n}점" for n in range(1, 6)]
    return {"answers": points, "min": 0, "max": 1, "question": f"{agency}: 약속을 얼마나 잘 지켰습니까?"}


async def run(page: Page, module: str, call: str, argument: Any = None) -> Any:
    """Evaluate a JavaScript function of (module, argument) in the page."""
    return await page.evaluate(
        f"""async (argument) => {{
            const module = await import("/static/ballots/crypto/{module}.js");
            return await ({call})(module, argument);
        }}""",
        argument,
    )


ENCRYPT = """(module, {election, ...vote}) => module.encryptBallot({
    electionBytes: Uint8Array.from(atob(election), (character) => character.charCodeAt(0)), ...vote,
}).then((made) => ({...made, seed: Array.from(made.seed)}))"""


async def encrypt(
    page: Page, election: ReferenceElection, voter: int, choices: Sequence[int], *, blank: bool = False
) -> dict[str, Any]:
    return await encrypt_all(page, election, voter, [{"choices": list(choices), "blank": blank}])


async def encrypt_all(
    page: Page, election: ReferenceElection, voter: int, votes: list[dict[str, Any]]
) -> dict[str, Any]:
    """A ballot of one vote per question."""
    made: dict[str, Any] = await run(page, "ballot", ENCRYPT, vote_of(election, votes, voter))
    return made


def vote_of(election: ReferenceElection, votes: list[dict[str, Any]], voter: int = 0) -> dict[str, Any]:
    record = base64_of(election.record)
    return {"election": record, "credential": election.credentials[voter], "votes": votes}


def base64_of(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


async def reason(page: Page, module: str, call: str, argument: Any = None) -> str:
    """The one-word reason of the Refusal that the call must end in."""
    caught: str = await run(
        page,
        module,
        f"""async (module, argument) => {{
            try {{ await ({call})(module, argument); }}
            catch (refusal) {{ return refusal.name === "Refusal" ? refusal.reason : String(refusal); }}
            return "accepted";
        }}""",
        argument,
    )
    return caught


VOTES = [
    pytest.param(question(1, 1, 1), [[0], [0]], id="one-answer"),
    pytest.param(question(3, 1, 2), [[0], [2, 1], [0, 2]], id="one-to-two-of-three"),
    pytest.param(question(4, 0, 2), [[], [3], [1, 2]], id="none-allowed"),
    pytest.param(question(3, 1, 2, blank=True), [[0], None, [2, 1]], id="blank"),
    pytest.param(question(2, 0, 2, blank=True), [[], None, [0, 1]], id="blank-or-none"),
    pytest.param(question(30, 1, 3, blank=True), [[29, 0, 7], None], id="thirty-and-blank"),
    pytest.param(question(33, 1, 4), [[32, 0, 7, 15], [4]], id="thirty-three"),
]


@pytest.mark.parametrize(("asked", "votes"), VOTES)
async def test_ballots_made_in_the_browser_pass_our_checks_and_are_counted_by_the_reference(
    page: Page, tmp_path: Path, asked: dict[str, Any], votes: list[list[int] | None]
) -> None:
    election = ReferenceElection(tmp_path, asked)
    context = open_election(election.record)
    expected = [0] * (len(asked["answers"]) + ("blank" in asked))
    for voter, choices in enumerate(votes):
        made = await encrypt(page, election, voter, choices or [], blank=choices is None)
        check_proofs(context, made["ballot"].encode())
        election.cast(made["ballot"])
        counted = [0] if choices is None else [i + ("blank" in asked) for i in choices]
        for i in counted:
            expected[i] += 1
    assert "all checks passed" in election.verify()
    election.close()
    election.own_share()
    assert election.result() == [expected]
    assert "all checks passed" in election.verify()


async def test_a_choice_of_tasks_and_a_rating_of_every_agency_are_one_ballot(
    page: Page, tmp_path: Path
) -> None:
    asked = [question(4, 1, 2, blank=True), *(rating(agency) for agency in ("교통국", "환경국", "농정국"))]
    election = ReferenceElection(tmp_path, asked)
    context = open_election(election.record)
    cast: list[list[dict[str, Any]]] = [
        [{"choices": [2, 0]}, {"choices": [4]}, {"choices": []}, {"choices": [0]}],
        [{"choices": [], "blank": True}, {"choices": [4]}, {"choices": [2]}, {"choices": []}],
    ]
    for voter, votes in enumerate(cast):
        made = await encrypt_all(page, election, voter, votes)
        check_proofs(context, made["ballot"].encode())
        election.cast(made["ballot"])
    assert "all checks passed" in election.verify()
    election.close()
    election.own_share()
    assert election.result() == [[1, 1, 0, 1, 0], [0, 0, 0, 0, 2], [0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]
    assert "all checks passed" in election.verify()


SEED = bytes(range(7, 39))
SEEDED = """async (module, {election, seed, ...vote}) => {
    const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const made = await module.encryptBallot({electionBytes: bytes(election), seed: bytes(seed), ...vote});
    return {ballot: made.ballot, tracker: made.tracker, proof: made.proof};
}"""


@pytest.mark.parametrize(
    ("questions", "picks"),
    [
        ([question(3, 1, 2)], [(2, 0)]),
        ([question(3, 0, 2, blank=True)], [None]),
        ([question(4, 1, 2, blank=True), rating("교통국"), rating("환경국")], [(3, 1), (4,), ()]),
    ],
    ids=["plain", "blank", "several"],
)
async def test_browser_and_server_make_the_same_ballot_from_the_same_seed(
    page: Page, tmp_path: Path, questions: list[dict[str, Any]], picks: list[Picks]
) -> None:
    election = ReferenceElection(tmp_path, questions)
    votes = [{"choices": list(chosen or ()), "blank": chosen is None} for chosen in picks]
    made = await run(page, "ballot", SEEDED, {**vote_of(election, votes), "seed": base64_of(SEED)})
    context = open_election(election.record)
    secret = derive(election.credentials[0], election.uuid).secret
    ours = ballot.encrypt(context, secret, picks, SeededExponents(SEED))
    assert made["ballot"] == ours.decode()
    again = await run(page, "ballot", SEEDED, {**vote_of(election, votes), "seed": base64_of(SEED)})
    assert again == made


async def test_exponents_of_a_seed_are_those_written_down(page: Page) -> None:
    """The vector of docs/protocol.md."""
    drawn = await run(
        page,
        "ballot-seed",
        """async (module) => {
            const next = await module.exponentsOf(Uint8Array.from({length: 32}, (_, i) => i), 70, async () => {});
            return Array.from({length: 70}, () => String(next()));
        }""",
    )
    assert drawn[0] == "77817381263360614565564884089373469312246668172248633425048790200915443352510"
    exponents = SeededExponents(bytes(range(32)))
    assert drawn == [str(random_exponent(exponents)) for _ in range(70)]


async def test_hmac_is_the_standards(page: Page) -> None:
    """Texts around the ends of a block, where padding takes one more; against Python's own."""
    key = bytes(range(200, 232))
    texts = ["가" + "x" * length for length in (0, 20, 51, 52, 53, 60, 61, 116, 117, 200)]
    made = await run(
        page,
        "hmac",
        "(module, {key, texts}) => texts.map((text) => Array.from(module.hmacSha256(Uint8Array.from(key))(text)))",
        {"key": list(key), "texts": texts},
    )
    assert [bytes(digest) for digest in made] == [hmac.digest(key, text.encode(), "sha256") for text in texts]


REMAKE = """async (module, {election, credentials, code}) => {
    const bytes = Uint8Array.from(atob(election), (character) => character.charCodeAt(0));
    const opening = await module.unpackOpening(code);
    const {ballot, tracker} = await module.remakeBallot({electionBytes: bytes, credentials, opening});
    return {ballot, tracker, votes: opening.votes};
}"""


async def test_an_opened_ballot_is_made_again_by_browser_and_server_alike(page: Page, tmp_path: Path) -> None:
    election = ReferenceElection(tmp_path, [question(4, 1, 2, blank=True), rating("교통국")])
    votes = [{"choices": [3, 1], "blank": False}, {"choices": [2], "blank": False}]
    made = await encrypt_all(page, election, 1, votes)
    listed = list(read_credentials(election.credentials_record))
    parts = {
        "position": listed.index(json.loads(made["ballot"])["credential"]),
        "seed": made["seed"],
        "proof": made["proof"],
        "votes": votes,
    }
    code: str = await run(page, "opening", "(module, parts) => module.packOpening(parts)", parts)
    opening = audit.unpack(code)
    assert opening.votes == ((1, 3), (2,))
    assert audit.pack(opening) == code
    context = open_election(election.record, election.credentials_record)
    assert audit.remake(context, context.weights, opening).decode() == made["ballot"]
    there = {
        "election": base64_of(election.record),
        "credentials": listed,
        "code": f"https://x/audit/u#{code}",
    }
    again = await run(page, "opening", REMAKE, there)
    assert (again["ballot"], again["tracker"]) == (made["ballot"], made["tracker"])
    assert again["votes"] == [{"choices": [1, 3], "blank": False}, {"choices": [2], "blank": False}]
    other = audit.pack(dataclasses.replace(opening, votes=((0, 3), (2,))))
    for wrong, expected in (
        (code[:-3], "opening-form"),
        (code[:20] + ("A" if code[20] != "A" else "B") + code[21:], "opening-form"),
        ("", "opening-form"),
        (other, "opening-differs"),
        (audit.pack(dataclasses.replace(opening, position=99)), "opening-differs"),
        (audit.pack(dataclasses.replace(opening, votes=((1, 3),))), "opening-differs"),
    ):
        assert await reason(page, "opening", REMAKE, {**there, "code": wrong}) == expected


async def test_the_ballot_is_canonical_and_its_tracker_is_the_hash_of_its_bytes(
    page: Page, tmp_path: Path
) -> None:
    election = ReferenceElection(tmp_path, question(2, 1, 1, blank=True))
    made = await encrypt(page, election, 0, [1])
    assert json.dumps(json.loads(made["ballot"]), separators=(",", ":"), ensure_ascii=False) == made["ballot"]
    assert list(json.loads(made["ballot"])["answers"][0]) == [
        "choices",
        "individual_proofs",
        "overall_proof",
        "blank_proof",
    ]
    tracker = base64_of(hashlib.sha256(made["ballot"].encode()).digest()).rstrip("=")
    assert made["tracker"] == tracker
    assert (
        await run(page, "verify-own", "(module, ballot) => module.trackerOf(ballot)", made["ballot"])
        == tracker
    )


async def test_the_fingerprint_is_taken_over_the_bytes_as_received(page: Page, tmp_path: Path) -> None:
    election = ReferenceElection(tmp_path, question(2, 1, 1))
    spaced = json.dumps(json.loads(election.record), indent=1).encode() + b"\n"
    vote = {**vote_of(election, [{"choices": [0]}]), "election": base64_of(spaced)}
    made = await run(page, "ballot", ENCRYPT, vote)
    expected = base64_of(hashlib.sha256(spaced).digest()).rstrip("=")
    assert json.loads(made["ballot"])["election_hash"] == expected


async def test_the_number_of_fields_does_not_tell_the_choice(page: Page, tmp_path: Path) -> None:
    election = ReferenceElection(tmp_path, question(3, 0, 3, blank=True))

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(part) for name, part in value.items()}
        return [shape(part) for part in value] if isinstance(value, list) else type(value).__name__

    shapes = [
        shape(json.loads((await encrypt(page, election, 0, choices, blank=blank))["ballot"]))
        for choices, blank in (([], False), ([0, 1, 2], False), ([], True))
    ]
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize(
    "choices",
    [[], [0, 1, 2], [3], [-1], [0.5], [0, 0]],
    ids=["none", "many", "far", "negative", "half", "twice"],
)
async def test_choices_the_question_does_not_allow_are_refused(
    page: Page, tmp_path: Path, choices: list[float]
) -> None:
    election = ReferenceElection(tmp_path, question(3, 1, 2))
    assert await reason(page, "ballot", ENCRYPT, vote_of(election, [{"choices": choices}])) == "choices"


@pytest.mark.parametrize("votes", [0, 2], ids=["none", "one-too-many"])
async def test_a_ballot_has_one_vote_for_each_question(page: Page, tmp_path: Path, votes: int) -> None:
    election = ReferenceElection(tmp_path, question(2, 1, 1))
    given = vote_of(election, [{"choices": [0]}] * votes)
    assert await reason(page, "ballot", ENCRYPT, given) == "choices"


@pytest.mark.parametrize(
    "asked", [question(2, 1, 1), question(2, 1, 1, blank=True)], ids=["no-blank", "blank"]
)
async def test_a_blank_vote_is_refused_where_not_allowed_or_with_a_choice(
    page: Page, tmp_path: Path, asked: dict[str, Any]
) -> None:
    election = ReferenceElection(tmp_path, asked)
    vote = {"choices": [0] if "blank" in asked else [], "blank": True}
    assert await reason(page, "ballot", ENCRYPT, vote_of(election, [vote])) == "choices"


async def test_a_record_this_booth_cannot_serve_is_refused(page: Page, tmp_path: Path) -> None:
    election = ReferenceElection(tmp_path, question(2, 1, 1))
    good = json.loads(election.record)
    prime = await run(page, "group", "(module) => String(module.P)")
    outside = str(int(prime) - int(good["public_key"]))
    changes: list[Any] = [
        {"group": "RFC-3526-2048"},
        {"version": 2},
        {"public_key": outside},
        {"public_key": "1"},
        {"public_key": "0" + good["public_key"]},
        {"questions": []},
        {"questions": [*good["questions"], {**good["questions"][0], "type": "NonHomomorphic"}]},
        {"questions": [*good["questions"], {**good["questions"][0], "answers": [1, 2]}]},
        {"questions": [{**good["questions"][0], "max": 3}]},
        {"questions": [{**good["questions"][0], "min": 2}]},
        {"uuid": "짧음"},
    ]
    records = [json.dumps({**good, **change}).encode() for change in changes]
    for record in [*records, b"{", b"null", b"\xff"]:
        vote = {**vote_of(election, [{"choices": [0]}]), "election": base64_of(record)}
        assert await reason(page, "ballot", ENCRYPT, vote) == "election"


async def test_a_credential_gives_the_published_key(page: Page) -> None:
    """The vector of the reference: belenios-tool setup generate-credentials --derive."""
    derived = await run(
        page,
        "credentials",
        """async (module) => {
            const {secret, publicKey} = await module.deriveCredential("123-456-789-ABC-DE4", "2Koreatest1234");
            return [String(secret), String(publicKey)];
        }""",
    )
    assert derived[0] == "51989183368988041033940319390489619513064507282477653877316803534646206611443"
    digest = hashlib.sha256(derived[1].encode()).hexdigest()
    assert digest == "2fbaa553a5f4ef576f871284397aca1901d0f50708e221e8c7ed08b920f1b551"


@pytest.mark.parametrize(
    "typed",
    [
        "123-456-789-ABC-DE4",
        "123456789ABCDE4",
        "  123 456 789 ABC DE4\n",
        "123–456—789−ABC‑DE4",
        "１２３-４５６-７８９-ＡＢＣ-ＤＥ４",
    ],
)
async def test_a_credential_is_read_however_it_was_typed(page: Page, typed: str) -> None:
    call = "(module, typed) => module.normaliseCredential(typed)"
    assert await run(page, "credentials", call, typed) == "123-456-789-ABC-DE4"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("123-456-789-ABC-DE5", "credential-check"),
        ("213-456-789-ABC-DE4", "credential-check"),
        ("123-456-789-ABC-DE", "credential-length"),
        ("", "credential-length"),
        ("123-456-789-ABC-D04", "credential-character"),
        ("123-456-789-ABC-DI4", "credential-character"),
    ],
)
async def test_a_mistyped_credential_is_refused_with_its_reason(
    page: Page, typed: str, expected: str
) -> None:
    assert (
        await reason(page, "credentials", "(module, typed) => module.normaliseCredential(typed)", typed)
        == expected
    )


async def test_the_reference_accepts_the_check_character_rule(page: Page, tmp_path: Path) -> None:
    """Twenty credentials drawn by belenios-tool are all well formed for the booth."""
    election = ReferenceElection(tmp_path, question(1, 0, 1), voters=20)
    call = "(module, all) => all.map((one) => module.normaliseCredential(one))"
    assert await run(page, "credentials", call, election.credentials) == election.credentials


@pytest.mark.parametrize(
    "broken",
    ["(seed) => seed", "(seed) => seed.fill(255)", "() => { throw new Error('no entropy'); }"],
    ids=["zeros", "constant", "failing"],
)
async def test_without_randomness_there_is_no_ballot(page: Page, tmp_path: Path, broken: str) -> None:
    election = ReferenceElection(tmp_path, question(2, 1, 1))
    await page.evaluate(f"() => {{ Crypto.prototype.getRandomValues = {broken}; }}")
    vote = vote_of(election, [{"choices": [0]}])
    assert await reason(page, "ballot", ENCRYPT, vote) == "randomness"


async def test_random_exponents_are_below_q_and_differ(page: Page) -> None:
    drawn = await run(page, "group", "(m) => Array.from({length: 2000}, () => String(m.randomExponent()))")
    assert len(set(drawn)) == 2000
    assert all(0 <= int(exponent) < Q for exponent in drawn)
    # A uniform draw falls into each quarter about 500 times; five standard deviations are 97.
    quarters = [sum(int(exponent) * 4 // Q == part for exponent in drawn) for part in range(4)]
    assert all(abs(count - 500) < 97 for count in quarters)


async def test_tables_and_plain_powers_agree(page: Page) -> None:
    agree = await run(
        page,
        "group",
        """({G, P, Q, fixedBase, power, inverse, isMember, randomExponent}) => {
            const exponents = [0n, 1n, 31n, 32n, Q - 1n, 2n ** 255n, randomExponent(), randomExponent()];
            const base = power(G, randomExponent());
            const tables = [2, 3, 4, 5].every((window) => {
                const fast = fixedBase(base, window);
                return exponents.every((exponent) => fast(exponent) === power(base, exponent));
            });
            return [tables, (inverse(base) * base) % P === 1n, isMember(base), isMember(P - base), isMember(0n)];
        }""",
    )
    assert agree == [True, True, True, False, False]


async def test_the_page_keeps_painting_while_a_slow_phone_encrypts(
    chromium: Browser, site: Site, tmp_path: Path
) -> None:
    election = ReferenceElection(tmp_path, question(30, 1, 3, blank=True))
    async with browsers.visit(chromium, browsers.PHONE) as page:
        await page.goto(site.address)
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        vote = vote_of(election, [{"choices": [3]}])
        frames, progress = await run(
            page,
            "ballot",
            f"""async (module, vote) => {{
                let frames = 0, running = true;
                const count = () => {{ frames += 1; if (running) requestAnimationFrame(count); }};
                requestAnimationFrame(count);
                const progress = [];
                await ({ENCRYPT})(module, {{...vote, onProgress: (done, total) => progress.push([done, total])}});
                running = false;
                return [frames, progress];
            }}""",
            vote,
        )
    assert progress == [[done, 31] for done in range(1, 32)]
    assert frames >= 4
