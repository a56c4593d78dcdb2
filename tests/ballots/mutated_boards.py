"""A finished board made wrong in one way each: as a file, as a chain, in its order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ballots.protocol.archive import header_record, read_records, read_timestamp, record
from ballots.protocol.ballot import encrypt
from ballots.protocol.records import sha256_hex
from tests.ballots.boards import TIMESTAMP, Vote
from tests.ballots.mutated_json import (
    compact,
)
from tests.ballots.steps import Step, board_of, steps_of

Named = Iterator[tuple[str, bytes]]
BLOCK = 512


def as_file(vote: Vote) -> Named:
    """The archive's bytes: its header, its blocks, its end."""
    raw = vote.raw
    yield "an empty file", b""
    yield "a newline at the end", raw + b"\n"
    yield "a zero block at the end", raw + bytes(BLOCK)
    yield "two zero blocks at the end", raw + bytes(2 * BLOCK)
    yield "the last byte cut off", raw[:-1]
    yield "the last block cut off", raw[:-BLOCK]
    yield "cut in the middle", raw[: len(raw) // 2 // BLOCK * BLOCK]
    yield "a byte in front", b"\0" + raw
    yield "no header", raw[2 * BLOCK :]
    yield "the header twice", raw[: 2 * BLOCK] + raw
    for name, header in {
        "a whole number as its time": {"version": 1, "timestamp": TIMESTAMP},
        "version 2": {"version": 2, "timestamp": str(TIMESTAMP)},
        "an unknown field": {"version": 1, "timestamp": str(TIMESTAMP), "note": "x"},
        "another time than its records": {"version": 1, "timestamp": str(TIMESTAMP + 1)},
        "no time": {"version": 1},
        "its fields turned around": {"timestamp": str(TIMESTAMP), "version": 1},
    }.items():
        yield f"a header with {name}", _with_header(raw, compact(header))
    start = read_timestamp(raw)[1]
    for offset, value, name in (
        (0, b"z", "a name that is no hash"),
        (64, b".event.json", "data named as an event"),
        (100, b"0000755", "another mode"),
        (108, b"0000001", "an owner"),
        (136, f"{TIMESTAMP + 60:011o}".encode(), "a time of its own"),
        (148, b"000000\0 ", "no checksum"),
        (148, b" ", "a blank in its checksum"),
        (156, b"5", "the type of a folder"),
        (157, b"x", "a link"),
        (257, b"ustar", "the mark of a newer format"),
        (265, b"root", "a name of its owner"),
        (500, b"x", "something in the unused bytes"),
        (124, b"00000000000", "no size"),
        (124, b"       0000", "blanks in its size"),
    ):
        yield f"a record with {name}", _patched(raw, start, offset, value)
    size = int(raw[start + 124 : start + 135], 8)
    at = start + BLOCK + size
    yield "something in the padding of a record", raw[:at] + b"x" + raw[at + 1 :]
    yield "a byte of a record changed", raw[: at - 9] + bytes([raw[at - 9] ^ 1]) + raw[at - 8 :]


def _with_header(raw: bytes, body: bytes) -> bytes:
    """The header record with another body, its checksum right."""
    start = read_timestamp(raw)[1]
    block = bytearray(raw[:BLOCK])
    block[124:135] = f"{len(body):011o}".encode()
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block) + body + bytes(-len(body) % BLOCK) + raw[start:]


def _patched(raw: bytes, start: int, offset: int, value: bytes) -> bytes:
    """Bytes of a record's header block changed, its checksum right unless that is what was changed."""
    block = bytearray(raw[start : start + BLOCK])
    block[offset : offset + len(value)] = value
    if offset != 148:
        block[148:156] = b" " * 8
        block[148:156] = f"{sum(block):06o}\0 ".encode()
    return raw[:start] + bytes(block) + raw[start + BLOCK :]


