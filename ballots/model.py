"""What is stored of a vote: the election and its options, trustees, the roll, the ballots in the box, the board's events.

No table joins a person to a choice: a roll entry knows its public credential, a ballot is encrypted, and only sums are
ever decrypted.
"""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from office.database import choice
from office.i18n import N_


class ElectionState(enum.StrEnum):
    """How far a vote is; it only moves forward."""

    SETUP = "setup"
    ISSUED = "issued"
    OPEN = "open"
    CLOSED = "closed"
    TALLIED = "tallied"


STATE_LABELS = {
    ElectionState.SETUP: N_("준비 중"),
    ElectionState.ISSUED: N_("투표 링크 발송"),
    ElectionState.OPEN: N_("투표 중"),
    ElectionState.CLOSED: N_("마감, 개표 중"),
    ElectionState.TALLIED: N_("개표 완료"),
}


class EventKind(enum.StrEnum):
    """The events of the board, by the format's names."""

    SETUP = "Setup"
    BALLOT = "Ballot"
    END_BALLOTS = "EndBallots"
    ENCRYPTED_TALLY = "EncryptedTally"
    PARTIAL_DECRYPTION = "PartialDecryption"
    RESULT = "Result"


class Election(SQLModel, table=True):
    """One vote of a cycle.

    The records are the exact texts that stand on the board; they are written once and never serialised again.
    `board_parent`, `board_height` and `board_bytes` are the head of the board: hash of the last event, height of the
    next one, length of the public file.  With `ratings` every agency is rated from 1 to 5 beside the choice of tasks;
    `threshold` is how many of the trustees who are not mandatory must answer.  `roll_sha256` is that of the roll as it stood at the opening; the salt keeps
    anybody from guessing names against it.
    """

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(max_length=30, unique=True)
    cycle_id: int = Field(foreign_key="cycle.id", unique=True)
    title: str = Field(max_length=200)
    question: str = Field(max_length=300)
    min_picks: int
    max_picks: int
    blank: bool = True
    ratings: bool = False
    threshold: int | None = None
    state: ElectionState = Field(default=ElectionState.SETUP, sa_type=choice(ElectionState))
    planned_close_at: datetime | None = None
    issued_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    personal_data_deleted_at: datetime | None = None
    election_record: str | None = Field(default=None, sa_type=sa.Text)
    trustees_record: str | None = Field(default=None, sa_type=sa.Text)
    credentials_record: str | None = Field(default=None, sa_type=sa.Text)
    fingerprint: str | None = Field(default=None, max_length=43)
    roll_salt: str | None = Field(default=None, max_length=64)
    roll_sha256: str | None = Field(default=None, max_length=64)
    tally_record: str | None = Field(default=None, sa_type=sa.Text)
    sized_record: str | None = Field(default=None, sa_type=sa.Text)
    result_record: str | None = Field(default=None, sa_type=sa.Text)
    certificate_record: str | None = Field(default=None, sa_type=sa.Text)
    board_timestamp: int = 0
    board_parent: str = Field(default="", max_length=64)
    board_height: int = 0
    board_bytes: int = 0


