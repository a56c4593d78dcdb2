"""The transcript of a key ceremony, checked from its file alone: every change in it is found and named."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from msgspec import Raw

from ballots.protocol import threshold
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.seeds import draw_seed
from ballots.protocol.transcript import Alone, Member, Transcript, check_transcript, write_transcript
from ballots.protocol.trustees import make_key

UUID = "2Koreatest1234"
NAMES = ("감사위원회", "도민대표", "변호사회", "언론인회")
Change = Callable[[dict[str, Any]], None]


@cache
def transcript() -> bytes:
    """One mandatory trustee and a group of three, of whom two suffice."""
    rng = random.Random(2)
    _, key = make_key(None, rng)
    seeds = [draw_seed(rng) for _ in range(3)]
    certificates = [threshold.make_certificate(seed, UUID, rng) for seed in seeds]
    dealings = [threshold.make_dealing(seed, UUID, certificates, 2, rng) for seed in seeds]
    confirmations = [
        threshold.make_confirmation(seed, UUID, certificates, dealings, 2, rng=rng) for seed in seeds
    ]
    members = tuple(
        Member(
            j + 2,
            j + 1,
            NAMES[j + 1],
            Raw(certificates[j]),
            "2026-11-20T10:00:00+09:00",
            Raw(dealings[j]),
            "2026-11-21T10:00:00+09:00",
            Raw(confirmations[j]),
            "2026-11-22T10:00:00+09:00",
            Raw(b"null"),
        )
        for j in range(3)
    )
    return write_transcript(
        Transcript(
            format="yaksok-ceremony",
            version=1,
            election=UUID,
            title="도민 투표",
            threshold=2,
            context=threshold.context_of(certificates),
            mandatory=(Alone(1, NAMES[0], Raw(key), "2026-11-20T09:00:00+09:00"),),
            members=members,
        )
    )


def changed(change: Change) -> bytes:
    content = json.loads(transcript())
    change(content)
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_whole_ceremony_is_checked_and_gives_the_boards_record() -> None:
    checked = check_transcript(transcript())
    assert checked.names == NAMES
    assert [(party.members, party.threshold) for party in checked.trustees.parties] == [
        ((1,), 1),
        ((2, 3, 4), 2),
    ]
    assert check_transcript(transcript(), checked.record) == checked


def test_a_board_with_other_trustees_is_refused() -> None:
    record = check_transcript(transcript()).record
    with pytest.raises(Invalid) as refused:
        check_transcript(transcript(), record + b" ")
    assert refused.value.reason is Reason.TRUSTEES


def _next(number: str) -> str:
    return str(int(number) + 1)


def _swap_members(content: dict[str, Any]) -> None:
    content["members"].reverse()
    for place, member in enumerate(content["members"]):
        member["owner"], member["member"] = place + 2, place + 1


CHANGES: dict[str, tuple[Change, Reason]] = {
    "threshold": (lambda c: c.update(threshold=3), Reason.CEREMONY),
    "context": (lambda c: c.update(context="0" * 64), Reason.TRUSTEES),
    "order": (_swap_members, Reason.TRUSTEES),
    "owners": (lambda c: c["members"][0].update(owner=1), Reason.TRUSTEES),
    "unfinished": (lambda c: c["members"][1].update(confirmation=None), Reason.TRUSTEES),
    "mandatory": (
        lambda c: c["mandatory"][0]["key"]["pok"].update(response="1"),
        Reason.TRUSTEE_PROOF,
    ),
    "key": (
        lambda c: c["members"][2]["confirmation"]["key"].update(
            public_key=c["members"][1]["confirmation"]["key"]["public_key"]
        ),
        Reason.CEREMONY,
    ),
    "dealing": (
        lambda c: c["members"][1]["dealing"]["shares"]["signature"].update(response="1"),
        Reason.CEREMONY,
    ),
    "confirmed another": (
        lambda c: c["members"][0]["confirmation"]["transcript"]["signature"].update(
            challenge=_next(c["members"][0]["confirmation"]["transcript"]["signature"]["challenge"])
        ),
        Reason.CEREMONY,
    ),
    "unknown field": (lambda c: c.update(more=1), Reason.NOT_CANONICAL),
    "another format": (lambda c: c.update(format="yaksok-other"), Reason.NOT_CANONICAL),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_changed_transcript_is_refused(name: str) -> None:
    change, reason = CHANGES[name]
    with pytest.raises(Invalid) as refused:
        check_transcript(changed(change))
    assert refused.value.reason is reason


def test_a_wrong_part_is_refused_with_the_number_of_its_member() -> None:
    change, _ = CHANGES["dealing"]
    with pytest.raises(Invalid) as refused:
        check_transcript(changed(change))
    assert refused.value.values["member"] == 2
