"""The key ceremony's records as they arrive from the trustees' browsers: each is checked in public, stored, and final.

A mandatory trustee hands in a key.  The members of a group take three steps (ballots/protocol/threshold.py), each open once all
have taken the one before.  Who has lost a key starts anew, and the others repeat what rested on it.  A complaint stops
the group until the office begins the ceremony again.  No secret ever arrives here.
"""

import asyncio

from sqlmodel.ext.asyncio.session import AsyncSession

from ballots.ceremony.duties import BEFORE, Duty, group_of
from ballots.ceremony.place import Place, everybody, place_in, require_going_on, require_own
from ballots.model import Election, ElectionTrustee
from ballots.protocol import threshold
from ballots.protocol.records import encode
from ballots.protocol.refusals import Invalid
from ballots.protocol.trustees import read_key
from ballots.sequencer import lock
from ballots.setup import require_state
from office import journal
from office.clock import now
from office.errors import Conflict, Refused, TooLarge
from office.i18n import N_
from office.people import Person

LARGEST_KEY = 8 * 1024
"""Bytes of a trustee's key record; a real one has about 900."""
LARGEST_STEP = 128 * 1024
"""Bytes of a step of the ceremony; a dealing to nine members has about 30,000."""


async def store_key(session: AsyncSession, uuid: str, person: Person, raw: bytes) -> None:
    """Take a mandatory trustee's public key, after checking that its maker holds the secret half.

    A lost key may be replaced until the vote opens; afterwards the key is part of the election.
    """
    place = await place_in(session, uuid, person)
    trustee = place.trustee
    if _same(trustee.key_record, raw):
        return
    require_state(place.election, *BEFORE)
    if not trustee.mandatory:
        raise Conflict(N_("열쇠를 여럿이 나누어 만드는 투표입니다. 화면을 새로 고쳐 주십시오"))
    if len(raw) > LARGEST_KEY:
        raise TooLarge
    try:
        key = read_key(raw)
    except Invalid:
        raise _unreadable(person) from None
    require_own(place, person, key)
    replaced = trustee.key_record is not None
    trustee.key_record, trustee.key_at = raw.decode(), now()
    await journal.record(session, person.actor, "ballots.key-given", uuid, replaced=replaced)


async def store_certificate(
    session: AsyncSession, uuid: str, person: Person, raw: bytes, *, anew: bool = False
) -> None:
    """Step 1.  With `anew` it replaces the certificate of a lost key, and everybody's later steps fall away."""
    place = await _step(session, uuid, person, raw)
    trustee = place.trustee
    if _same(trustee.certificate, raw):
        return
    require_going_on(place)
    if trustee.certificate is not None and not anew:
        raise Conflict(N_("이미 열쇠를 만드셨습니다. 화면을 새로 고쳐 주십시오"))
    try:
        certificate = threshold.read_certificate(raw, place.number)
    except Invalid:
        raise _unreadable(person) from None
    for other in place.group.members:
        if other.id != trustee.id and other.certificate is not None:
            theirs = threshold.read_certificate(other.certificate.encode())
            if {theirs.verification, theirs.encryption} & {certificate.verification, certificate.encryption}:
                raise Refused(N_("다른 개표관리인이 이미 낸 열쇠입니다. 자기 열쇠를 새로 만들어 주십시오"))
    repeating = [member for member in place.group.members if member.dealing is not None]
    for member in place.group.members:
        _forget_dealing(member)
    replaced = trustee.certificate is not None
    trustee.certificate, trustee.certified_at = raw.decode(), now()
    await journal.record(
        session,
        person.actor,
        "ballots.certificate-given",
        uuid,
        replaced=replaced,
        dealing_again=len(repeating),
    )


async def store_dealing(session: AsyncSession, uuid: str, person: Person, raw: bytes) -> None:
    """Step 2: a share of the member's secret for everybody, with the commitments it must fit."""
    place = await _step(session, uuid, person, raw)
    if _same(place.trustee.dealing, raw):
        return
    require_going_on(place, Duty.DEALING)
    if place.trustee.dealing is not None:
        raise Conflict(N_("이미 조각을 나누셨습니다. 화면을 새로 고쳐 주십시오"))
    try:
        await asyncio.to_thread(
            threshold.read_dealing,
            raw,
            member=place.number,
            certificates=place.group.certificates or [],
            threshold=place.group.threshold,
        )
    except Invalid:
        raise _unreadable(person) from None
    place.trustee.dealing, place.trustee.dealt_at = raw.decode(), now()
    await journal.record(session, person.actor, "ballots.dealing-given", uuid)


