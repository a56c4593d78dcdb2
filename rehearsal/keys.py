"""The trustees: each makes a key, keeps its file, and later opens the tally with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from ballots.election import open_election
from ballots.trustees import make_key, partial_decryption
from rehearsal.stage import Actor, Stage

FORMAT, VERSION = "yaksok-trustee-key", 1


@dataclass(frozen=True)
class KeyFile:
    """What a trustee's browser would have downloaded."""

    trustee: str
    election: str
    public_key: str
    secret: int = field(repr=False)

    def text(self) -> str:
        """The file, in the format of the trustees' page."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            "election": self.election,
            "public_key": self.public_key,
            "private_key": str(self.secret),
        }
        return json.dumps(content, indent=2) + "\n"


async def hand_in_key(trustee: Actor, uuid: str) -> KeyFile:
    """Make a key pair; the public half goes to the office."""
    secret, record = make_key()
    await trustee.browser.get(f"/trustee/{uuid}")
    await trustee.browser.send(f"/trustee/{uuid}/key", record)
    return KeyFile(trustee.name, uuid, json.loads(record)["public_key"], secret)


async def open_tally(stage: Stage, trustee: Actor, key: KeyFile) -> None:
    """Make this trustee's share of the decryption and send it."""
    uuid = key.election
    election = await trustee.browser.get(f"/vote/{uuid}/election.json")
    tally = await trustee.browser.get(f"/trustee/{uuid}/tally.json")
    share = partial_decryption(open_election(election.content).fingerprint, tally.content, key.secret)
    await trustee.browser.get(f"/trustee/{uuid}")
    await trustee.browser.send(f"/trustee/{uuid}/share", share)