class ElectionOption(SQLModel, table=True):
    """One task on the ballot, as it read when the vote was prepared; `position` is its place in the question."""

    __tablename__ = "election_option"
    __table_args__ = (sa.UniqueConstraint("election_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    position: int
    agency_code: str = Field(max_length=40)
    agency: str = Field(max_length=120)
    task_code: str = Field(max_length=60)
    title: str = Field(max_length=300)
    promise: str = Field(default="", max_length=600)
    result: str = Field(default="", max_length=1000)


class RatedAgency(SQLModel, table=True):
    """One agency that the panel rates from 1 to 5, as it was called when the vote was prepared."""

    __tablename__ = "rated_agency"
    __table_args__ = (sa.UniqueConstraint("election_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    position: int
    agency_code: str = Field(max_length=40)
    agency: str = Field(max_length=120)


class ElectionTrustee(SQLModel, table=True):
    """A trustee's place in an election: owner number, public key record, later the share of the decryption.

    One who is not `mandatory` belongs to the group of which `threshold` suffice; its key comes about in three steps
    (docs/protocol.md): a certificate of the keys for signing and for receiving, the dealt polynomial, and the key record
    with the signed confirmation.  A `complaint` names a member whose share does not fit its commitments.  `told` is the
    task that the last letter to the trustee spoke of.
    """

    __tablename__ = "election_trustee"
    __table_args__ = (
        sa.UniqueConstraint("election_id", "person_id"),
        sa.UniqueConstraint("election_id", "owner"),
    )

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    owner: int
    mandatory: bool = True
    invited_at: datetime | None = None
    told: str = Field(default="", max_length=20)
    certificate: str | None = Field(default=None, sa_type=sa.Text)
    certified_at: datetime | None = None
    dealing: str | None = Field(default=None, sa_type=sa.Text)
    dealt_at: datetime | None = None
    confirmation: str | None = Field(default=None, sa_type=sa.Text)
    complaint: str | None = Field(default=None, sa_type=sa.Text)
    key_record: str | None = Field(default=None, sa_type=sa.Text)
    key_at: datetime | None = None
    share_record: str | None = Field(default=None, sa_type=sa.Text)
    share_at: datetime | None = None


class RollEntry(SQLModel, table=True):
    """A panel member who may vote; the credential's public half stands beside it once links are issued."""

    __tablename__ = "roll_entry"
    __table_args__ = (
        sa.UniqueConstraint("election_id", "number"),
        sa.Index("roll_entry_credential", "election_id", "credential_sha256", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    number: str = Field(max_length=20)
    name: str = Field(max_length=80)
    phone: str = Field(default="", max_length=20)
    mail: str = Field(default="", max_length=120)
    stratum: str = Field(default="", max_length=40)
    weight: int = 1
    credential: str | None = Field(default=None, sa_type=sa.Text)
    credential_sha256: str | None = Field(default=None, max_length=64)
    issued_at: datetime | None = None
    voided_at: datetime | None = None


class RollDraft(SQLModel, table=True):
    """A roll file as it was read, until it is taken over or replaced; then it is deleted."""

    __tablename__ = "roll_draft"

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    filename: str = Field(max_length=200)
    rows_read: int
    entries: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    problems: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    made_by: int = Field(foreign_key="person.id")
    made_at: datetime


class BoxedBallot(SQLModel, table=True):
    """An accepted ballot, exactly as received; `height` is its place on the board once the sequencer has put it there."""

    __tablename__ = "boxed_ballot"
    __table_args__ = (
        sa.UniqueConstraint("election_id", "digest"),
        sa.Index("boxed_ballot_waiting", "election_id", "height"),
    )

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    roll_entry_id: int = Field(foreign_key="roll_entry.id", index=True)
    challenge_id: str = Field(max_length=43, unique=True)
    digest: str = Field(max_length=43)
    body: str = Field(sa_type=sa.Text)
    accepted_at: datetime
    booth_id: int | None = Field(default=None, foreign_key="assisted_booth.id")
    height: int | None = None


class OpenedBallot(SQLModel, table=True):
    """A ballot its voter opened to check it; it can never be cast."""

    __tablename__ = "opened_ballot"
    __table_args__ = (sa.UniqueConstraint("election_id", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    digest: str = Field(max_length=43)
    credential_sha256: str = Field(max_length=64, index=True)


class AssistedBooth(SQLModel, table=True):
    """A tablet in a hall where panel members are helped to vote with their own link; its ballots are counted apart."""

    __tablename__ = "assisted_booth"

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    place: str = Field(max_length=80)
    token_sha256: str = Field(max_length=64, unique=True)
    opened_by: int = Field(foreign_key="person.id")
    opened_at: datetime
    closed_at: datetime | None = None


class CertificateSignature(SQLModel, table=True):
    """An officer's signature, by authenticator code, under the certificate of reconciliation."""

    __tablename__ = "certificate_signature"
    __table_args__ = (sa.UniqueConstraint("election_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    signed_at: datetime


class BoardEvent(SQLModel, table=True):
    """One event of the public board; with the records above, enough to write the whole file again.

    `digest` is the SHA-256 of the event, which the next one names as its parent; `ends_at_byte` is the length of the
    public file once the event is in it.
    """

    __tablename__ = "board_event"
    __table_args__ = (sa.UniqueConstraint("election_id", "height"),)

    id: int | None = Field(default=None, primary_key=True)
    election_id: int = Field(foreign_key="election.id", index=True)
    height: int
    kind: EventKind = Field(sa_type=choice(EventKind))
    ballot_id: int | None = Field(default=None, foreign_key="boxed_ballot.id")
    owner: int | None = None
    digest: str = Field(max_length=64)
    ends_at_byte: int
