"""The objects of the board as typed records: fields in the order of the format, nothing else let in."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from ballots.protocol.refusals import Invalid, Reason
from office.i18n import N_

# Group elements and exponents are decimal strings: no sign, no leading zero, ASCII digits, no more than p or q has.
_DECIMAL: Final = r"\A(0|[1-9][0-9]*)\Z"
Element = Annotated[str, Meta(pattern=_DECIMAL, max_length=617)]
Exponent = Annotated[str, Meta(pattern=_DECIMAL, max_length=78)]
Hex = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Digest = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]{43}\Z")]
Uuid = Annotated[str, Meta(pattern=r"\A[1-9A-HJ-NP-Za-km-z]{14,64}\Z")]
# "Weights and counts: a number up to 2^30 - 1, a decimal string above."
LARGEST_NUMBER: Final = 1073741823
Count = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)] | Annotated[str, Meta(pattern=_DECIMAL, max_length=30)]


class Proof(Struct, frozen=True, forbid_unknown_fields=True):
    """Challenge and response of a Schnorr-like proof."""

    challenge: Exponent
    response: Exponent


class Ciphertext(Struct, frozen=True, forbid_unknown_fields=True):
    """An ElGamal pair (g^r, y^r g^m)."""

    alpha: Element
    beta: Element


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Choose `min` to `max` of `answers`; with `blank`, or leave it blank."""

    answers: tuple[str, ...]
    blank: bool = False
    min: Annotated[int, Meta(ge=0, le=1000)]
    max: Annotated[int, Meta(ge=0, le=1000)]
    question: str

    @property
    def width(self) -> int:
        """Number of ciphertexts of an answer: the options, and the blank flag first where allowed."""
        return len(self.answers) + self.blank


class Election(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is voted on, and under which key.  Its fields are the allow-list: any other is refused."""

    version: Literal[1]
    description: str
    name: str
    group: Literal["BELENIOS-2048"]
    public_key: Element
    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=200)]
    uuid: Uuid
    administrator: str | None = None
    credential_authority: str | None = None


class TrusteeKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A trustee's public key with the proof of knowing its secret."""

    pok: Proof
    public_key: Element
    name: str | None = None


class SignedMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """A trustee's message, itself JSON, with the signature of its author."""

    message: str
    signature: Proof


class Pedersen(Struct, frozen=True, forbid_unknown_fields=True):
    """Trustees of whom any `threshold` suffice: who they are, what they committed to, and their keys."""

    threshold: Annotated[int, Meta(ge=2, le=100)]  # where one suffices, all hold the same key
    certs: tuple[SignedMessage, ...]
    coefexps: tuple[SignedMessage, ...]
    verification_keys: tuple[TrusteeKey, ...]


class SetupData(Struct, frozen=True, forbid_unknown_fields=True):
    """The hashes of the three records of the setup."""

    election: Hex
    trustees: Hex
    credentials: Hex


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The encrypted answer to one question, with its proofs."""

    choices: tuple[Ciphertext, ...]
    individual_proofs: tuple[tuple[Proof, Proof], ...]
    overall_proof: tuple[Proof, ...]
    blank_proof: tuple[Proof, Proof] | None = None


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """The ballot's hash, signed with the credential."""

    hash: Digest
    proof: Proof


class Ballot(Struct, frozen=True, forbid_unknown_fields=True):
    """One ballot of one credential."""

    election_uuid: Uuid
    election_hash: Digest
    credential: Element
    answers: tuple[Answer, ...]
    signature: Signature


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A link of the board's chain."""

    parent: Hex | None = None
    height: Annotated[int, Meta(ge=0)]
    type: Literal["Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result"]
    payload: Hex | None = None


class ArchiveHeader(Struct, frozen=True, forbid_unknown_fields=True):
    """First record of the file.  The timestamp is a string, whatever the specification says."""

    version: Literal[1]
    timestamp: Annotated[str, Meta(pattern=_DECIMAL, max_length=10)]


class SizedTally(Struct, frozen=True, forbid_unknown_fields=True):
    """How many ballots of which weight are in the encrypted tally."""

    num_tallied: Annotated[int, Meta(ge=0)]
    total_weight: Count
    encrypted_tally: Hex


class Owned(Struct, frozen=True, forbid_unknown_fields=True):
    """Which trustee (counted from 1) made the payload."""

    owner: Annotated[int, Meta(ge=1)]
    payload: Hex


class PartialDecryption(Struct, frozen=True, forbid_unknown_fields=True):
    """A trustee's factors alpha^x of every ciphertext of the tally, each with its proof."""

    decryption_factors: tuple[tuple[Element, ...], ...]
    decryption_proofs: tuple[tuple[Proof, ...], ...]


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """The totals, per question and option; the blank count first where blank is allowed."""

    result: tuple[tuple[Count, ...], ...]


EncryptedTally = tuple[tuple[Ciphertext, ...], ...]
# "Single" with a `TrusteeKey`, "Pedersen" with a `Pedersen`.
TrusteeList = tuple[tuple[Literal["Single", "Pedersen"], msgspec.Raw], ...]
CredentialList = tuple[str, ...]

_NAMES: Final[dict[Any, str]] = {
    None: N_("기록"),
    ArchiveHeader: N_("게시판 머리말"),
    Event: N_("사건"),
    Election: N_("투표 설정"),
    TrusteeKey: N_("개표관리인 열쇠"),
    TrusteeList: N_("개표관리인 목록"),
    Pedersen: N_("개표관리인 모임"),
    CredentialList: N_("공개 자격키 목록"),
    SetupData: N_("설정 묶음"),
    Ballot: N_("투표지"),
    EncryptedTally: N_("암호화된 합계"),
    SizedTally: N_("합계의 크기"),
    PartialDecryption: N_("부분 개표"),
    Owned: N_("부분 개표의 주인"),
    Result: N_("개표 결과"),
}

_Kind = TypeVar("_Kind")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(record: Any) -> bytes:
    """The record's only form on the board: compact JSON, UTF-8, absent optional fields left out."""
    return msgspec.json.encode(record)


def decode(raw: bytes, kind: type[_Kind]) -> _Kind:
    """Read a record and refuse every byte string that is not exactly what `encode` would write.

    Raises `Invalid(NOT_CANONICAL)`: wrong type, unknown, repeated or re-ordered fields, blanks, other number forms.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        record: _Kind = decoder.decode(raw)
        same = msgspec.json.encode(record) == raw
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Invalid(Reason.NOT_CANONICAL, what=_NAMES.get(kind, _NAMES[None])) from error
    if not same:
        raise Invalid(Reason.NOT_CANONICAL, what=_NAMES.get(kind, _NAMES[None]))
    return record


def count(number: int) -> int | str:
    """A weight or a total as the format writes it."""
    return number if number <= LARGEST_NUMBER else str(number)


def number_of(written: int | str) -> int:
    """The number of a `count`, refused when a small one is written as a string."""
    number = int(written)
    if count(number) != written:
        raise Invalid(Reason.NOT_CANONICAL, what=_NAMES[Result])
    return number


def sha256_hex(raw: bytes) -> str:
    """Name of a record on the board."""
    return sha256(raw).hexdigest()


def sha256_b64(raw: bytes) -> str:
    """Fingerprint of an election, hash of a ballot, tracker: Base64 without padding, 43 characters."""
    return base64.b64encode(sha256(raw).digest()).decode().rstrip("=")
