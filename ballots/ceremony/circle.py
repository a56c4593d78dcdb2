"""A vote as one of its trustees sees it: the whole way, what to do now, and who is waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import setup
from ballots.ceremony.duties import Duty, Group, duty_of, group_of, still_needed
from ballots.ceremony.minutes import accused
from ballots.model import Election, ElectionState, ElectionTrustee
from ballots.protocol.threshold import context_of, read_certificate
from ballots.protocol.trustees import read_key
from office.i18n import N_, translate
from office.people import Person

Places = Sequence[tuple[ElectionTrustee, Person]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step on a trustee's line."""

    label: str
    state: str
    when: datetime | None = None


@dataclass(frozen=True)
class View:
    """A vote as one of its trustees sees it."""

    election: Election
    trustee: ElectionTrustee
    places: Places
    group: Group | None

    @property
    def duty(self) -> Duty:
        """What the trustee has to do, or waits for."""
        return duty_of(self.election, self.trustee, [one for one, _ in self.places])

    @property
    def needed(self) -> tuple[list[str], int]:
        """Who must still open the tally, and how many more of the group."""
        mandatory, more = still_needed(self.election, [one for one, _ in self.places])
        return self.names(mandatory), more

    @property
    def awaited(self) -> list[str]:
        """Names of those who have not taken the group's present step."""
        return self.names(self.group.awaited) if self.group else []

    @property
    def context(self) -> str:
        """The group's name, empty until all its certificates are there."""
        certificates = self.group.certificates if self.group else None
        return context_of(certificates) if certificates else ""

    @property
    def accused(self) -> list[tuple[str, str]]:
        """Names: who complains of whom."""
        found = accused(self.group) if self.group else []
        return [(self.names([by])[0], self.names([against])[0]) for by, against in found]

    @property
    def repeating(self) -> list[str]:
        """Who takes a step again when this trustee makes a new key."""
        members = self.group.members if self.group and not self.trustee.mandatory else ()
        return self.names([one for one in members if one.dealing and one.id != self.trustee.id])

    @property
    def own_key(self) -> str:
        """What tells the trustee's browser whether a key fits: the public key, or the key the trustee signs with."""
        if self.trustee.mandatory:
            record = self.trustee.key_record
            return read_key(record.encode()).public_key if record else ""
        certificate = self.trustee.certificate
        return read_certificate(certificate.encode()).verification if certificate else ""

    @property
    def public_key(self) -> str:
        """The trustee's part of the key, once it is there."""
        record = self.trustee.key_record
        return read_key(record.encode()).public_key if record else ""

    @property
    def steps(self) -> list[Step]:
        """The whole way, with what this trustee has done."""
        one, state = self.trustee, self.election.state
        taken: list[tuple[str, datetime | None, bool]] = [
            (N_("열쇠 만들기"), one.key_at, one.key_at is not None)
        ]
        if not one.mandatory:
            taken = [
                (N_("1단계 열쇠 만들기"), one.certified_at, one.certified_at is not None),
                (N_("2단계 조각 나누기"), one.dealt_at, one.dealt_at is not None),
                (N_("3단계 확인하기"), one.key_at, one.key_at is not None),
            ]
        closed = state in (ElectionState.CLOSED, ElectionState.TALLIED)
        opened = one.share_at is not None or state is ElectionState.TALLIED
        taken += [
            (N_("투표"), self.election.opened_at, closed),
            (N_("합계 열기"), one.share_at, opened),
        ]
        current = next((place for place, (_, _, done) in enumerate(taken) if not done), len(taken))
        return [
            Step(translate(label), "done" if done else "current" if place == current else "todo", when)
            for place, (label, when, done) in enumerate(taken)
        ]

    def names(self, trustees: Sequence[ElectionTrustee]) -> list[str]:
        """The names of some of the trustees."""
        name = {one.id: person.name for one, person in self.places}
        return [name[one.id] for one in trustees]


async def view_of(session: AsyncSession, uuid: str, person: Person) -> View:
    """Look at a vote as this trustee."""
    election, trustee = await setup.place_of(session, uuid, person)
    places = await setup.trustees_of(session, election)
    return View(election, trustee, places, group_of(election, [one for one, _ in places]))
