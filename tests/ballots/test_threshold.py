"""Keys in several hands of which some suffice: the ceremony, its cheats, and what any t of n open."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from gmpy2 import mpz, powmod
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.protocol.board import add_partial_decryption, add_result
from ballots.protocol.group import G, P, Q
from ballots.protocol.pedersen import Commitments, check_group, lagrange
from ballots.protocol.records import Pedersen, SignedMessage, TrusteeKey, decode, encode
from ballots.protocol.refusals import Invalid, Reason
from ballots.protocol.sealing import seal_share, signed, unseal_share
from ballots.protocol.seeds import (
    coefficients,
    draw_seed,
    normalise_seed,
    receiving_secret,
    signing_secret,
    single_secret,
)
from ballots.protocol.tally import opened, read_result, result_record
from ballots.protocol.threshold import (
    Dealing,
    SealedShares,
    context_of,
    group_record,
    make_certificate,
    make_complaint,
    make_confirmation,
    make_dealing,
    read_certificate,
    read_complaint,
    read_confirmation,
    read_dealing,
    receive,
)
from ballots.protocol.trustees import Party, make_key, read_trustees, trustees_record
from ballots.protocol.verifier import verify
from tests.ballots.boards import Vote, ceremony, codes, question, reference_accepts
from tests.ballots.reference import TOOL, tool

UUID = "2Koreatest1234"
needs_the_tool = pytest.mark.skipif(TOOL is None, reason="belenios-tool is not installed")


class Members:
    """Three members, two of whom suffice, after the second step."""

    def __init__(self, seed: int = 1, members: int = 3, threshold: int = 2) -> None:
        self.rng = random.Random(seed)
        self.threshold = threshold
        self.seeds = [draw_seed(self.rng) for _ in range(members)]
        self.certificates = [make_certificate(each, UUID, self.rng) for each in self.seeds]
        self.dealings = [
            make_dealing(each, UUID, self.certificates, threshold, self.rng) for each in self.seeds
        ]

    def receive(self, member: int) -> int:
        return receive(self.seeds[member - 1], UUID, self.certificates, self.dealings, self.threshold)

    def confirm(self, member: int) -> bytes:
        return make_confirmation(
            self.seeds[member - 1], UUID, self.certificates, self.dealings, self.threshold, rng=self.rng
        )


def voted(owners: tuple[int, ...], threshold: int = 2) -> Vote:
    vote = Vote((question(3, 1, 2),), (1, 4), seed=31, threshold=threshold)
    vote.cast(0, (0, 1))
    vote.cast(1, (1,))
    vote.close()
    vote.open(owners)
    return vote


# --- seeds


def test_a_seed_is_read_back_however_it_is_typed_and_one_wrong_character_is_found() -> None:
    seed = draw_seed(random.Random(1))
    assert [len(part) for part in seed.split("-")] == [6, 6, 6, 5]
    assert normalise_seed(f" {seed.replace('-', ' ')} ") == seed
    wrong = ("2" if seed[0] == "1" else "1") + seed[1:]
    with pytest.raises(Invalid) as caught:
        normalise_seed(wrong)
    assert caught.value.reason is Reason.SEED_CHECK
    for form in ("", seed[:-1], seed + "1", seed.replace(seed[0], "0")):
        with pytest.raises(Invalid) as caught:
            normalise_seed(form)
        assert caught.value.reason is Reason.SEED_FORM


def test_every_secret_of_a_seed_is_its_own_and_of_one_election_only() -> None:
    seed, other = draw_seed(random.Random(1)), draw_seed(random.Random(2))
    secrets = [
        int(derive(each, place))
        for derive in (single_secret, signing_secret, receiving_secret)
        for each in (seed, other)
        for place in (UUID, "3Koreatest1234")
    ]
    secrets += [int(a) for context in ("a" * 64, "b" * 64) for a in coefficients(seed, context, 3)]
    assert len(set(secrets)) == len(secrets)
    assert all(0 < secret < Q for secret in secrets)


def test_a_sealed_share_opens_for_its_recipient_and_place_only() -> None:
    rng = random.Random(3)
    secret, other = mpz(12345), mpz(54321)
    sealed = seal_share(mpz(77), str(powmod(G, secret, P)), "here|1|2", rng)
    assert unseal_share(sealed, secret, "here|1|2") == 77
    assert unseal_share(sealed, other, "here|1|2") is None
    assert unseal_share(sealed, secret, "here|2|1") is None
    assert (
        unseal_share(msgspec.structs.replace(sealed, data=sealed.data[:-2] + "AA"), secret, "here|1|2")
        is None
    )
    assert unseal_share(msgspec.structs.replace(sealed, ephemeral=str(P - 1)), secret, "here|1|2") is None
    assert unseal_share(msgspec.structs.replace(sealed, nonce="!"), secret, "here|1|2") is None


# --- the ceremony


def test_the_shares_of_any_two_make_the_key_that_nobody_held() -> None:
    members = Members()
    shares = {j: members.receive(j) for j in (1, 2, 3)}
    group = check_group(ceremony_record(members))
    for pair in itertools.combinations((1, 2, 3), 2):
        secret = sum(shares[j] * lagrange(j, pair) for j in pair) % Q
        assert powmod(G, secret, P) == group.public_key
    assert powmod(G, shares[1] * lagrange(1, (1,)), P) != group.public_key


def ceremony_record(members: Members) -> Pedersen:
    confirmations = [members.confirm(j) for j in range(1, len(members.seeds) + 1)]
    return group_record(members.certificates, members.dealings, confirmations, members.threshold)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_t_of_n_open_and_fewer_do_not(data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 5))
    t = data.draw(st.integers(2, n))
    group, secrets = ceremony(UUID, n, t, random.Random(data.draw(st.integers(0, 2**32))))
    answering = data.draw(st.permutations(range(1, n + 1)))[:t]
    exponent = sum(secrets[j - 1] * lagrange(j, answering) for j in answering) % Q
    assert powmod(G, exponent, P) == check_group(group).public_key
    fewer = answering[:-1]
    exponent = sum(secrets[j - 1] * lagrange(j, fewer) for j in fewer) % Q
    assert powmod(G, exponent, P) != check_group(group).public_key


def test_a_step_taken_again_gives_the_same_polynomial_and_another_group_another() -> None:
    """A member who comes back on another computer deals the very same; a new group never meets an old polynomial."""
    members = Members()
    again = make_dealing(members.seeds[0], UUID, members.certificates, 2)
    coefexps = decode(again, Dealing).coefexps.message
    assert coefexps == decode(members.dealings[0], Dealing).coefexps.message
    others = [members.certificates[0], *Members(seed=2).certificates[1:]]
    assert decode(make_dealing(members.seeds[0], UUID, others, 2), Dealing).coefexps.message != coefexps


@pytest.mark.parametrize(
    "cheat", ["wrong share", "somebody else's share", "broken seal", "for another place"]
)
def test_a_dealer_whose_share_does_not_fit_is_named_and_accused(cheat: str) -> None:
    members = Members()
    members.dealings[1] = cheated(members, cheat)
    # Nothing public is wrong with it: only the one it was dealt to can see.
    read_dealing(members.dealings[1], member=2, certificates=members.certificates, threshold=2)
    assert members.receive(1)
    with pytest.raises(Invalid) as caught:
        members.receive(3)
    assert (caught.value.reason, caught.value.values) == (Reason.WRONG_SHARE, {"member": 2})
    with pytest.raises(Invalid):
        members.confirm(3)
    complaint = make_complaint(members.seeds[2], UUID, members.certificates, 2)
    assert read_complaint(complaint, member=3, certificates=members.certificates) == 2
    with pytest.raises(Invalid):  # nobody complains in another's name
        read_complaint(complaint, member=1, certificates=members.certificates)
    with pytest.raises(Invalid):  # nor in another ceremony
        read_complaint(complaint, member=3, certificates=Members(seed=9).certificates)


def cheated(members: Members, cheat: str) -> bytes:
    """Member 2's dealing with a bad share for member 3, properly signed."""
    seed, certificates = members.seeds[1], members.certificates
    context = context_of(certificates)
    dealing = decode(members.dealings[1], Dealing)
    shares = list(decode(dealing.shares.message.encode(), SealedShares).shares)
    recipient = read_certificate(certificates[2]).encryption
    place = f"{UUID}|{context}|2|{1 if cheat == 'for another place' else 3}"
    value = mpz(5) if cheat == "wrong share" else _share(seed, context, 1 if "else" in cheat else 3)
    sealed = seal_share(value, recipient, place, members.rng)
    if cheat == "broken seal":
        sealed = msgspec.structs.replace(sealed, data=sealed.data[:-4] + "AAAA")
    shares[2] = sealed
    message = signed(signing_secret(seed, UUID), encode(SealedShares(context, tuple(shares))), members.rng)
    return encode(Dealing(dealing.coefexps, message))