def loose_records(vote: Vote) -> Named:
    """Data without an event, or before another one; every record itself is right."""
    raw, (timestamp, start) = vote.raw, read_timestamp(vote.raw)
    found = [record(r.kind, r.body, timestamp) for r in read_records(raw, start, timestamp)]
    stray = record("data", b'"stray"', timestamp)
    head = header_record(timestamp)
    for name, records in {
        "stray data at the end": [*found, stray],
        "stray data in front": [stray, *found],
        "stray data before a ballot": [*found[:5], stray, *found[5:]],
        "stray data after a ballot": [*found[:6], stray, *found[6:]],
        "the election twice": [found[0], *found],
        "election and trustees exchanged": [found[1], found[0], *found[2:]],
        "an event twice": [*found[:7], found[6], *found[7:]],
        "an event before its data": [*found[:5], found[6], found[5], *found[7:]],
        "a ballot without its data": [*found[:5], *found[6:]],
        "the tally after its counts": _exchanged(found, vote, "EncryptedTally"),
        "a share after its owner": _exchanged(found, vote, "PartialDecryption"),
        "data written as an event": [*found[:5], _as_event(raw, timestamp, start), *found[6:]],
    }.items():
        yield name, head + b"".join(records)


def _exchanged(found: list[bytes], vote: Vote, kind: str) -> list[bytes]:
    """The two data records of the first event of a kind, in the other order."""
    at = 0
    for step in steps_of(vote.raw):
        if step.kind == kind:
            break
        at += len(step.data) + 1
    return [*found[:at], found[at + 1], found[at], *found[at + 2 :]]


def _as_event(raw: bytes, timestamp: int, start: int) -> bytes:
    ballot = list(read_records(raw, start, timestamp))[5]
    return record("event", ballot.body, timestamp)


def in_its_links(vote: Vote) -> Named:
    """Events that say something else, with everything after them chained to what they say."""
    steps = steps_of(vote.raw)
    other = "0" * 64

    def event(at: int, change: Callable[[dict[str, Any]], dict[str, Any] | bytes]) -> bytes:
        return board_of(steps, lambda height, found: change(found) if height == at else found)

    changes: list[tuple[str, int, Callable[[dict[str, Any]], dict[str, Any] | bytes]]] = [
        ("another parent", 2, lambda e: {**e, "parent": other}),
        ("no parent", 2, lambda e: {k: v for k, v in e.items() if k != "parent"}),
        ("a parent before the first", 0, lambda e: {"parent": other, **e}),
        ("no parent, said as null", 0, lambda e: {"parent": None, **e}),
        ("the parent of the one before", 3, lambda e: {**e, "parent": _parent(steps, 2)}),
        ("an upper-case parent", 2, lambda e: {**e, "parent": e["parent"].upper()}),
        ("a height too high", 2, lambda e: {**e, "height": 3}),
        ("a height twice", 2, lambda e: {**e, "height": 1}),
        ("a height below zero", 0, lambda e: {**e, "height": -1}),
        ("a height in quotes", 2, lambda e: {**e, "height": "2"}),
        ("a height with a fraction", 2, lambda e: compact(e).replace(b'"height":2', b'"height":2.0')),
        ("a height with an exponent", 2, lambda e: compact(e).replace(b'"height":2', b'"height":2e0')),
        ("a height with a leading zero", 2, lambda e: compact(e).replace(b'"height":2', b'"height":02')),
        ("another payload", 2, lambda e: {**e, "payload": other}),
        ("no payload", 2, lambda e: {k: v for k, v in e.items() if k != "payload"}),
        ("the payload of the one before", 2, lambda e: {**e, "payload": sha256_hex(steps[1].data[0])}),
        ("a payload of the close", 5, lambda e: {**e, "payload": other}),
        ("an empty payload of the close", 5, lambda e: {**e, "payload": None}),
        ("an unknown field", 2, lambda e: {**e, "note": "x"}),
        ("its fields turned around", 2, lambda e: dict(reversed(e.items()))),
        ("its type twice", 2, lambda e: compact(e).replace(b'"type"', b'"type":"Ballot","type"')),
        ("blanks", 2, lambda e: json.dumps(e).encode()),
        ("a newline at its end", 2, lambda e: compact(e) + b"\n"),
        ("an escaped type", 2, lambda e: compact(e).replace(b"Ballot", b"\\u0042allot")),
        ("a type unknown to the format", 2, lambda e: {**e, "type": "Note"}),
        ("the type of a shuffle", 2, lambda e: {**e, "type": "Shuffle"}),
        ("the type of the end of shuffles", 5, lambda e: {**e, "type": "EndShuffles"}),
        ("the type of a result", 2, lambda e: {**e, "type": "Result"}),
        ("a type in small letters", 2, lambda e: {**e, "type": "ballot"}),
        ("no type", 2, lambda e: {k: v for k, v in e.items() if k != "type"}),
    ]
    for name, at, change in changes:
        yield f"an event with {name}", event(at, change)
    yield "heights from one", board_of(steps, lambda height, e: {**e, "height": height + 1})


