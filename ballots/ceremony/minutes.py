"""What a vote's key ceremony has come to, from what is stored: its transcript, the joint record, complaints."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Raw

from ballots.ceremony.duties import Group, group_of
from ballots.model import Election, ElectionTrustee
from ballots.protocol import threshold
from ballots.protocol.transcript import Alone, Member, Transcript
from ballots.protocol.trustees import trustees_record
from office.clock import SEOUL
from office.people import Person


def transcript_of(election: Election, places: Sequence[tuple[ElectionTrustee, Person]]) -> Transcript:
    """Everything signed so far, in the order of the owner numbers."""
    group = group_of(election, [trustee for trustee, _ in places])
    alone = tuple(
        Alone(one.owner, person.name, _raw(one.key_record), _at(one.key_at))
        for one, person in places
        if one.mandatory
    )
    members = tuple(
        Member(
            owner=one.owner,
            member=group.number_of(one),
            name=person.name,
            certificate=_raw(one.certificate),
            certified_at=_at(one.certified_at),
            dealing=_raw(one.dealing),
            dealt_at=_at(one.dealt_at),
            confirmation=_raw(one.confirmation),
            confirmed_at=_at(one.key_at),
            complaint=_raw(one.complaint),
        )
        for one, person in places
        if not one.mandatory and group is not None
    )
    return Transcript(
        format="yaksok-ceremony",
        version=1,
        election=election.uuid,
        title=election.title,
        threshold=group.threshold if group else None,
        context=threshold.context_of(group.certificates) if group and group.certificates else None,
        mandatory=alone,
        members=members,
    )


def joint_record(election: Election, trustees: Sequence[ElectionTrustee]) -> bytes:
    """The record of all trustees for the board, once everybody's key is there."""
    keys = [(trustee.key_record or "").encode() for trustee in trustees if trustee.mandatory]
    group = group_of(election, trustees)
    if group is None:
        return trustees_record(keys)
    record = threshold.group_record(
        group.certificates or [], group.dealings or [], group.confirmations or [], group.threshold
    )
    return trustees_record(keys, record)


def accused(group: Group) -> list[tuple[ElectionTrustee, ElectionTrustee]]:
    """Who complains of whom."""
    return [
        (
            member,
            group.members[
                threshold.read_complaint(
                    member.complaint.encode(), member=number, certificates=group.certificates or []
                )
                - 1
            ],
        )
        for number, member in enumerate(group.members, start=1)
        if member.complaint is not None
    ]


def _raw(record: str | None) -> Raw:
    return Raw(record.encode() if record is not None else b"null")


def _at(moment: datetime | None) -> str | None:
    return moment.astimezone(SEOUL).isoformat(timespec="seconds") if moment else None
