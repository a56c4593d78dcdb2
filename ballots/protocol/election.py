"""What is voted on: the election record, written once, and what every ballot check needs of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from gmpy2 import mpz

from ballots.protocol.credentials import read_credentials
from ballots.protocol.group import NAME, G, P, Q, is_member
from ballots.protocol.powers import PowerTable
from ballots.protocol.records import (
    Answer,
    Ballot,
    Ciphertext,
    Election,
    Proof,
    Question,
    Signature,
    decode,
    encode,
    sha256_b64,
)
from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_


def election_record(
    *,
    uuid: str,
    name: str,
    questions: Sequence[Question],
    public_key: str,
    description: str = "",
    administrator: str | None = None,
    credential_authority: str | None = None,
) -> bytes:
    """The raw bytes of the election: they are stored and never written again, since phi is their hash.

    Fingerprints of contracts, rulebook and roll stand in `description`, one line each.
    Raises `Invalid` for a record that `read_election` would refuse.
    """
    raw = encode(
        Election(
            version=1,
            description=description,
            name=name,
            group=NAME,
            public_key=public_key,
            questions=tuple(questions),
            uuid=uuid,
            administrator=administrator,
            credential_authority=credential_authority,
        )
    )
    read_election(raw)
    return raw


def read_election(raw: bytes) -> Election:
    """Read an election record strictly: canonical form, known fields only, a key of the group, possible questions."""
    election = decode(raw, Election)
    if not is_member(mpz(election.public_key)) or election.public_key == "1":
        raise Invalid(Reason.ELECTION_RECORD, what=N_("공개키가 정해진 군에 속하지 않습니다"))
    for question in election.questions:
        if not question.answers:
            raise Invalid(Reason.ELECTION_RECORD, what=N_("선택 항목이 없는 문항이 있습니다"))
        if not question.min <= question.max <= len(question.answers):
            raise Invalid(Reason.ELECTION_RECORD, what=N_("고를 수 있는 개수가 선택 항목 수와 맞지 않습니다"))
    return election


@dataclass(frozen=True)
class ElectionContext:
    """An election opened for making or checking ballots."""

    raw: bytes
    election: Election
    fingerprint: str  # phi
    ballot_limit: int  # bytes of the largest possible ballot
    weights: Mapping[str, int] = field(repr=False)  # by public credential
    g: PowerTable = field(repr=False)
    y: PowerTable = field(repr=False)


def open_election(election: bytes, credentials: bytes | None = None, *, window: int = 8) -> ElectionContext:
    """Parse an election and build its tables: about 30 ms for window 8, 90 ms for 10; do it once and keep it.

    Without the credential list no ballot passes `check_form`; making ballots and checking proofs needs no list.
    """
    parsed = read_election(election)
    return ElectionContext(
        raw=election,
        election=parsed,
        fingerprint=sha256_b64(election),
        ballot_limit=largest_ballot(parsed),
        weights=MappingProxyType(read_credentials(credentials) if credentials is not None else {}),
        g=PowerTable(G, window),
        y=PowerTable(mpz(parsed.public_key), window),
    )


def overall_branches(question: Question) -> int:
    """Number of branches of the overall proof: min to max, and "is blank" before them where allowed."""
    return question.max - question.min + 1 + question.blank


def largest_ballot(election: Election) -> int:
    """Size in bytes of a ballot of this election with every number at its longest."""
    proof = Proof(str(Q), str(Q))
    pair = Ciphertext(str(P), str(P))
    answers = tuple(
        Answer(
            choices=(pair,) * question.width,
            individual_proofs=((proof, proof),) * question.width,
            overall_proof=(proof,) * overall_branches(question),
            blank_proof=(proof, proof) if question.blank else None,
        )
        for question in election.questions
    )
    digest = "0" * 43
    return len(encode(Ballot(election.uuid, digest, str(P), answers, Signature(digest, proof))))
