"""What each trustee has to do now, and whom the others wait for; read from what is stored, nothing kept beside it."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ballots.model import Election, ElectionState, ElectionTrustee


class Duty(enum.StrEnum):
    """A trustee's task, or what the trustee waits for."""

    KEY = "key"
    CERTIFICATE = "certificate"
    DEALING = "dealing"
    CONFIRMATION = "confirmation"
    OTHERS = "others"
    STOPPED = "stopped"
    OPENING = "opening"
    VOTING = "voting"
    ADDING = "adding"
    SHARE = "share"
    GIVEN = "given"
    OVER = "over"


ACTING = frozenset({Duty.KEY, Duty.CERTIFICATE, Duty.DEALING, Duty.CONFIRMATION, Duty.SHARE})
"""The duties in which something is to be done; the others wait."""

BEFORE = (ElectionState.SETUP, ElectionState.ISSUED)
"""The states of a vote in which keys are made."""


@dataclass(frozen=True)
class Group:
    """The trustees of whom `threshold` suffice, in the order of their numbers, with the steps each has taken."""

    members: tuple[ElectionTrustee, ...]
    threshold: int

    @property
    def certificates(self) -> list[bytes] | None:
        """Everybody's first step, once all have taken it."""
        return _all(member.certificate for member in self.members)

    @property
    def dealings(self) -> list[bytes] | None:
        """Everybody's second step, once all have taken it."""
        return _all(member.dealing for member in self.members)

    @property
    def confirmations(self) -> list[bytes] | None:
        """Everybody's third step, once all have taken it."""
        return _all(member.confirmation for member in self.members)

    @property
    def step(self) -> Duty:
        """The step the group is at: the first that somebody has not taken."""
        if any(member.complaint for member in self.members):
            return Duty.STOPPED
        if self.certificates is None:
            return Duty.CERTIFICATE
        if self.dealings is None:
            return Duty.DEALING
        return Duty.CONFIRMATION if self.confirmations is None else Duty.OPENING

    @property
    def awaited(self) -> list[ElectionTrustee]:
        """Those who have not taken the present step."""
        return [member for member in self.members if not _has_taken(self.step, member)]

    def number_of(self, trustee: ElectionTrustee) -> int:
        """A member's number in the group, from 1."""
        return [member.id for member in self.members].index(trustee.id) + 1


def group_of(election: Election, trustees: Sequence[ElectionTrustee]) -> Group | None:
    """The group among the trustees of a vote, in the order of their owner numbers; None where all are mandatory."""
    members = tuple(trustee for trustee in trustees if not trustee.mandatory)
    return Group(members, election.threshold or len(members)) if members else None


def duty_of(election: Election, trustee: ElectionTrustee, trustees: Sequence[ElectionTrustee]) -> Duty:
    """What this trustee has to do now, or waits for."""
    match election.state:
        case ElectionState.SETUP | ElectionState.ISSUED:
            return _making(trustee, group_of(election, trustees))
        case ElectionState.OPEN:
            return Duty.VOTING
        case ElectionState.CLOSED if trustee.share_record is not None:
            return Duty.GIVEN
        case ElectionState.CLOSED:
            return Duty.ADDING if election.tally_record is None else Duty.SHARE
    return Duty.OVER


def still_needed(
    election: Election, trustees: Sequence[ElectionTrustee]
) -> tuple[list[ElectionTrustee], int]:
    """Who must still open the tally without fail, and how many more of the group are enough."""
    mandatory = [one for one in trustees if one.mandatory and one.share_record is None]
    group = group_of(election, trustees)
    given = sum(member.share_record is not None for member in group.members) if group else 0
    return mandatory, max(0, group.threshold - given) if group else 0


def _making(trustee: ElectionTrustee, group: Group | None) -> Duty:
    if trustee.mandatory or group is None:
        return Duty.KEY if trustee.key_record is None else Duty.OPENING
    if group.step in (Duty.STOPPED, Duty.OPENING):
        return group.step
    return Duty.OTHERS if _has_taken(group.step, trustee) else group.step


def _has_taken(step: Duty, member: ElectionTrustee) -> bool:
    taken = {
        Duty.CERTIFICATE: member.certificate,
        Duty.DEALING: member.dealing,
        Duty.CONFIRMATION: member.confirmation,
    }
    return taken.get(step, "") is not None


def _all(records: Iterable[str | None]) -> list[bytes] | None:
    found = list(records)
    given = [record.encode() for record in found if record is not None]
    return given if len(given) == len(found) else None
