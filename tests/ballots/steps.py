"""A board taken apart into its steps, to be put together again differently with a chain that fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ballots.protocol.archive import DATA, EVENT, header_record, read_records, read_timestamp, record
from ballots.protocol.records import Owned, SetupData, SizedTally, count, encode, sha256_hex
from tests.ballots.boards import TIMESTAMP


@dataclass(frozen=True)
class Step:
    """An event with the data before it."""

    kind: str
    data: tuple[bytes, ...] = ()


def steps_of(raw: bytes) -> list[Step]:
    """The steps of a well-formed board."""
    timestamp, start = read_timestamp(raw)
    steps: list[Step] = []
    waiting: list[bytes] = []
    for found in read_records(raw, start, timestamp):
        if found.kind == DATA:
            waiting.append(found.body)
        else:
            steps.append(Step(msgspec.json.decode(found.body)["type"], tuple(waiting)))
            waiting = []
    return steps


def board_of(
    steps: Sequence[Step],
    link: Callable[[int, dict[str, Any]], dict[str, Any] | bytes] = lambda _, event: event,
    timestamp: int = TIMESTAMP,
) -> bytes:
    """The file of these steps; `link(height, event)` may write an event differently, the next one follows from it."""
    out = [header_record(timestamp)]
    parent = ""
    for height, step in enumerate(steps):
        event: dict[str, Any] = {"parent": parent} if parent else {}
        event |= {"height": height, "type": step.kind}
        if step.data:
            event["payload"] = sha256_hex(step.data[-1])
        written = link(height, event)
        body = written if isinstance(written, bytes) else encode(written)
        parent = sha256_hex(body)
        out += [record(DATA, data, timestamp) for data in step.data]
        out.append(record(EVENT, body, timestamp))
    return b"".join(out)


def setup(election: bytes, trustees: bytes, credentials: bytes) -> Step:
    """The setup of these three records."""
    names = SetupData(sha256_hex(election), sha256_hex(trustees), sha256_hex(credentials))
    return Step("Setup", (election, trustees, credentials, encode(names)))


def tallied(tally: bytes, ballots: int, weight: int) -> Step:
    """The encrypted tally with its counts."""
    return Step("EncryptedTally", (tally, encode(SizedTally(ballots, count(weight), sha256_hex(tally)))))


def shared(owner: int, share: bytes) -> Step:
    """The share of a trustee."""
    return Step("PartialDecryption", (share, encode(Owned(owner, sha256_hex(share)))))
