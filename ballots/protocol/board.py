"""The public board: an append-only chain of events, from the setup to the result.

Strict order, each step once: Setup, Ballot*, EndBallots, EncryptedTally, PartialDecryption+, Result.  The reference
verifier counts only the last unbroken run of ballots, so that a board in another order could hide votes from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ballots.protocol.archive import (
    DATA,
    EVENT,
    ArchiveRecord,
    header_record,
    read_records,
    read_timestamp,
    record,
)
from ballots.protocol.records import Event, Owned, SetupData, SizedTally, decode, encode, sha256_hex
from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_

Kind = Literal["Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result"]

# After which event which events may come.
_FOLLOWERS: Final[dict[str, tuple[str, ...]]] = {
    "": ("Setup",),
    "Setup": ("Ballot", "EndBallots"),
    "Ballot": ("Ballot", "EndBallots"),
    "EndBallots": ("EncryptedTally",),
    "EncryptedTally": ("PartialDecryption",),
    "PartialDecryption": ("PartialDecryption", "Result"),
    "Result": (),
}
_DATA_BEFORE: Final = {
    "Setup": 4,
    "Ballot": 1,
    "EndBallots": 0,
    "EncryptedTally": 2,
    "PartialDecryption": 2,
    "Result": 1,
}


@dataclass(frozen=True)
class Head:
    """Where the chain stands: the hash of its last event and the height of the next."""

    timestamp: int
    parent: str
    height: int


@dataclass(frozen=True)
class Entry:
    """Bytes to append to the file, and the head once they are there."""

    raw: bytes = field(repr=False)
    head: Head


def open_board(timestamp: int, election: bytes, trustees: bytes, credentials: bytes) -> Entry:
    """The beginning of the file: header and Setup.  `timestamp` in Unix seconds is the only time on the board."""
    setup = encode(SetupData(sha256_hex(election), sha256_hex(trustees), sha256_hex(credentials)))
    entry = _append(Head(timestamp, "", 0), "Setup", election, trustees, credentials, setup)
    return Entry(header_record(timestamp) + entry.raw, entry.head)


def add_ballot(head: Head, ballot: bytes) -> Entry:
    """A checked ballot."""
    return _append(head, "Ballot", ballot)


def end_ballots(head: Head) -> Entry:
    """The close of the vote."""
    return _append(head, "EndBallots")


def add_encrypted_tally(head: Head, tally: bytes, sized: bytes) -> Entry:
    """The encrypted totals (both records of `tally.encrypted_tally`)."""
    return _append(head, "EncryptedTally", tally, sized)


def add_partial_decryption(head: Head, owner: int, share: bytes) -> Entry:
    """The share of trustee number `owner`, counted from 1."""
    return _append(head, "PartialDecryption", share, encode(Owned(owner, sha256_hex(share))))


def add_result(head: Head, result: bytes) -> Entry:
    """The totals: the last event."""
    return _append(head, "Result", result)


def _append(head: Head, kind: Kind, *data: bytes) -> Entry:
    event = encode(
        Event(
            parent=head.parent or None,
            height=head.height,
            type=kind,
            payload=sha256_hex(data[-1]) if data else None,
        )
    )
    raw = b"".join(record(DATA, body, head.timestamp) for body in data)
    raw += record(EVENT, event, head.timestamp)
    return Entry(raw, Head(head.timestamp, sha256_hex(event), head.height + 1))


@dataclass(frozen=True)
class PostedBallot:
    """A ballot on the board; `digest` is the hex hash that names its record."""

    height: int
    raw: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True)
class PostedDecryption:
    """A trustee's share on the board."""

    height: int
    owner: int
    raw: bytes = field(repr=False)


@dataclass
class Board:
    """What a board file holds; steps that are not there yet are empty."""

    timestamp: int
    election: bytes = b""
    trustees: bytes = b""
    credentials: bytes = b""
    ballots: list[PostedBallot] = field(default_factory=list)
    ended: bool = False
    tally: bytes | None = None
    sized: bytes | None = None
    decryptions: list[PostedDecryption] = field(default_factory=list)
    result: bytes | None = None
    head: Head = field(default_factory=lambda: Head(0, "", 0))


