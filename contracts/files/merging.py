"""One body under two names: offered for merging, never merged by itself.

Names are compared without blanks, width and case.  They may be one body's if they are then the same, if they are the
same before a bracket, or if at most two letters of a long name differ, it begins alike, and neither number nor rank
differs; a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from office.i18n import N_, translate

FEWEST_LETTERS = 5
"""Shorter names differ in a letter or two as a rule (관광과, 교통과)."""
MOST_EDITS = 2
SAME_START = 2
MOST_BODIES = 250
"""Above, names are not compared letter by letter: every body with every other takes too long for a page."""
MOST_PAIRS = 50
"""More than anybody decides one by one: so many names alike are a series, not doubles."""
_DIGITS = re.compile(r"\d+")
RANKS = "국과실팀부처소"
"""A bureau and a division of one name are two bodies (자치행정국, 자치행정과)."""
_REASONS = {
    "spacing": N_("띄어쓰기나 글자 폭만 다르고 이름이 같습니다"),
    "bracket": N_("괄호 앞의 이름이 같습니다"),
    "letters": N_("이름이 {n}글자만 다릅니다"),
}


@dataclass(frozen=True, slots=True)
class Body:
    """A body as a file or the store names it; `row` is its first one, `known` means that it is stored under this code."""

    code: str
    name: str
    row: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bodies that may be one, the stored one first where there is one."""

    one: Body
    other: Body
    reason: str
    edits: int = 0

    @property
    def key(self) -> str:
        """What a decision about the pair is kept under."""
        return pair_key(self.one.code, self.other.code)

    def said(self) -> str:
        """Why they may be one, in the language of the request."""
        return translate(_REASONS[self.reason], n=self.edits)

    def choices(self) -> tuple[Body, ...]:
        """What the one body may be called: by either name; a code that is stored already stays."""
        if self.one.known:
            renamed = Body(self.one.code, self.other.name, known=True)
            return (self.one,) if self.one.name == self.other.name else (self.one, renamed)
        return (self.one, self.other)


def pair_key(one: str, other: str) -> str:
    """The two codes in one text, the same whichever comes first."""
    return "\n".join(sorted((one, other)))


def likely_same(named: Sequence[Body], stored: Iterable[Body] = ()) -> tuple[Pair, ...]:
    """Pairs of bodies of a file, and of a file and the store, that may be one; in the order of the file.

    Two that are stored already stay two: they have their own contracts.  At most `MOST_PAIRS`.
    """
    stored = list(stored)
    codes = {body.code for body in stored}
    here = [Body(body.code, body.name, body.row, known=body.code in codes) for body in named]
    names = {body.code for body in here}
    elsewhere = [Body(body.code, body.name, 0, known=True) for body in stored if body.code not in names]
    plain = {body.name: tidy(body.name) for body in (*here, *elsewhere)}
    compared = [
        pair
        for some, others in _comparable(here, elsewhere, plain)
        for pair in (*combinations(some, 2), *((one, other) for other in others for one in some))
    ]
    found = (
        Pair(other, one, *alike) if other.known else Pair(one, other, *alike)
        for one, other in compared
        if not (one.known and other.known) and (alike := _alike(plain[one.name], plain[other.name]))
    )
    return tuple(islice(found, MOST_PAIRS))


def _comparable(
    here: Sequence[Body], elsewhere: Sequence[Body], plain: Mapping[str, str]
) -> list[tuple[list[Body], list[Body]]]:
    """Bodies whose names are worth comparing: all, or in a great many those that are the same before a bracket."""
    many = len(here) + len(elsewhere) > MOST_BODIES
    groups: dict[str, tuple[list[Body], list[Body]]] = {}
    for place, bodies in enumerate((here, elsewhere)):
        for body in bodies:
            start = plain[body.name].partition("(")[0] if many else ""
            groups.setdefault(start, ([], []))[place].append(body)
    return list(groups.values())


def tidy(name: str) -> str:
    """A name without the differences people do not see."""
    return re.sub(r"[\s·ㆍ・.,\-]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _alike(one: str, other: str) -> tuple[str, int] | None:
    """Why two tidy names may be one body's, and by how many letters they differ."""
    if one == other:
        return "spacing", 0
    if one.partition("(")[0] == other.partition("(")[0] != "":
        return "bracket", 0
    if min(len(one), len(other)) < FEWEST_LETTERS or one[:SAME_START] != other[:SAME_START]:
        return None
    if _DIGITS.findall(one) != _DIGITS.findall(other):
        return None
    if one[-1] != other[-1] and one[-1] in RANKS and other[-1] in RANKS:
        return None
    most = min(MOST_EDITS, max(len(one), len(other)) // 3)
    edits = edit_distance(one, other, most)
    return ("letters", edits) if edits <= most else None


def edit_distance(one: str, other: str, enough: int | None = None) -> int:
    """How many letters have to be put in, taken out or exchanged to make one name of the other (Levenshtein).

    Above `enough`, where it is given, counting stops: the answer is then only known to be more.
    """
    limit = len(one) + len(other) if enough is None else enough
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = [at]
        for place, match in enumerate(other, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != match)))
        if min(row) > limit:
            return limit + 1
        before = row
    return before[-1]


def renamings(
    pairs: Sequence[Pair], decisions: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, str]] | None:
    """By code of a body in the file, the code and name it is read as.

    `decisions` hold, by pair, the code and name that stay, or nothing where the two are different bodies.  `None` where
    they do not say together which code stays: in a circle, or where two are to stay for one body.
    """
    found: dict[str, tuple[str, str]] = {}
    decided = [(pair, decisions[pair.key]) for pair in pairs if decisions.get(pair.key)]
    for group in _groups(decided):
        kept = {code: name for pair, (code, name) in decided if code in group}
        gone = {pair.other.code if code == pair.one.code else pair.one.code for pair, (code, _) in decided}
        ends = [code for code in kept if code not in gone]
        if len(ends) != 1:
            return None
        found |= dict.fromkeys(group, (ends[0], kept[ends[0]]))
    return found


def _groups(decided: Sequence[tuple[Pair, Sequence[str]]]) -> list[set[str]]:
    """The codes that the decisions tie together."""
    groups: list[set[str]] = []
    for pair, _ in decided:
        tied = {pair.one.code, pair.other.code}
        touching = [group for group in groups if group & tied]
        groups = [group for group in groups if not group & tied] + [tied.union(*touching)]
    return groups
