"""Who may not judge whom: what an evaluator's ties to a body mean under the rules of exclusion (제척) and economic interest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from office.i18n import N_

LOOK_BACK_YEARS = 3
"""Ties that ended within so many years still count, as in the evaluators' declaration."""


class TieKind(StrEnum):
    """What ties an evaluator to a body."""

    AFFILIATION = "affiliation"
    SERVICE = "service"
    ADVICE = "advice"
    LECTURE = "lecture"
    SHARES = "shares"
    KIN = "kin"


TIE_NAMES = {
    TieKind.AFFILIATION: N_("소속(지금 또는 예전)"),
    TieKind.SERVICE: N_("용역"),
    TieKind.ADVICE: N_("자문료"),
    TieKind.LECTURE: N_("강의료"),
    TieKind.SHARES: N_("주식·지분"),
    TieKind.KIN: N_("친족이 일하는 기관"),
}


class Rule(StrEnum):
    """Why a pair of evaluator and contract is barred; the first that holds is named."""

    EMPLOYED = "employed"
    FORMER = "former"
    RELATED = "related"
    TIE = "tie"
    KIN = "kin"
    CHALLENGED = "challenged"
    RECUSED = "recused"


RULE_NAMES = {
    Rule.EMPLOYED: N_("제척: 이 기관 소속(예정 포함)"),
    Rule.FORMER: N_("제척: 최근 3년 안에 이 기관 소속"),
    Rule.RELATED: N_("제척: 상급 기관이나 딸린 기관 소속"),
    Rule.TIE: N_("제척: 경제적 이해관계 신고"),
    Rule.KIN: N_("제척: 친족이 일하는 기관"),
    Rule.CHALLENGED: N_("기피: 기관의 신청을 받아들임"),
    Rule.RECUSED: N_("회피: 평가위원 스스로 신고"),
}
_ORDER = tuple(Rule)


@dataclass(frozen=True, slots=True)
class Stated:
    """A tie as an evaluator stated it: a body by its code or its name, from when until when (`None`: not known, still)."""

    kind: TieKind
    body: str
    name: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A judged body, with the body above it by code or name (empty: none)."""

    code: str
    name: str
    parent: str = ""


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; the last of February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def holds(tie: Stated, on: date) -> bool:
    """Whether a tie still matters on a day: it lasts, or ended within the look-back.

    Shares and kin count while they last.  A tie that is about to begin counts as if it had: whoever is going to work
    for a body does not judge it first.  So time only ever frees somebody, and sheets are closed when a tie is stated.
    """
    if tie.until is None or tie.until >= on:
        return True
    return tie.kind not in (TieKind.SHARES, TieKind.KIN) and tie.until >= years_before(on, LOOK_BACK_YEARS)


def barred_bodies(tie: Stated, bodies: Iterable[Body], on: date) -> dict[str, Rule]:
    """The bodies, by code, from which a tie bars its evaluator on a day, each with the rule."""
    if not holds(tie, on):
        return {}
    bodies = list(bodies)
    tied = _called(key_of(tie.body), key_of(tie.name), bodies)
    found: dict[str, Rule] = {}
    above_the_tied: frozenset[str] = frozenset()
    for body in bodies:
        if tied & {key_of(body.code), key_of(body.name)}:
            found[body.code] = _same(tie, on)
            above_the_tied |= _above(body, bodies)
    if tie.kind is TieKind.AFFILIATION:
        for body in bodies:
            own = {key_of(body.code), key_of(body.name)}
            if body.code not in found and (tied & _above(body, bodies) or own & above_the_tied):
                found[body.code] = Rule.RELATED
    return found


def _same(tie: Stated, on: date) -> Rule:
    match tie.kind:
        case TieKind.AFFILIATION:
            return Rule.EMPLOYED if tie.until is None or tie.until >= on else Rule.FORMER
        case TieKind.KIN:
            return Rule.KIN
        case _:
            return Rule.TIE


def first_rules(ties: Iterable[Stated], bodies: Iterable[Body], on: date) -> dict[str, Rule]:
    """The first rule that holds for each body among an evaluator's ties; the order of the ties does not matter."""
    bodies = list(bodies)
    found: dict[str, Rule] = {}
    for tie in ties:
        for code, rule in barred_bodies(tie, bodies, on).items():
            found[code] = min(rule, found.get(code, rule), key=_ORDER.index)
    return found


@lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """How names are compared: composed, without spaces and capitals."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _called(code: str, name: str, bodies: Iterable[Body]) -> frozenset[str]:
    """Everything a body is called, by its keys: what was said, and code and name of the known body that it names."""
    said = {key for key in (code, name) if key}
    for body in bodies:
        known = {key_of(body.code), key_of(body.name)}
        if said & known:
            said |= known
    return frozenset(said)


def _above(body: Body, bodies: Iterable[Body]) -> frozenset[str]:
    return _called("", key_of(body.parent), bodies) if body.parent else frozenset()
