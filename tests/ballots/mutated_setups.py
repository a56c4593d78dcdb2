"""The setup of a finished board made wrong: its election, its trustees, its list of credentials."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from gmpy2 import mpz

from ballots.protocol.group import G, P, Q
from ballots.protocol.records import encode
from tests.ballots.boards import Vote, question
from tests.ballots.forging import strange
from tests.ballots.mutated_json import (
    FORMS,
    always,
    blanks,
    changed,
    compact,
    having,
    numbers,
    rearranged,
    spelled,
)
from tests.ballots.steps import Step, board_of, setup, steps_of

Named = Iterator[tuple[str, bytes]]


def in_its_setup(vote: Vote) -> Named:
    """The records of the setup, with hashes and chain after them that fit, and the vote's own ballots."""
    first, *rest = steps_of(vote.raw)
    election, trustees, listed = first.data[:3]

    def board(e: bytes = election, t: bytes = trustees, c: bytes = listed) -> bytes:
        return board_of([setup(e, t, c), *rest])

    yield from _elections(vote, election, board)
    yield from ((f"trustees: {name}", board(t=raw)) for name, raw in _trustees(trustees))
    yield from ((f"credentials: {name}", board(c=raw)) for name, raw in _lists(vote, listed))
    names = json.loads(first.data[3])
    for name, raw in {
        "names another election": compact({**names, "election": "0" * 64}),
        "names other trustees": compact({**names, "trustees": names["credentials"]}),
        "names other credentials": compact({**names, "credentials": names["trustees"]}),
        "has an unknown field": compact({**names, "note": "x"}),
        "has a field less": compact({k: v for k, v in names.items() if k != "credentials"}),
        "has its fields turned around": compact(dict(reversed(names.items()))),
        "has blanks": json.dumps(names).encode(),
        "writes hashes in capitals": compact({k: v.upper() for k, v in names.items()}),
    }.items():
        yield f"the setup {name}", board_of([Step("Setup", (*first.data[:3], raw)), *rest])


def _elections(vote: Vote, raw: bytes, board: Callable[..., bytes]) -> Named:
    """An election record written differently, or saying something else than what was voted on."""
    key = json.loads(raw)["public_key"]
    for name, other in blanks(raw):
        yield f"election: {name}", board(e=other)
    for name, other in rearranged(raw):
        yield f"election: {name}", board(e=other)
    for field, value in (
        ("version", 2),
        ("group", "RFC-3526-2048"),
        ("public_key", "1"),
        ("public_key", str(P - int(key))),
        ("public_key", str(mpz(key) * G % P)),
        ("public_key", str(int(key) + int(P))),
        ("public_key", "0" + key),
        ("uuid", "short"),
        ("uuid", vote.uuid[:-1] + "0"),
        ("uuid", vote.uuid[::-1]),
        ("name", vote.name + " "),
        ("description", "contracts sha256:ffff"),
        ("administrator", None),
    ):
        yield (
            f"election: {field} {str(value)[:20]}",
            board(e=changed(raw, (), having(**{field: value}))),
        )
    for part, setting in (
        ("max", 3),
        ("min", 0),
        ("min", 3),
        ("min", -1),
        ("min", 1.0),
        ("max", "2"),
        ("blank", False),
        ("blank", True),
    ):
        new = changed(raw, ("questions", 0), having(**{part: setting}))
        yield f"election: {part} {setting!r} of its question", board(e=new)
    new = changed(raw, ("questions", 0, "answers", 1), lambda text: text + ".")
    yield "election: an option reworded", board(e=new)
    lone = raw.replace(b'"name":"', b'"name":"\\ud800', 1)
    yield "election: half a character in its name", board(e=lone)