def _share(seed: str, context: str, member: int) -> mpz:
    return mpz(sum(a * member**k for k, a in enumerate(coefficients(seed, context, 2))) % Q)


def test_a_dealing_of_another_threshold_group_or_hand_is_refused_by_name() -> None:
    members, others = Members(), Members(seed=2)
    strangers = [members.certificates[0], *others.certificates[1:]]
    for raw, member, threshold, certificates in [
        (members.dealings[0], 1, 3, members.certificates),
        (members.dealings[0], 2, 2, members.certificates),
        (others.dealings[0], 1, 2, members.certificates),
        (members.dealings[0], 1, 2, strangers),
        (members.dealings[0] + b" ", 1, 2, members.certificates),
        (b"{}", 1, 2, members.certificates),
    ]:
        with pytest.raises(Invalid) as caught:
            read_dealing(raw, member=member, certificates=certificates, threshold=threshold)
        assert (caught.value.reason, caught.value.values["member"]) == (Reason.CEREMONY, member)


def test_a_confirmation_is_good_for_its_member_and_transcript_only() -> None:
    members = Members()
    good = members.confirm(2)

    def read(raw: bytes, member: int, dealings: list[bytes]) -> TrusteeKey:
        return read_confirmation(
            raw, member=member, certificates=members.certificates, dealings=dealings, threshold=2
        )

    key = read(good, 2, members.dealings)
    assert key.public_key == str(powmod(G, members.receive(2), P))
    again = make_dealing(members.seeds[2], UUID, members.certificates, 2)  # sealed anew: another transcript
    for raw, member, dealings in [
        (good, 1, members.dealings),
        (good, 2, [*members.dealings[:2], again]),
        (good.replace(b'"pok"', b'"pok" '), 2, members.dealings),
        (good.replace(key.public_key.encode(), str(G).encode()), 2, members.dealings),
    ]:
        with pytest.raises(Invalid):
            read(raw, member, dealings)


