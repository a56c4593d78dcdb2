"""The board's file: right to the byte, or refused."""

from __future__ import annotations

import io
import json
import random
import tarfile
from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.protocol.archive import EVENT, record
from ballots.protocol.board import (
    Entry,
    Head,
    add_ballot,
    add_encrypted_tally,
    add_partial_decryption,
    add_result,
    end_ballots,
    open_board,
    read_board,
)
from ballots.protocol.records import (
    Ballot,
    Election,
    PartialDecryption,
    Result,
    SizedTally,
    TrusteeKey,
    decode,
    encode,
    sha256_hex,
)
from ballots.protocol.refusals import Invalid
from ballots.protocol.verifier import verify
from tests.ballots.boards import (
    FINISHED,
    TIMESTAMP,
    codes,
    failed,
    voted,
)
from tests.ballots.forging import rewritten


def test_no_flipped_bit_of_the_file_is_accepted() -> None:
    rng = random.Random(21)
    for _ in range(300):
        raw = bytearray(FINISHED.raw)
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        assert not verify(bytes(raw), jobs=1).ok


def test_no_changed_record_is_accepted_even_when_the_chain_is_made_again() -> None:
    rng = random.Random(22)
    for _ in range(60):
        kind = rng.choice(["Setup", "Ballot", "EncryptedTally", "PartialDecryption", "Result"])
        where = rng.randrange({"Setup": 4, "EncryptedTally": 2, "PartialDecryption": 2}.get(kind, 1))

        def change(place: int, found: str, body: bytes, kind: str = kind, where: int = where) -> bytes | None:
            if (found, place) != (kind, where):
                return None
            raw = bytearray(body)
            name = (
                body.find(b'"name"') if (kind, where) == ("Setup", 1) else -1
            )  # a name is bound by nothing else
            at = rng.randrange(len(raw) if name < 0 else name)
            raw[at] = rng.choice([byte for byte in range(32, 127) if byte != raw[at]])
            return bytes(raw)

        assert not verify(rewritten(FINISHED.raw, change), jobs=1).ok, (kind, where)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw + bytes(1024),
        lambda raw: raw + b"\0",
        lambda raw: raw[:-1],
        lambda raw: raw[:-512],
        lambda raw: raw[512:],
        lambda raw: b"",
        lambda raw: raw[:1024],
        lambda raw: b"not a board at all",
        lambda raw: raw[:1024] + raw,
    ],
)
def test_a_file_cut_or_lengthened_is_rejected(change: Callable[[bytes], bytes]) -> None:
    verdict = verify(change(FINISHED.raw), jobs=1)
    assert not verdict.ok
    assert failed(verdict) == {"archive"}
    assert all(problem.text() for problem in verdict.problems)


@pytest.mark.parametrize("field", ["parent", "height", "type", "payload"])
def test_a_broken_link_is_rejected(field: str) -> None:
    vote = voted()
    ballot = vote.make(1, (0,))
    good = add_ballot(vote.head, ballot).raw
    start = good.rindex(b'{"parent":')
    link = json.loads(good[start : good.index(b"}", start) + 1])
    link[field] = {"parent": "0" * 64, "height": 99, "type": "Result", "payload": "0" * 64}[field]
    data_length = 512 + len(ballot) + (-len(ballot) % 512)
    raw = vote.raw + good[:data_length] + record(EVENT, encode(link), TIMESTAMP)
    assert codes(raw) & {"board-chain", "board-order"}


def test_reading_a_board_and_writing_it_again_is_the_identity() -> None:
    board = read_board(FINISHED.raw)
    entry = open_board(board.timestamp, board.election, board.trustees, board.credentials)
    raw, head = entry.raw, entry.head
    assert board.tally is not None
    assert board.sized is not None
    assert board.result is not None
    steps: list[Callable[[Head], Entry]] = [
        partial(add_ballot, ballot=posted.raw) for posted in board.ballots
    ]
    steps += [
        end_ballots,
        partial(add_encrypted_tally, tally=board.tally, sized=board.sized),
        *(partial(add_partial_decryption, owner=share.owner, share=share.raw) for share in board.decryptions),
        partial(add_result, result=board.result),
    ]
    for step in steps:
        entry = step(head)
        raw, head = raw + entry.raw, entry.head
    assert raw == FINISHED.raw
    assert head == board.head == FINISHED.head


def test_any_tar_program_reads_the_file_and_no_record_has_a_time_of_its_own() -> None:
    with tarfile.open(fileobj=io.BytesIO(FINISHED.raw)) as archive:
        members = archive.getmembers()
        assert members[0].name == "BELENIOS"
        for member in members[1:]:
            content = archive.extractfile(member)
            assert content is not None
            assert member.name.split(".")[0] == sha256_hex(content.read())
    assert {member.mtime for member in members} == {TIMESTAMP}


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_whatever_the_bytes_the_reader_refuses_and_does_not_fail(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_board(raw)
    with pytest.raises(Invalid):
        read_board(FINISHED.raw + raw if raw else raw)


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.booleans(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
@settings(max_examples=100, deadline=None)
def test_whatever_the_json_every_record_reader_refuses_or_reads_it_back(value: object) -> None:
    raw = msgspec.json.encode(value)
    for kind in (Ballot, Election, TrusteeKey, PartialDecryption, Result, SizedTally):
        with pytest.raises(Invalid):
            decode(raw, kind)