def read_board(raw: bytes) -> Board:
    """Read a board file strictly: every byte of the archive, every link of the chain, every step in its place.

    What the records say is not checked here (see `verifier`).  Raises `Invalid` with `record` (from 1) and `height`.
    """
    timestamp, start = read_timestamp(raw)
    board = Board(timestamp, head=Head(timestamp, "", 0))
    waiting: list[ArchiveRecord] = []
    step = ""
    for found in read_records(raw, start, timestamp):
        if found.kind == DATA:
            waiting.append(found)
            continue
        try:
            event = decode(found.body, Event)
            _check_link(board.head, event, waiting)
            if event.type not in _FOLLOWERS[step]:
                raise Invalid(Reason.BOARD_ORDER, what=_out_of_order(step, event.type))
            _take(board, event, waiting)
        except Invalid as finding:
            raise _located(finding, board.head.height, found.place) from finding
        step = event.type
        waiting = []
        board.head = Head(timestamp, found.digest, event.height + 1)
    if waiting or not step:
        what = N_("사건에 딸리지 않은 기록이 끝에 있습니다") if waiting else N_("설정이 없습니다")
        raise Invalid(
            Reason.BOARD_ORDER, what=what, height=board.head.height, record=waiting[0].place if waiting else 1
        )
    return board


def _check_link(head: Head, event: Event, waiting: list[ArchiveRecord]) -> None:
    if event.height != head.height or (event.parent or "") != head.parent:
        raise Invalid(Reason.BOARD_CHAIN, what=N_("앞 사건과 이어지지 않습니다"))
    if len(waiting) != _DATA_BEFORE[event.type]:
        raise Invalid(Reason.BOARD_CHAIN, what=N_("사건에 딸린 기록의 수가 맞지 않습니다"))
    if event.payload != (waiting[-1].digest if waiting else None):
        raise Invalid(Reason.BOARD_CHAIN, what=N_("사건이 가리키는 기록이 바로 앞에 없습니다"))


def _take(board: Board, event: Event, waiting: list[ArchiveRecord]) -> None:
    """Put the data of an event in its place; records that name another by its hash must name the one before them."""
    bodies = [found.body for found in waiting]
    if event.type == "Setup":
        setup = decode(bodies[3], SetupData)
        named = [setup.election, setup.trustees, setup.credentials]
        if named != [found.digest for found in waiting[:3]]:
            raise Invalid(Reason.BOARD_CHAIN, what=N_("설정 묶음이 다른 기록을 가리킵니다"))
        board.election, board.trustees, board.credentials = bodies[:3]
    elif event.type == "Ballot":
        board.ballots.append(PostedBallot(event.height, bodies[0], waiting[0].digest))
    elif event.type == "EndBallots":
        board.ended = True
    elif event.type == "EncryptedTally":
        if decode(bodies[1], SizedTally).encrypted_tally != waiting[0].digest:
            raise Invalid(Reason.BOARD_CHAIN, what=N_("합계의 크기가 다른 합계를 가리킵니다"))
        board.tally, board.sized = bodies
    elif event.type == "PartialDecryption":
        owned = decode(bodies[1], Owned)
        if owned.payload != waiting[0].digest:
            raise Invalid(Reason.BOARD_CHAIN, what=N_("부분 개표의 주인이 다른 기록을 가리킵니다"))
        if any(owned.owner == earlier.owner for earlier in board.decryptions):
            raise Invalid(Reason.BOARD_ORDER, what=N_("한 개표관리인의 부분 개표가 두 번 있습니다"))
        board.decryptions.append(PostedDecryption(event.height, owned.owner, bodies[0]))
    else:
        board.result = bodies[0]


def _out_of_order(step: str, kind: str) -> str:
    if kind == "Setup":
        return N_("설정이 두 번 있습니다")
    if kind == "Ballot":
        return N_("투표가 끝난 뒤에 투표지가 있습니다")
    if not step:
        return N_("설정이 맨 앞에 있지 않습니다")
    return N_("앞 단계가 빠졌거나 같은 단계가 두 번 있습니다")


def _located(finding: Invalid, height: int, place: int) -> Invalid:
    values: dict[str, Any] = {**finding.values, "height": height, "record": place}
    return Invalid(finding.reason, **values)