def _trustees(raw: bytes) -> Named:
    """The trustees' record: its form, its proofs, its product."""
    yield from blanks(raw)
    # A name is not part of what is proven: without it the board is another one, and right.
    yield from ((name, other) for name, other in rearranged(raw) if not name.endswith("without name"))
    forms = iter(FORMS.items())
    for at, value in numbers(raw):
        number = mpz(value)
        last = at[-1]
        yield f"{last} of {at[0]} plus one", changed(raw, at, always(str(number + 1)))
        order = P if last == "public_key" else Q
        yield f"{last} of {at[0]} beyond its range", changed(raw, at, always(str(number + order)))
        name, form = next(forms)
        yield f"{last} of {at[0]} {name}", spelled(raw, at, form(value))
        name, form = next(forms)
        yield f"{last} of {at[0]} {name}", spelled(raw, at, form(value))
        if last == "public_key":
            for order_of in (2, 3):
                twisted = str(number * strange(order_of) % P)
                yield (
                    f"key of {at[0]} times an element of order {order_of}",
                    changed(raw, at, always(twisted)),
                )
    entries = json.loads(raw)
    yield (
        "a group of nobody",
        compact(
            [*entries, ["Pedersen", {"threshold": 0, "certs": [], "coefexps": [], "verification_keys": []}]]
        ),
    )
    yield "an unknown kind", compact([["Double", entries[0][1]], *entries[1:]])
    added = Vote((question(2, 1, 1),), (1,), seed=82)
    yield "somebody more", compact([*entries, json.loads(added.trustees)[0]])
    yield "somebody else in the first place", compact([json.loads(added.trustees)[0], *entries[1:]])


def _lists(vote: Vote, raw: bytes) -> Named:
    """The public list of credentials: doubled, malformed, weighted otherwise, without a voter."""
    yield from blanks(raw)
    entries: list[str] = json.loads(raw)
    voted = vote.keys[2].public
    at = next(i for i, entry in enumerate(entries) if entry.split(",")[0] == voted)
    number, weight = entries[at].split(",")

    def put(*texts: str) -> bytes:
        return compact([*entries[:at], *texts, *entries[at + 1 :]])

    for name, texts in {
        "a credential twice": (entries[at], entries[at]),
        "a credential twice with two weights": (entries[at], f"{number},1"),
        "a voter not listed": (),
        "a leading zero": (f"0{number},{weight}",),
        "a weight with a leading zero": (f"{number},0{weight}",),
        "a weight of zero": (f"{number},0",),
        "a weight below zero": (f"{number},-{weight}",),
        "a weight in hexadecimal": (f"{number},0x{weight}",),
        "a weight with a plus": (f"{number},+{weight}",),
        "an empty weight": (f"{number},",),
        "a weight taken away": (number,),
        "a weight raised": (f"{number},{int(weight) + 1}",),
        "a voter's name": (f"{number},{weight},kim",),
        "an empty voter's name": (f"{number},{weight},",),
        "a voter's name instead of the weight": (f"{number},,kim",),
        "a blank": (f"{number}, {weight}",),
        "a number in hexadecimal": (f"{int(number):#x},{weight}",),
        "a number in Arabic digits": ("".join(chr(0x660 + int(d)) for d in number) + f",{weight}",),
        "the number one": (entries[at], "1,1"),
        "the number zero": (entries[at], "0,1"),
        "the number p": (entries[at], f"{P},1"),
        "a number above p": (entries[at], f"{int(number) + int(P)},1"),
        "a number of the wrong sign": (entries[at], f"{P - int(number)},1"),
        "a number times an element of order 3": (entries[at], f"{mpz(number) * strange(3) % P},1"),
        "a number outside the group": (entries[at], "2,1"),
        "a word": (entries[at], "abc"),
        "nothing": (entries[at], ""),
    }.items():
        yield f"with {name}", put(*texts)
    yield "with a JSON number", raw.replace(f'"{entries[at]}"'.encode(), number.encode())
    yield "empty", b"[]"
    yield "as an object", encode(dict.fromkeys(entries, 1))