@pytest.mark.parametrize("element", ["0", "1", str(P - G), str(P - 1), "2"])
def test_a_certificate_with_a_key_outside_the_group_is_refused(element: str) -> None:
    message = json.dumps({"verification": str(G), "encryption": element}, separators=(",", ":"))
    with pytest.raises(Invalid):
        read_certificate(encode(signed(mpz(1), message.encode())))


def changed(record: Pedersen, **fields: object) -> Pedersen:
    return msgspec.structs.replace(record, **fields)


def own_commitments(secret: mpz, *elements: str) -> SignedMessage:
    return signed(secret, encode(Commitments(elements)))


@pytest.mark.parametrize(
    "change",
    [
        lambda r, s: changed(r, threshold=1),
        lambda r, s: changed(r, threshold=3),
        lambda r, s: changed(r, certs=r.certs[:2]),
        lambda r, s: changed(r, coefexps=r.coefexps[:2]),
        lambda r, s: changed(r, verification_keys=r.verification_keys[:2]),
        lambda r, s: changed(r, certs=(r.certs[1], r.certs[0], r.certs[2])),
        lambda r, s: changed(r, coefexps=(r.coefexps[1], r.coefexps[0], r.coefexps[2])),
        lambda r, s: changed(r, verification_keys=r.verification_keys[::-1]),
        lambda r, s: changed(r, certs=(r.certs[0], r.certs[0], r.certs[2])),
        lambda r, s: changed(r, coefexps=(own_commitments(s, str(G), str(G)), *r.coefexps[1:])),
        lambda r, s: changed(r, coefexps=(own_commitments(s, str(P - G), str(G)), *r.coefexps[1:])),
        lambda r, s: changed(r, coefexps=(own_commitments(s, str(G)), *r.coefexps[1:])),
        lambda r, s: changed(
            r, verification_keys=(msgspec.structs.replace(r.verification_keys[0], public_key=str(G)),) * 3
        ),
    ],
)
def test_a_group_that_does_not_fit_together_is_refused(change: Callable[[Pedersen, mpz], Pedersen]) -> None:
    members = Members()
    record = ceremony_record(members)
    check_group(record)
    wrong = change(record, signing_secret(members.seeds[0], UUID))
    with pytest.raises(Invalid):
        check_group(wrong)
    with pytest.raises(Invalid):
        read_trustees(encode([("Pedersen", wrong)]))


# --- opening the tally


@pytest.mark.parametrize("owners", [(1, 2), (3, 1), (2, 3), (3, 2, 1)])
def test_any_two_of_three_open_the_totals(owners: tuple[int, ...], tmp_path: Path) -> None:
    vote = voted(owners)
    assert codes(vote.raw) == set()
    assert verify(vote.raw, jobs=1).result == ((1, 5, 0),)
    if TOOL is not None:
        assert reference_accepts(tmp_path, vote.raw)