async def store_confirmation(session: AsyncSession, uuid: str, person: Person, raw: bytes) -> None:
    """Step 3: the member's own public key, which must be what everybody's commitments give."""
    place = await _step(session, uuid, person, raw)
    trustee = place.trustee
    if _same(trustee.confirmation, raw):
        return
    require_going_on(place, Duty.CONFIRMATION)
    if trustee.confirmation is not None:
        raise Conflict(N_("이미 확인하셨습니다. 화면을 새로 고쳐 주십시오"))
    try:
        key = await asyncio.to_thread(
            threshold.read_confirmation,
            raw,
            member=place.number,
            certificates=place.group.certificates or [],
            dealings=place.group.dealings or [],
            threshold=place.group.threshold,
        )
    except Invalid:
        raise _unreadable(person) from None
    require_own(place, person, key)
    trustee.confirmation, trustee.key_record, trustee.key_at = raw.decode(), encode(key).decode(), now()
    await journal.record(session, person.actor, "ballots.key-confirmed", uuid)


async def store_complaint(session: AsyncSession, uuid: str, person: Person, raw: bytes) -> None:
    """Instead of step 3: whose share does not fit.  The ceremony stops until the office begins it again."""
    place = await _step(session, uuid, person, raw)
    if _same(place.trustee.complaint, raw):
        return
    require_going_on(place, Duty.CONFIRMATION)
    if place.trustee.confirmation is not None:
        raise Conflict(N_("이미 확인하셨습니다. 화면을 새로 고쳐 주십시오"))
    try:
        against = threshold.read_complaint(
            raw, member=place.number, certificates=place.group.certificates or []
        )
    except Invalid:
        raise _unreadable(person) from None
    place.trustee.complaint = raw.decode()
    accused = place.group.members[against - 1].owner
    await journal.record(session, person.actor, "ballots.share-refused", uuid, dealt_by_owner=accused)


async def restart(session: AsyncSession, election: Election, by: Person) -> None:
    """Begin the group's ceremony again from the first step, with new keys, after a complaint or a doubt."""
    await lock(session, election)
    require_state(election, *BEFORE)
    await session.refresh(election)
    group = group_of(election, await everybody(session, election))
    if group is None:
        raise Conflict(N_("열쇠를 나누어 만드는 개표관리인이 없습니다"))
    stopped = group.step is Duty.STOPPED
    for member in group.members:
        _forget(member)
    await session.flush()
    await journal.record(
        session, by.actor, "ballots.ceremony-restarted", election.uuid, after_complaint=stopped
    )


def _forget(member: ElectionTrustee) -> None:
    """Take back all of a member's steps; the keys made so far will not be used."""
    member.certificate, member.certified_at = None, None
    member.told = ""
    _forget_dealing(member)


def _forget_dealing(member: ElectionTrustee) -> None:
    if member.dealing is not None:
        member.told = ""
    member.dealing, member.dealt_at = None, None
    member.confirmation = member.complaint = member.key_record = member.key_at = None


async def _step(session: AsyncSession, uuid: str, person: Person, raw: bytes) -> Place:
    if len(raw) > LARGEST_STEP:
        raise TooLarge
    place = await place_in(session, uuid, person)
    if place.trustee.mandatory:
        raise Conflict(N_("혼자 열쇠를 만드는 자리입니다. 화면을 새로 고쳐 주십시오"))
    return place


def _same(stored: str | None, raw: bytes) -> bool:
    """Whether these bytes are already stored: sending them again is welcome."""
    return stored is not None and stored.encode() == raw


def _unreadable(person: Person) -> Refused:
    return Refused(
        N_("{name} 님의 열쇠를 확인할 수 없어 저장하지 않았습니다. 화면을 새로 고쳐 다시 만들어 주십시오"),
        name=person.name,
    )