def _parent(steps: Sequence[Step], height: int) -> str:
    """The hash that event number `height` names as its parent."""
    seen: list[str] = []

    def watch(_: int, event: dict[str, Any]) -> dict[str, Any]:
        seen.append(event.get("parent", ""))
        return event

    board_of(steps, watch)
    return seen[height]


def in_its_order(vote: Vote) -> Named:
    """Steps missing, doubled, early, late; the chain fits."""
    steps = steps_of(vote.raw)
    first, *ballots = [s for s in steps if s.kind in ("Setup", "Ballot")]
    end, tally, *shares, result = steps[len(ballots) + 1 :]
    foreign = Vote(vote.questions, (1,), seed=81)
    foreign.cast(0, (0,))
    other_setup, other_ballot = steps_of(foreign.raw)
    unlisted = encrypt(vote.context, 12345, [(0,)] * len(vote.questions), vote.rng)
    spoilt = Step("Ballot", (vote.ballots[0].replace(b'"response":"', b'"response":"1', 1),))
    after = [end, tally, *shares, result]
    for name, order in {
        "no setup": [*ballots, *after],
        "the setup after the first ballot": [ballots[0], first, *ballots[1:], *after],
        "the setup twice": [first, first, *ballots, *after],
        "another setup in place of the last ballot's turn": [first, *ballots, other_setup, *after],
        "another setup at the end": [*steps, other_setup],
        "another setup and its ballot at the end": [*steps, other_setup, other_ballot],
        "another election's ballot": [first, *ballots, other_ballot, *after],
        "another election's ballot, before the close": [first, *ballots, other_ballot],
        "a ballot of nobody on the list": [first, *ballots, Step("Ballot", (unlisted,))],
        "a spoilt ballot": [first, *ballots, spoilt],
        "a spoilt ballot, the close, a good one": [first, spoilt, end, *ballots],
        "a spoilt ballot before the count": [first, spoilt, *ballots, *after],
        "the close before the last ballot": [first, *ballots[:-1], end, ballots[-1], *after[1:]],
        "the close before every ballot": [first, end, *ballots, *after[1:]],
        "the close, all ballots, and the close again": [first, ballots[0], end, *ballots[1:], *after],
        "a ballot after the close": [first, *ballots[:-1], end, ballots[-1]],
        "a ballot after the tally": [first, *ballots[:-1], end, tally, ballots[-1], *shares, result],
        "a ballot after the result": [first, *ballots[:-1], *after, ballots[-1]],
        "the only ballot of a voter left out": [first, ballots[0], *ballots[2:], *after],
        "the last ballot left out": [first, *ballots[:-1], *after],
        "no ballot, but the tally": [first, *after],
        "the last two ballots exchanged with the first two": [first, *ballots[2:], *ballots[:2], *after],
        "an old ballot again at the end": [first, *ballots, ballots[0]],
        "an old ballot again at the end, counted as before": [first, *ballots, ballots[0], *after],
        "a ballot twice in a row": [first, ballots[0], *ballots, *after],
        "the whole vote twice": [first, *ballots, *ballots, *after],
        "no close": [first, *ballots, tally, *shares, result],
        "the close twice": [first, *ballots, end, *after],
        "the close at the very end": [*steps, end],
        "no tally": [first, *ballots, end, *shares, result],
        "no tally and no shares": [first, *ballots, end, result],
        "neither close nor tally": [first, *ballots, *shares, result],
        "the tally before the close": [first, *ballots, tally, end, *shares, result],
        "the tally twice": [first, *ballots, end, tally, tally, *shares, result],
        "the tally after the shares": [first, *ballots, end, *shares, tally, result],
        "the tally at the very end again": [*steps, tally],
        "no shares": [first, *ballots, end, tally, result],
        "the second share missing": [first, *ballots, end, tally, *shares[:1], result],
        "the first share missing": [first, *ballots, end, tally, *shares[1:], result],
        "the first share twice": [first, *ballots, end, tally, shares[0], *shares],
        "the first share twice before the result": [first, *ballots, end, tally, shares[0], *shares, result],
        "a share after the result": [first, *ballots, end, tally, *shares[:1], result, *shares[1:]],
        "a share before the close": [first, *ballots, shares[0], *after],
        "the result before the shares": [first, *ballots, end, tally, result, *shares],
        "the result twice": [*steps, result],
        "the result only": [first, result],
    }.items():
        yield name, board_of(order)
