"""Credentials: published vectors, what a person types, the public list."""

from __future__ import annotations

import json
import random
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.protocol.credentials import (
    ALPHABET,
    credentials_record,
    derive,
    draw,
    draw_uuid,
    normalise,
    read_credentials,
)
from ballots.protocol.group import P
from ballots.protocol.records import LARGEST_NUMBER
from ballots.protocol.refusals import Invalid, Reason
from tests.data import acceptance_data

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "ballots.json").read_text())["credential"]


def test_the_published_credential_gives_the_published_key() -> None:
    made = derive(VECTOR["credential"], VECTOR["uuid"])
    assert made.secret == int(VECTOR["secret"])
    assert made.public.startswith(VECTOR["public_begins"])
    assert sha256(made.public.encode()).hexdigest() == VECTOR["public_sha256"]


def test_five_credentials_of_an_older_election_give_its_public_keys() -> None:
    folder = acceptance_data("ballots/belenios_v1_kat")
    uuid = json.loads((folder / "election.json").read_text())["uuid"]
    private = [line.split()[-1] for line in (folder / "private_creds.txt").read_text().splitlines()]
    published = (folder / "public_creds.txt").read_text().split()
    assert len(private) == 5
    assert {derive(credential, uuid).public for credential in private} == set(published)


@pytest.mark.parametrize(
    "typed",
    ["123456789ABCDE4", " 123-456-789-ABC-DE4\n", "123 456 789 ABC DE4", "123–456–789–ABC–DE4"],
)
def test_dashes_and_blanks_are_forgiven(typed: str) -> None:
    assert normalise(typed) == "123-456-789-ABC-DE4"
    assert derive(typed, VECTOR["uuid"]).secret == int(VECTOR["secret"])


@pytest.mark.parametrize(
    "typed", ["", "123-456-789-ABC-DE", "123-456-789-ABC-DE44", "O23-456-789-ABC-DE4", "가" * 15]
)
def test_what_is_no_credential_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        normalise(typed)
    assert caught.value.reason is Reason.CREDENTIAL_FORM
    assert not typed or typed not in str(caught.value)


@given(st.integers(0, 2**32), st.integers(0, 13), st.integers(1, 57))
@settings(max_examples=60)
def test_one_mistyped_character_is_refused(seed: int, place: int, shift: int) -> None:
    characters = list(draw(random.Random(seed)).replace("-", ""))
    characters[place] = ALPHABET[(ALPHABET.index(characters[place]) + shift) % 58]
    if shift == 53 or 58 - shift == 53:
        return  # the check character counts modulo 53: a shift by 53 cannot be seen
    with pytest.raises(Invalid) as caught:
        normalise("".join(characters))
    assert caught.value.reason is Reason.CREDENTIAL_CHECK


def test_drawn_credentials_are_well_formed_and_different() -> None:
    drawn = {draw() for _ in range(200)}
    assert len(drawn) == 200
    assert all(normalise(credential) == credential for credential in drawn)


def test_a_credential_does_not_show_its_secret() -> None:
    made = derive(VECTOR["credential"], VECTOR["uuid"])
    assert VECTOR["secret"] not in repr(made)


def test_the_same_credential_has_another_key_in_another_election() -> None:
    credential = draw(random.Random(1))
    first, second = draw_uuid(random.Random(2)), draw_uuid(random.Random(3))
    assert derive(credential, first).public != derive(credential, second).public


def test_the_list_is_sorted_by_number_and_read_back() -> None:
    raw = credentials_record({"1000": 1, "99": 1})
    assert raw == b'["99","1000"]'
    assert read_credentials(raw) == {"99": 1, "1000": 1}


def test_weights_are_written_for_all_or_for_none() -> None:
    raw = credentials_record({"1000": 3, "99": 1})
    assert raw == b'["99,1","1000,3"]'
    assert read_credentials(raw) == {"99": 1, "1000": 3}


@pytest.mark.parametrize(
    "raw",
    [
        b'["99","99"]',
        b'["99,2","99,3"]',
        b'["099"]',
        b'["99,02"]',
        b'["99,0"]',
        b'["99,2,voter-7"]',
        b'["99,,7"]',
        b'["0x63"]',
        b'["-5"]',
        b'["1"]',
        b'["0"]',
        '["９９"]'.encode(),
        b"[99]",
        b'["99" ]',
        b'{"99":1}',
    ],
)
def test_a_wrong_list_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_credentials(raw)


def test_the_bounds_of_the_list_are_exact() -> None:
    def listed(entry: str) -> dict[str, int]:
        return read_credentials(json.dumps([entry]).encode())

    for inside in ("2", str(int(P) - 1)):
        assert listed(inside) == {inside: 1}
    for outside in ("0", "1", str(int(P))):
        with pytest.raises(Invalid) as caught:
            listed(outside)
        assert caught.value.reason is Reason.CREDENTIAL_LIST
    assert listed("2,7") == {"2": 7}


def test_weights_are_whole_numbers_from_one_to_the_formats_largest() -> None:
    assert read_credentials(credentials_record({"2": LARGEST_NUMBER, "3": 1})) == {
        "2": LARGEST_NUMBER,
        "3": 1,
    }
    for wrong in (0, -1, LARGEST_NUMBER + 1):
        with pytest.raises(Invalid) as caught:
            credentials_record({"2": wrong})
        assert caught.value.reason is Reason.CREDENTIAL_LIST


def test_an_election_identifier_is_fourteen_characters_of_the_alphabet() -> None:
    drawn = {draw_uuid() for _ in range(20)}
    assert len(drawn) == 20
    assert all(len(uuid) == 14 and set(uuid) <= set(ALPHABET) for uuid in drawn)


def test_every_character_of_the_alphabet_can_be_drawn() -> None:
    rng = random.Random(5)
    seen = set("".join(draw(rng) for _ in range(200)).replace("-", ""))
    assert seen == set(ALPHABET)
