"""A board of which any two of three trustees hold the key, made wrong: the group's record, and who answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from gmpy2 import mpz

from ballots.protocol.group import G, P, Q
from ballots.protocol.records import encode
from tests.ballots.boards import Vote
from tests.ballots.forging import strange
from tests.ballots.mutated_json import (
    FORMS,
    Path,
    always,
    blanks,
    changed,
    compact,
    having,
    named,
    numbers,
    rearranged,
    spelled,
)
from tests.ballots.steps import Step, board_of, setup, shared, steps_of

Named = Iterator[tuple[str, bytes]]
GROUP: Path = (0, 1)


def in_its_group(vote: Vote) -> Named:
    """The record of the group, the election's key and all that followed left as they were."""
    first, *rest = steps_of(vote.raw)
    election, trustees, listed = first.data[:3]

    def board(record: bytes) -> bytes:
        return board_of([setup(election, record, listed), *rest])

    for name, raw in (*blanks(trustees), *rearranged(trustees)):
        yield f"group: {name}", board(raw)
    for name, raw in (*_numbers(trustees), *_messages(trustees), *_members(trustees)):
        yield f"group: {name}", board(raw)


def _numbers(raw: bytes) -> Named:
    """Each number of its signatures, proofs and keys changed or written differently."""
    forms = iter([*FORMS.items()] * 5)
    for at, value in numbers(raw):
        n, key = mpz(value), at[-1] == "public_key"
        others = {"plus one": n + 1, "beyond its range": n + (P if key else Q), "zero": mpz(0)}
        if key:
            others |= {"times g": n * G % P, "of the wrong sign": P - n, "one": mpz(1)}
            others |= {f"times an element of order {order}": n * strange(order) % P for order in (2, 3)}
        for name, other in others.items():
            yield f"{named(at)} {name}", changed(raw, at, always(str(other)))
        name, form = next(forms)
        yield f"{named(at)} {name}", spelled(raw, at, form(value))
    for text in ("1", "3", "0", "4", "-2", '"2"', "2.0", "2e0", "02", "null", "true"):
        yield f"threshold {text}", spelled(raw, (*GROUP, "threshold"), text)


def _messages(raw: bytes) -> Named:
    """Signed messages that say something else, or the same in another form, under the signature of before."""
    for part in ("certs", "coefexps"):
        for member in range(3):
            at = (*GROUP, part, member, "message")
            text = json.loads(raw)[0][1][part][member]["message"]
            value = json.loads(text)
            yield f"{part} {member} with a blank", changed(raw, at, always(" " + text))
            yield (
                f"{part} {member} with an unknown field",
                changed(raw, at, always(_text({**value, "note": "x"}))),
            )
            inner: list[Path] = (
                [("verification",), ("encryption",)]
                if part == "certs"
                else [("coefexps", 0), ("coefexps", 1)]
            )
            for place in inner:
                for name, power in (
                    ("times g", G),
                    ("of the wrong sign", P - 1),
                    ("times an element of order 3", strange(3)),
                ):
                    other = changed(text.encode(), place, _times(power))
                    yield f"{part} {member} {named(place)} {name}", changed(raw, at, always(other.decode()))
            if part == "coefexps":
                for name, listed in (
                    ("one fewer", value["coefexps"][:1]),
                    ("one more", [*value["coefexps"], "1"]),
                ):
                    yield f"{part} {member} {name}", changed(raw, at, always(_text({"coefexps": listed})))


def _times(power: mpz) -> Callable[[Any], str]:
    return lambda old: str(mpz(old) * power % P)


def _text(value: Any) -> str:
    return compact(value).decode()


def _members(raw: bytes) -> Named:
    """Members exchanged, left out, doubled, or turned into mandatory trustees."""
    group = json.loads(raw)[0][1]
    for part in ("certs", "coefexps", "verification_keys"):
        one, two, three = group[part]
        for name, listed in {
            "of the first two exchanged": [two, one, three],
            "of the last two exchanged": [one, three, two],
            "of the first twice": [one, one, three],
            "of the last left out": [one, two],
            "of the last twice": [one, two, three, three],
        }.items():
            yield f"{part} {name}", changed(raw, GROUP, having(**{part: listed}))
    shorter = {part: group[part][:2] for part in ("certs", "coefexps", "verification_keys")}
    yield "without its third member", changed(raw, GROUP, having(**shorter))
    turned = {part: group[part][1:] + group[part][:1] for part in shorter}
    yield "the same group twice", compact([["Pedersen", group], ["Pedersen", group]])
    yield "its members in another order, its shares not", changed(raw, GROUP, having(**turned))
    yield (
        "its members as mandatory trustees",
        compact([["Single", key] for key in group["verification_keys"]]),
    )
    yield (
        "its first member mandatory as well",
        compact([["Single", group["verification_keys"][0]], ["Pedersen", group]]),
    )


def in_its_answers(vote: Vote) -> Named:
    """Too few members answered, or another than the one who is named, and a result all the same."""
    steps = steps_of(vote.raw)
    *before, first, second, result = steps
    owners = [json.loads(step.data[1])["owner"] for step in (first, second)]
    absent = ({1, 2, 3} - set(owners)).pop()
    others = vote.share(absent)
    for name, order in {
        "one of two": [first, result],
        "the other of two": [second, result],
        "none": [result],
        "the same one twice": [first, first, result],
        "the absent one's name on another's share": [first, shared(absent, second.data[0]), result],
        "the names exchanged": [shared(owners[1], first.data[0]), shared(owners[0], second.data[0]), result],
        "a fourth of three": [first, shared(4, second.data[0]), result],
        "a third share that is not its owner's": [first, second, shared(absent, first.data[0]), result],
        "the third share after the result": [first, second, result, shared(absent, others)],
        "another result": [first, second, Step("Result", (encode({"result": [[9, 9, 9]]}),))],
        "another result on three shares": [
            first, second, shared(absent, others), Step("Result", (encode({"result": [[0, 0, 0]]}),)),
        ],
    }.items():  # fmt: skip
        yield f"answers: {name}", board_of([*before, *order])
