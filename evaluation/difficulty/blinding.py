"""Texts of a contract without what names the body: names, codes and people are replaced, particles put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from contracts.terms.tree import DIRECTION_NAMES, ContractTree, Kind, Node, tasks
from office.decimals import plain

OWN, ANOTHER = "A기관", "B기관"
"""What stands in place of the body itself, and of any other body."""
SHORTEST = 2
"""A name of one letter would be found in every second word."""

_PARTICLES = {
    "는": "은",
    "가": "이",
    "를": "을",
    "와": "과",
    "로": "으로",
    "라": "이라",
    "나": "이나",
    "랑": "이랑",
}
"""Particles after a vowel and after a consonant; both substitutes end in a consonant."""
_PARTICLE = "|".join(sorted(_PARTICLES, key=len, reverse=True))


def blinded(text: str, own: Iterable[str], others: Iterable[str] = ()) -> str:
    """The text with every name of `own` replaced by A기관 and every one of `others` by B기관.

    Names are found however they are spaced and in any case, longer ones first, Latin codes only as whole words.  The
    particle after a name is changed to the one that fits the substitute, which would otherwise tell how the name ends.
    """
    names = {name.strip(): ANOTHER for name in others} | {name.strip(): OWN for name in own}
    ordered = sorted((name for name in names if len(name) >= SHORTEST), key=lambda name: (-len(name), name))
    if not ordered:
        return text
    found = re.compile(
        "|".join(f"(?P<n{place}>{_pattern(name)})" for place, name in enumerate(ordered)), re.IGNORECASE
    )

    def put(match: re.Match[str]) -> str:
        return names[ordered[int((match.lastgroup or "n0")[1:])]]

    hidden = found.sub(put, text)
    return re.sub(
        rf"({OWN}|{ANOTHER})({_PARTICLE})(?![가-힣])",
        lambda match: match[1] + _PARTICLES[match[2]],
        hidden,
    )


def _pattern(name: str) -> str:
    """The letters of a name with any spaces between them."""
    letters = [re.escape(letter) for letter in name if not letter.isspace()]
    spaced = r"\s*".join(letters)
    if name.isascii():
        return rf"(?<![0-9A-Za-z]){spaced}(?![0-9A-Za-z])"
    return spaced


def blind_tasks(tree: ContractTree, own: Sequence[str], others: Sequence[str]) -> list[dict[str, Any]]:
    """The tasks with their targets and past years, as the committee sees them; `code` is never shown."""

    def hide(text: str) -> str:
        return blinded(text, own, others)

    def target(node: Node) -> dict[str, Any]:
        measure = node.measure
        facts: dict[str, Any] = {"title": hide(node.title)}
        if measure is not None:
            facts |= {
                "definition": hide(measure.definition),
                "unit": hide(measure.unit),
                "direction": DIRECTION_NAMES[measure.direction],
                "baseline": None if measure.baseline is None else plain(measure.baseline),
                "history": [[year, plain(value)] for year, value in measure.history],
                "target": None if measure.target is None else plain(measure.target),
            }
        return facts

    def below(node: Node) -> list[Node]:
        found: list[Node] = []
        for child in node.children:
            found += [child] if child.kind is Kind.INDICATOR else below(child)
        return found

    return [
        {
            "code": task.code,
            "title": hide(task.title),
            "promise": hide(task.promise),
            "targets": [target(node) for node in below(task)],
        }
        for task in tasks(tree)
    ]
