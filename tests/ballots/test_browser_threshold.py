"""The key in several hands, made in the real browser and in Python, in one group: either side accepts the other's part."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from ballots.protocol import key_file, threshold
from ballots.protocol.ballot import encrypt
from ballots.protocol.credentials import derive
from ballots.protocol.election import open_election
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.sealing import signed
from ballots.protocol.seeds import (
    coefficients,
    draw_seed,
    normalise_seed,
    receiving_secret,
    signing_secret,
    single_secret,
)
from ballots.protocol.trustees import (
    check_partial_decryption,
    make_key,
    partial_decryption,
    read_key,
    trustees_record,
)
from tests import browsers
from tests.ballots.reference import TOOL, ReferenceElection
from tests.local_site import Site, local_site

pytestmark = pytest.mark.browser

UUID = "2Koreatest1234"
PASSPHRASE = "가을 하늘은 높고 푸르다"
T = 2


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


async def run(page: Page, module: str, call: str, argument: Any = None) -> Any:
    """Evaluate a JavaScript function of (module, argument) in the page; integers come back as decimal strings."""
    return await page.evaluate(
        f"""async (argument) => {{
            const module = await import("/static/ballots/crypto/{module}.js");
            const result = await ({call})(module, argument);
            return typeof result === "bigint" ? String(result) : result;
        }}""",
        argument,
    )


async def fault(page: Page, module: str, call: str, argument: Any = None) -> list[Any]:
    """The reason of the refusal that the call must end in, and the member it names."""
    return list(
        await run(
            page,
            module,
            f"""async (module, argument) => {{
                try {{ await ({call})(module, argument); }}
                catch (error) {{ return [error.reason ?? String(error), error.member ?? null]; }}
                return ["accepted", null];
            }}""",
            argument,
        )
    )


class Member:
    """One of the group, in Python or in the browser; records are the bytes that are sent."""

    def __init__(self, seed: str, page: Page | None = None) -> None:
        self.seed, self.page = seed, page

    async def certificate(self) -> bytes:
        if self.page is None:
            return threshold.make_certificate(self.seed, UUID)
        return await self._made("makeCertificate(seed, uuid)")

    async def dealing(self, certificates: list[bytes], t: int = T) -> bytes:
        if self.page is None:
            return threshold.make_dealing(self.seed, UUID, certificates, t)
        return await self._made("makeDealing(seed, uuid, certificates, t)", certificates, t=t)

    async def confirmation(self, certificates: list[bytes], dealings: list[bytes], t: int = T) -> bytes:
        if self.page is None:
            return threshold.make_confirmation(self.seed, UUID, certificates, dealings, t)
        call = "makeConfirmation(seed, uuid, certificates, dealings, t)"
        return await self._made(call, certificates, dealings, t=t)

    async def secret(self, certificates: list[bytes], dealings: list[bytes], t: int = T) -> int:
        if self.page is None:
            return threshold.receive(self.seed, UUID, certificates, dealings, t)
        call = (
            "(m, {seed, uuid, certificates, dealings, t}) => m.receive(seed, uuid, certificates, dealings, t)"
        )
        argument = self._argument(certificates, dealings, t=t)
        return int(await run(self.page, "threshold", call, argument))

    async def _made(self, call: str, *lists: list[bytes], **values: Any) -> bytes:
        assert self.page is not None
        function = f"async (m, {{seed, uuid, certificates, dealings, t}}) => JSON.stringify(await m.{call})"
        made: str = await run(self.page, "threshold", function, self._argument(*lists, **values))
        return made.encode()

    def _argument(self, *lists: list[bytes], **values: Any) -> dict[str, Any]:
        read = [[json.loads(raw) for raw in one] for one in lists]
        return dict(zip(("certificates", "dealings"), read, strict=False)) | {
            "seed": self.seed,
            "uuid": UUID,
            **values,
        }


def group(page: Page, kinds: str) -> list[Member]:
    """Members by letters: j in the browser, p in Python."""
    rng = random.Random(kinds)
    return [Member(draw_seed(rng), page if kind == "j" else None) for kind in kinds]


async def test_the_same_seed_gives_the_same_secrets(page: Page) -> None:
    rng = random.Random(11)
    for _ in range(5):
        seed, context = draw_seed(rng), f"{rng.getrandbits(256):064x}"
        derived = await run(
            page,
            "trustee-seed",
            """async (m, {seed, uuid, context}) => {
                const all = [await m.singleSecret(seed, uuid), await m.signingSecret(seed, uuid),
                             await m.receivingSecret(seed, uuid), ...(await m.coefficients(seed, context, 3))];
                return all.map(String);
            }""",
            {"seed": seed, "uuid": UUID, "context": context},
        )
        expected = [single_secret(seed, UUID), signing_secret(seed, UUID), receiving_secret(seed, UUID)]
        expected += coefficients(seed, context, 3)
        assert derived == [str(secret) for secret in expected]


async def test_seeds_drawn_in_the_browser_are_seeds_and_differ(page: Page) -> None:
    drawn = await run(page, "trustee-seed", "(m) => Array.from({length: 500}, () => m.drawSeed())")
    assert [normalise_seed(seed) for seed in drawn] == drawn
    assert len(set(drawn)) == 500
    # Every character of the alphabet is drawn about 190 times; five standard deviations are 68.
    characters = "".join(seed.replace("-", "")[:-1] for seed in drawn)
    assert all(abs(characters.count(c) - 190) < 68 for c in set(characters)) and len(set(characters)) == 58


@pytest.mark.parametrize(
    "change",
    [
        "{seed}",
        " {plain} ",
        "{spaced}",
        "{plain}1",
        "",
        "{short}",
        "{zero}",
        "{mistyped}",
    ],
)
async def test_a_seed_is_read_from_paper_as_python_reads_it(page: Page, change: str) -> None:
    seed = draw_seed(random.Random(5))
    plain = seed.replace("-", "")
    mistyped = ("2" if plain[0] != "2" else "3") + plain[1:]
    typed = change.format(
        seed=seed,
        plain=plain,
        spaced=seed.replace("-", " – "),
        short=plain[1:],
        zero="0" + plain[1:],
        mistyped=mistyped,
    )
    try:
        expected = ["accepted", normalise_seed(typed)]
    except Invalid as refused:
        expected = [refused.reason.value, ""]
    call = """(m, typed) => {
        try { return ["accepted", m.normaliseSeed(typed)]; } catch (refusal) { return [refusal.reason, ""]; }
    }"""
    assert await run(page, "trustee-seed", call, typed) == expected


@pytest.mark.parametrize("broken", ["(bytes) => bytes", "() => { throw new Error('no entropy'); }"])
async def test_without_randomness_there_is_no_seed(page: Page, broken: str) -> None:
    await page.evaluate(f"() => {{ Crypto.prototype.getRandomValues = {broken}; }}")
    assert await fault(page, "trustee-seed", "(m) => m.drawSeed()") == ["randomness", None]


@pytest.mark.parametrize("kinds", ["jjj", "jpj", "pjp"])
async def test_browsers_and_python_make_one_key_together(page: Page, kinds: str) -> None:
    members = group(page, kinds)
    certificates = [await member.certificate() for member in members]
    dealings = [await member.dealing(certificates) for member in members]
    confirmations = [await member.confirmation(certificates, dealings) for member in members]
    record = threshold.group_record(certificates, dealings, confirmations, T)
    secrets = [await member.secret(certificates, dealings) for member in members]
    assert secrets == [threshold.receive(member.seed, UUID, certificates, dealings, T) for member in members]
    # The deterministic parts are the same bytes wherever they are made.
    for member, certificate, dealing in zip(members, certificates, dealings, strict=True):
        other = Member(member.seed, None if member.page else page)
        assert json.loads(await other.certificate())["message"] == json.loads(certificate)["message"]
        again = json.loads(await other.dealing(certificates))
        assert again["coefexps"]["message"] == json.loads(dealing)["coefexps"]["message"]
    call = "(m, {certificates}) => m.contextOf(certificates)"
    lists = {"certificates": [json.loads(raw) for raw in certificates]}
    assert await run(page, "threshold", call, lists) == threshold.context_of(certificates)
    assert len(record.verification_keys) == 3


async def test_the_browser_computes_every_members_public_key_from_the_transcript(page: Page) -> None:
    members = group(page, "ppp")
    certificates = [await member.certificate() for member in members]
    dealings = [await member.dealing(certificates) for member in members]
    for j, member in enumerate(members, start=1):
        key = await run(
            page,
            "threshold",
            "(m, {j, certificates, dealings}) => m.verificationKey(j, certificates, dealings, 2)",
            {
                "j": j,
                "certificates": [json.loads(raw) for raw in certificates],
                "dealings": [json.loads(raw) for raw in dealings],
            },
        )
        confirmation = json.loads(await member.confirmation(certificates, dealings))
        assert key == confirmation["key"]["public_key"]


def swapped(dealing: bytes, seed: str) -> bytes:
    """A dealing whose two first shares are exchanged and signed again by its own dealer: it cheats, well signed."""
    parts = json.loads(dealing)
    message = json.loads(parts["shares"]["message"])
    first, second = message["shares"][:2]
    for name in ("ephemeral", "nonce", "data"):
        first[name], second[name] = second[name], first[name]
    text = json.dumps(message, separators=(",", ":"))
    made = signed(signing_secret(seed, UUID), text.encode())
    parts["shares"] = {
        "message": text,
        "signature": {"challenge": made.signature.challenge, "response": made.signature.response},
    }
    return json.dumps(parts, separators=(",", ":")).encode()


async def test_a_share_that_does_not_fit_names_its_dealer_and_the_complaint_is_read_in_python(
    page: Page,
) -> None:
    members = group(page, "jpp")
    certificates = [await member.certificate() for member in members]
    dealings = [await member.dealing(certificates) for member in members]
    dealings[2] = swapped(dealings[2], members[2].seed)
    threshold.read_dealing(dealings[2], member=3, certificates=certificates, threshold=T)
    argument = members[0]._argument(certificates, dealings, t=T)
    call = "(m, {seed, uuid, certificates, dealings, t}) => m.receive(seed, uuid, certificates, dealings, t)"
    assert await fault(page, "threshold", call, argument) == ["wrong-share", 3]
    with pytest.raises(Invalid) as refused:
        threshold.receive(members[0].seed, UUID, certificates, dealings, T)
    assert (refused.value.reason, refused.value.values["member"]) == (Reason.WRONG_SHARE, 3)
    complaint = await members[0]._made("makeComplaint(seed, uuid, certificates, 3)", certificates)
    assert threshold.read_complaint(complaint, member=1, certificates=certificates) == 3


@pytest.mark.parametrize(
    "tampered", ["signature", "commitment", "missing", "recipient", "context", "outside"]
)
async def test_a_dealing_that_is_wrong_in_public_is_refused_by_number(page: Page, tampered: str) -> None:
    members = group(page, "ppp")
    certificates = [await member.certificate() for member in members]
    dealings = [await member.dealing(certificates) for member in members]
    parts = json.loads(dealings[1])
    sign = signing_secret(members[1].seed, UUID)

    def resigned(name: str, change: Any) -> None:
        message = json.loads(parts[name]["message"])
        change(message)
        text = json.dumps(message, separators=(",", ":"))
        proof = signed(sign, text.encode()).signature
        parts[name] = {
            "message": text,
            "signature": {"challenge": proof.challenge, "response": proof.response},
        }

    match tampered:
        case "signature":
            parts["shares"]["signature"]["response"] = "1"
        case "commitment":
            parts["coefexps"]["message"] = parts["coefexps"]["message"].replace("[", "[ ", 1)
        case "missing":
            resigned("coefexps", lambda m: m["coefexps"].pop())
        case "recipient":
            resigned("shares", lambda m: m["shares"].reverse())
        case "context":
            resigned("shares", lambda m: m.update(context="0" * 64))
        case "outside":
            resigned("coefexps", lambda m: m["coefexps"].__setitem__(1, "2"))
    dealings[1] = json.dumps(parts, separators=(",", ":")).encode()
    argument = members[0]._argument(certificates, dealings, t=T)
    call = "(m, {seed, uuid, certificates, dealings, t}) => m.receive(seed, uuid, certificates, dealings, t)"
    assert await fault(page, "threshold", call, argument) == ["ceremony", 2]
    with pytest.raises(Invalid) as refused:
        threshold.receive(members[0].seed, UUID, certificates, dealings, T)
    assert (refused.value.reason, refused.value.values["member"]) == (Reason.CEREMONY, 2)


async def test_a_forged_certificate_is_refused_by_number(page: Page) -> None:
    members = group(page, "ppp")
    certificates = [await member.certificate() for member in members]
    others = json.loads(certificates[2])
    others["message"] = json.loads(certificates[1])["message"]
    forged = [*certificates[:2], json.dumps(others, separators=(",", ":")).encode()]
    argument = members[0]._argument(forged, t=T)
    call = "(m, {seed, uuid, certificates, t}) => m.makeDealing(seed, uuid, certificates, t)"
    assert await fault(page, "threshold", call, argument) == ["ceremony", 3]


async def test_the_seed_of_somebody_else_makes_no_dealing(page: Page) -> None:
    members = group(page, "ppp")
    certificates = [await member.certificate() for member in members]
    argument = members[0]._argument(certificates, t=T) | {"seed": draw_seed()}
    call = "(m, {seed, uuid, certificates, t}) => m.makeDealing(seed, uuid, certificates, t)"
    assert await fault(page, "threshold", call, argument) == ["key-file-mismatch", None]


@pytest.mark.skipif(TOOL is None, reason="belenios-tool is not installed")
async def test_the_reference_accepts_a_mixed_group_with_a_mandatory_key_and_two_of_three_open_it(
    page: Page, tmp_path: Path
) -> None:
    single = draw_seed(random.Random(3))
    key = await run(
        page,
        "trustee",
        "async (m, secret) => JSON.stringify(await m.makeTrusteeKey(BigInt(secret)))",
        str(single_secret(single, UUID)),
    )
    read_key(key.encode())
    members = group(page, "jpj")
    certificates = [await member.certificate() for member in members]
    dealings = [await member.dealing(certificates) for member in members]
    confirmations = [await member.confirmation(certificates, dealings) for member in members]
    record = trustees_record([key.encode()], threshold.group_record(certificates, dealings, confirmations, T))
    asked = {"answers": ["가", "나", "다"], "min": 1, "max": 2, "question": "무엇?"}
    election = ReferenceElection(tmp_path, asked, trustees_made=record)
    context = open_election(election.record, window=4)
    for voter, picks in enumerate(((0, 2), (2,), (1, 2))):
        secret = derive(election.credentials[voter], election.uuid).secret
        election.cast(encrypt(context, secret, [picks]).decode())
    tally = election.close()
    raw_tally = json.dumps(tally, separators=(",", ":")).encode()
    fingerprint = base64.b64encode(hashlib.sha256(election.record).digest()).decode().rstrip("=")
    # The mandatory trustee and members 2 (Python) and 3 (browser) answer; member 1 is away.
    call = """(m, {secret, ...work}) => m.partialDecryption({secret: BigInt(secret), ...work})"""
    work = {"fingerprint": fingerprint, "tally": tally}
    share = await run(page, "trustee", call, work | {"secret": str(single_secret(single, UUID))})
    election.add_share(1, share)
    second = await members[1].secret(certificates, dealings)
    election.add_share(3, partial_decryption(fingerprint, raw_tally, second).decode())
    third = await members[2].secret(certificates, dealings)
    share = await run(page, "trustee", call, work | {"secret": str(third)})
    check_partial_decryption(
        fingerprint, raw_tally, json.loads(confirmations[2])["key"]["public_key"], share.encode()
    )
    election.add_share(4, share)
    assert election.result() == [[1, 1, 3]]
    assert "all checks passed" in election.verify()


async def test_a_tally_with_an_element_outside_the_group_gets_no_share(page: Page) -> None:
    """Raising such an element to the key would tell the key modulo 2 or 3."""
    secret, _ = make_key(None, random.Random(1))
    call = """(m, {secret, alpha}) => m.partialDecryption(
        {fingerprint: "x", secret: BigInt(secret), tally: [[{alpha, beta: "1"}]]})"""
    prime = int(await run(page, "group", "(module) => String(module.P)"))
    for alpha in (str(prime - 1), "0", str(prime), "01", "0x1", None):
        argument = {"secret": str(secret), "alpha": alpha}
        assert await fault(page, "trustee", call, argument) == ["tally", None]


async def test_key_files_are_read_on_either_side_and_tell_nothing_without_the_passphrase(page: Page) -> None:
    seed = draw_seed(random.Random(8))
    known = {"election": UUID, "trustee": "김감사", "seed": seed, "passphrase": PASSPHRASE}
    text = await run(page, "key-file", "(m, known) => m.writeKeyFile(known)", known)
    assert key_file.read(text, election=UUID, passphrase=PASSPHRASE) == seed
    assert seed.replace("-", "") not in text.replace("-", "")
    ours = key_file.write(election=UUID, trustee="김감사", seed=seed, passphrase=PASSPHRASE)
    assert list(json.loads(ours)) == list(json.loads(text))
    call = "(m, {text, ...known}) => m.readKeyFile(text, known)"
    argument = {"text": ours, "election": UUID, "passphrase": f"  {PASSPHRASE} "}
    assert await run(page, "key-file", call, argument) == seed


async def test_a_key_file_that_does_not_fit_is_refused_with_its_reason(page: Page) -> None:
    seed = draw_seed(random.Random(8))
    text = key_file.write(election=UUID, trustee="김감사", seed=seed, passphrase=PASSPHRASE)

    def changed(**change: Any) -> str:
        return json.dumps(json.loads(text) | change)

    kdf = json.loads(text)["kdf"]
    attempts = [
        (text, UUID, "다른 암호문장입니다", "passphrase"),
        (text, "3Koreatest1234", PASSPHRASE, "key-file-election"),
        (changed(election="3Koreatest1234"), "3Koreatest1234", PASSPHRASE, "passphrase"),
        ("열쇠가 아닌 파일", UUID, PASSPHRASE, "key-file"),
        ("null", UUID, PASSPHRASE, "key-file"),
        (changed(version=1), UUID, PASSPHRASE, "key-file"),
        (changed(kdf=kdf | {"iterations": 10**9}), UUID, PASSPHRASE, "key-file"),
        (changed(kdf=kdf | {"iterations": 1000}), UUID, PASSPHRASE, "passphrase"),
        (changed(seed="*"), UUID, PASSPHRASE, "key-file"),
        (changed(seed=json.loads(text)["seed"][:-4] + "AAAA"), UUID, PASSPHRASE, "passphrase"),
    ]
    call = "(m, {text, ...known}) => m.readKeyFile(text, known)"
    for file, election, passphrase, expected in attempts:
        argument = {"text": file, "election": election, "passphrase": passphrase}
        assert await fault(page, "key-file", call, argument) == [expected, None]
        with pytest.raises(key_file.Unreadable) as refused:
            key_file.read(file, election=election, passphrase=passphrase)
        assert refused.value.reason == expected


async def test_a_short_passphrase_protects_no_file(page: Page) -> None:
    known = {"election": UUID, "trustee": "", "seed": draw_seed(), "passphrase": " 아홉글자짜리암호 "}
    written = await fault(page, "key-file", "(m, known) => m.writeKeyFile(known)", known)
    assert written == ["passphrase-short", None]
    with pytest.raises(key_file.Unreadable):
        key_file.write(election=UUID, trustee="", seed=draw_seed(), passphrase=" 아홉글자짜리암호 ")
