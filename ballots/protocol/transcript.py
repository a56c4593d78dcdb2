"""The public transcript of a key ceremony: every signed record, who made it and when; and the check of such a file.

One JSON object: format, version, election, title, threshold (null without a group), context (the group's name, hash of
all certificates), mandatory trustees (owner, name, key, at) and members of the group (owner, member, name, certificate,
certified_at, dealing, dealt_at, confirmation, confirmed_at).  The records stand in it exactly as they were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from ballots.protocol import threshold
from ballots.protocol.records import TrusteeKey, sha256_hex
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.trustees import Trustees, read_key, read_trustees, trustees_record
from office.i18n import N_

FORMAT: Final = "yaksok-ceremony"


class Alone(Struct, frozen=True, forbid_unknown_fields=True):
    """A mandatory trustee and the key handed in."""

    owner: Annotated[int, Meta(ge=1)]
    name: str
    key: Raw
    at: str | None


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """A member of the group and the three steps, each null until it is taken; a `complaint` stops the ceremony."""

    owner: Annotated[int, Meta(ge=1)]
    member: Annotated[int, Meta(ge=1)]
    name: str
    certificate: Raw
    certified_at: str | None
    dealing: Raw
    dealt_at: str | None
    confirmation: Raw
    confirmed_at: str | None
    complaint: Raw


class Transcript(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of it."""

    format: Literal["yaksok-ceremony"]
    version: Literal[1]
    election: str
    title: str
    threshold: int | None
    context: str | None
    mandatory: tuple[Alone, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Checked:
    """A ceremony that was carried out as it should: who holds which key, and what it makes together."""

    election: str
    names: tuple[str, ...]
    """By owner number, from 1."""
    trustees: Trustees
    record: bytes
    """The trustees' record, byte for byte as the board must show it."""


def write_transcript(transcript: Transcript) -> bytes:
    """The file."""
    return msgspec.json.encode(transcript)


def read_transcript(raw: bytes) -> Transcript:
    """The parts of a transcript, unchecked.  Raises `Invalid` for anything else than a transcript."""
    try:
        return msgspec.json.decode(raw, type=Transcript)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Invalid(Reason.NOT_CANONICAL, what=N_("열쇠 만들기의 기록")) from error


def check_transcript(raw: bytes, trustees: bytes | None = None) -> Checked:
    """Check every signature, commitment, key and proof of a finished ceremony, and put the joint key together.

    With `trustees`, the record on the board, the two must be the same bytes.  Raises `Invalid`, which names the member
    whose part is wrong.
    """
    transcript = read_transcript(raw)
    certificates = [_given(one.certificate) for one in transcript.members]
    everybody: list[Alone | Member] = [*transcript.mandatory, *transcript.members]
    owners = [one.owner for one in everybody]
    if owners != list(range(1, len(owners) + 1)) or [one.member for one in transcript.members] != list(
        range(1, len(transcript.members) + 1)
    ):
        raise Invalid(Reason.TRUSTEES, what=N_("개표관리인의 번호가 이어지지 않습니다"))
    keys = [_given(one.key) for one in transcript.mandatory]
    group = None
    if transcript.members:
        if transcript.context != threshold.context_of(certificates) or transcript.threshold is None:
            raise Invalid(Reason.TRUSTEES, what=N_("모임의 이름이 참가자들과 맞지 않습니다"))
        dealings = [_given(one.dealing) for one in transcript.members]
        confirmations = [_given(one.confirmation) for one in transcript.members]
        # Before what was confirmed: the confirmations of all would look wrong where one dealing is.
        for number, raw_dealing in enumerate(dealings, start=1):
            threshold.read_dealing(
                raw_dealing, member=number, certificates=certificates, threshold=transcript.threshold
            )
        group = threshold.group_record(certificates, dealings, confirmations, transcript.threshold)
    record = trustees_record(keys, group)
    if trustees is not None and trustees != record:
        raise Invalid(Reason.TRUSTEES, what=N_("게시판의 개표관리인 기록과 다릅니다"))
    names = tuple(one.name for one in everybody)
    return Checked(transcript.election, names, read_trustees(record), record)


def taken(record: Raw) -> bytes | None:
    """A step as it was sent, None before it is taken."""
    return None if bytes(record) == b"null" else bytes(record)


def key_of(member: Alone | Member) -> TrusteeKey | None:
    """The public key of an owner, once it is there."""
    if isinstance(member, Alone):
        raw = taken(member.key)
        return read_key(raw) if raw else None
    raw = taken(member.confirmation)
    return msgspec.json.decode(raw, type=threshold.Confirmation).key if raw else None


def fingerprint(record: Raw) -> str:
    """SHA-256 of a step as it was sent, empty before it is taken."""
    raw = taken(record)
    return sha256_hex(raw) if raw else ""


def _given(record: Raw) -> bytes:
    raw = taken(record)
    if raw is None:
        raise Invalid(Reason.TRUSTEES, what=N_("열쇠 만들기가 끝나지 않았습니다"))
    return raw