def test_with_two_of_three_missing_nothing_is_opened() -> None:
    vote = Vote((question(3, 1, 2),), (1, 4), seed=31, threshold=2)
    vote.cast(0, (0, 1))
    vote.close()
    assert vote.tally is not None
    trustees = read_trustees(vote.trustees)
    for owner in (1, 2, 3):
        assert not trustees.enough({owner})
        with pytest.raises(Invalid) as caught:
            opened(vote.tally.raw, trustees, {owner: vote.share(owner)})
        assert caught.value.reason is Reason.RESULT


def test_a_result_announced_with_too_few_shares_is_refused() -> None:
    """Even the right one: without t shares nobody can check it."""
    whole = voted((1, 2))
    vote = Vote((question(3, 1, 2),), (1, 4), seed=31, threshold=2)
    vote.cast(0, (0, 1))
    vote.cast(1, (1,))
    vote.close()
    assert vote.tally is not None
    vote.append(add_partial_decryption(vote.head, 2, vote.share(2)))
    assert whole.tally is not None
    assert (
        "아직 개표에 필요한 만큼의 개표관리인이 부분 개표를 하지 않았습니다."
        in verify(vote.raw, jobs=1).pending
    )
    result = result_record(whole.tally.raw, read_trustees(whole.trustees), whole.shares, 5)
    vote.append(add_result(vote.head, result))
    assert codes(vote.raw) == {"result"}


def test_mandatory_trustees_and_a_group_stand_together(tmp_path: Path) -> None:
    rng = random.Random(41)
    vote = Vote((question(2, 1, 1),), (1, 1), seed=41)
    group, shares = ceremony(vote.uuid, 3, 2, rng)
    secret, key = make_key("감사위원회", rng)
    raw = trustees_record([key], group)
    trustees = read_trustees(raw)
    assert trustees.parties == (Party((1,), 1), Party((2, 3, 4), 2))
    assert trustees.needed == 3
    assert trustees.enough({1, 3, 4})
    assert not trustees.enough({2, 3, 4})
    assert not trustees.enough({1, 3})
    mixed = Vote((question(2, 1, 1),), (1, 1), seed=41, trustees_as=(raw, [secret, *shares]))
    mixed.cast(0, (0,))
    mixed.cast(1, (0,))
    mixed.close()
    mixed.open((4, 1, 2))
    assert read_result(result_record(mixed.tally.raw if mixed.tally else b"", trustees, mixed.shares, 2)) == [
        [2, 0]
    ]
    assert codes(mixed.raw) == set()
    if TOOL is not None:
        assert reference_accepts(tmp_path, mixed.raw)


def test_a_group_of_which_one_suffices_is_refused_since_all_would_hold_the_same_key() -> None:
    group, _ = ceremony(UUID, 3, 1, random.Random(5))
    _, key = make_key(rng=random.Random(6))
    for mandatory in ([], [key]):
        with pytest.raises(Invalid):
            trustees_record(mandatory, group)


@needs_the_tool
def test_a_group_that_the_reference_made_is_read(tmp_path: Path) -> None:
    """Six steps of `setup generate-trustee-key-threshold`, three members, two of whom suffice."""

    def step(*arguments: str, stdin: str = "") -> str:
        call = ("setup", "generate-trustee-key-threshold", "--group", "BELENIOS-2048", *arguments)
        return tool(*call, folder=tmp_path, stdin=stdin).stdout

    def joined(pattern: str) -> str:
        return "".join(path.read_text() for path in sorted(tmp_path.glob(pattern)))

    for _ in range(3):
        step("--step", "1")
    (tmp_path / "certs.jsons").write_text(joined("*.cert"))
    certs = ("--certs", "certs.jsons")
    step(*certs, "--step", "2")
    keys = sorted(path.name for path in tmp_path.glob("*.key"))
    polynomials = "".join(step(*certs, "--key", key, "--step", "3", "--threshold", "2") for key in keys)
    (tmp_path / "polynomials.jsons").write_text(polynomials)
    step(*certs, "--step", "4", "--polynomials", "polynomials.jsons")
    outputs = "".join(
        step(
            *certs, "--key", key, "--step", "5", stdin=(tmp_path / key.replace(".key", ".vinput")).read_text()
        )
        for key in keys
    )
    record = step(*certs, "--step", "6", "--polynomials", "polynomials.jsons", stdin=outputs).strip()
    group = check_group(decode(record.encode(), Pedersen))
    assert (group.threshold, len(group.keys)) == (2, 3)
