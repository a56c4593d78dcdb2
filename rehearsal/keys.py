"""The trustees: they make the key together in three steps, keep their files, and enough of them open the tally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ballots.protocol import key_file, threshold
from ballots.protocol.election import open_election
from ballots.protocol.seeds import draw_seed, single_secret
from ballots.protocol.transcript import read_transcript, taken
from ballots.protocol.trustees import key_of, partial_decryption
from rehearsal.stage import Actor, Stage
from rehearsal.visitor import Unexpected, Visitor


@dataclass(frozen=True)
class Key:
    """What a trustee keeps: the seed that a browser would have put into a file and on paper."""

    trustee: str
    election: str
    seed: str = field(repr=False)

    def file(self, passphrase: str) -> str:
        """The key file, as the trustees' page writes it."""
        return key_file.write(
            election=self.election, trustee=self.trustee, seed=self.seed, passphrase=passphrase
        )


@dataclass(frozen=True)
class Records:
    """What the members have signed so far, in their order; a step not yet taken is left out."""

    certificates: list[bytes]
    dealings: list[bytes]
    threshold: int


async def make_keys(stage: Stage, uuid: str) -> list[Key]:
    """All trustees take all steps, each at their own browser; returns their keys in the order of the trustees."""
    trustees = stage.of("trustee")
    keys = [await hand_in_key(trustee, uuid) for trustee in trustees]
    for name, step in (("dealing", deal), ("confirmation", confirm)):
        for trustee, key in zip(trustees, keys, strict=True):
            # A mandatory trustee has nothing more to do.
            if await duty(trustee.browser, uuid) == name:
                await step(trustee.browser, key)
    return keys


async def hand_in_key(trustee: Actor, uuid: str) -> Key:
    """Make a key; a mandatory trustee hands in the whole public half, a member of the group the first step."""
    browser, key = trustee.browser, Key(trustee.name, uuid, draw_seed())
    await make_key(browser, key)
    return key


async def make_key(browser: Visitor, key: Key, *, anew: bool = False) -> None:
    """Hand in the first record of a key, or, `anew`, the one that replaces a lost key's."""
    uuid = key.election
    await browser.get(f"/trustee/{uuid}")
    mandatory = read_transcript(await records_of(browser, uuid)).mandatory
    if key.trustee in {one.name for one in mandatory}:
        await browser.send(f"/trustee/{uuid}/key", key_of(single_secret(key.seed, uuid)))
    else:
        certificate = threshold.make_certificate(key.seed, uuid)
        await browser.send(f"/trustee/{uuid}/certificate{'?anew=true' if anew else ''}", certificate)


async def duty(browser: Visitor, uuid: str) -> str:
    """What the trustee has to do now."""
    return str((await browser.get(f"/trustee/{uuid}/state.json")).json()["duty"])


async def deal(browser: Visitor, key: Key) -> None:
    """Step 2: deal shares to everybody."""
    signed = await _records(browser, key.election)
    dealing = threshold.make_dealing(key.seed, key.election, signed.certificates, signed.threshold)
    await browser.send(f"/trustee/{key.election}/dealing", dealing)


async def confirm(browser: Visitor, key: Key) -> None:
    """Step 3: check what was dealt, and hand in one's part of the key."""
    signed = await _records(browser, key.election)
    confirmation = threshold.make_confirmation(
        key.seed, key.election, signed.certificates, signed.dealings, signed.threshold
    )
    await browser.send(f"/trustee/{key.election}/confirmation", confirmation)


async def share_of(browser: Visitor, key: Key) -> bytes:
    """The trustee's share of the decryption."""
    uuid = key.election
    election = open_election((await browser.get(f"/vote/{uuid}/election.json")).content)
    tally = await browser.get(f"/trustee/{uuid}/tally.json")
    return partial_decryption(election.fingerprint, tally.content, await _secret(browser, key))


async def open_tally(browser: Visitor, key: Key) -> None:
    """Make this trustee's share of the decryption and send it."""
    share = await share_of(browser, key)
    await browser.get(f"/trustee/{key.election}")
    await browser.send(f"/trustee/{key.election}/share", share)


async def enough_open_the_tally(stage: Stage, uuid: str, keys: Sequence[Key]) -> int:
    """As few trustees as suffice open the tally, the last ones of the group; returns how many stayed away."""
    places = list(zip(stage.of("trustee"), keys, strict=True))
    transcript = read_transcript(await records_of(places[0][0].browser, uuid))
    mandatory = {one.name for one in transcript.mandatory}
    group = [place for place in places if place[0].name not in mandatory]
    away = len(group) - (transcript.threshold or 0)
    for trustee, key in (place for place in places if place not in group[:away]):
        await open_tally(trustee.browser, key)
    return away


async def records_of(browser: Visitor, uuid: str) -> bytes:
    """The transcript of the ceremony as far as it has come."""
    return (await browser.get(f"/trustee/{uuid}/ceremony.json")).content


async def _records(browser: Visitor, uuid: str) -> Records:
    transcript = read_transcript(await records_of(browser, uuid))
    if transcript.threshold is None:
        raise Unexpected("the vote has no group of trustees")
    return Records(
        [raw for one in transcript.members if (raw := taken(one.certificate))],
        [raw for one in transcript.members if (raw := taken(one.dealing))],
        transcript.threshold,
    )


async def _secret(browser: Visitor, key: Key) -> int:
    transcript = read_transcript(await records_of(browser, key.election))
    if key.trustee in {one.name for one in transcript.mandatory}:
        return single_secret(key.seed, key.election)
    signed = await _records(browser, key.election)
    return threshold.receive(key.seed, key.election, signed.certificates, signed.dealings, signed.threshold)
