"""What a vote was bound to at its opening: fingerprints in the election record, and files to hold against them.

The record's description has one line each: `contracts sha256:…`, `rulebook sha256:…`, `roll sha256:…` (docs/protocol.md).
"""

from __future__ import annotations

import re
from collections import Counter

from ballots.election import read_election
from ballots.records import sha256_hex
from ballots.verdict import Check
from office.i18n import N_

NAMES = {"contracts": N_("성과계약"), "rulebook": N_("평가규칙"), "roll": N_("선거인명부")}
"""What a vote is bound to, in the words of a page."""

SAME = N_("{what}: 투표를 열 때 기록한 지문과 같습니다.")
DIFFERENT = N_("{what}: 투표를 열 때 기록한 지문과 다릅니다. 기록은 {recorded}, 지금은 {found}입니다.")
GONE = N_("{what}: 투표를 열 때의 것이 더는 없습니다. 기록은 {recorded}입니다.")
NOT_BOUND = N_("{what}: 이 투표의 기록에는 지문이 없어 견줄 수 없습니다.")

_LINE = re.compile(r"^(contracts|rulebook|roll) sha256:([0-9a-f]{64})$", re.MULTILINE)


def bound(description: str) -> dict[str, str]:
    """Name → SHA-256 (hexadecimal) of everything a description binds.

    A name with two lines is left out: whoever wrote the second wanted readers to pick one.
    """
    lines = _LINE.findall(description)
    times = Counter(name for name, _ in lines)
    return {name: digest for name, digest in lines if times[name] == 1}


def check_binding(
    election: bytes,
    *,
    contracts: bytes | None = None,
    rulebook: bytes | None = None,
    roll: bytes | None = None,
) -> tuple[Check, ...]:
    """Hold files against the fingerprints in an election record; only what is given is checked.

    Raises `Invalid` if the record is none.
    """
    recorded = bound(read_election(election).description)
    given = {"contracts": contracts, "rulebook": rulebook, "roll": roll}
    return tuple(
        compared(name, recorded.get(name), sha256_hex(content))
        for name, content in given.items()
        if content is not None
    )


def compared(name: str, recorded: str | None, found: str | None) -> Check:
    """One fingerprint held against the recorded one; `found` is None where what it was of is gone."""
    values = {"what": NAMES[name], "recorded": recorded, "found": found}
    if recorded is None:
        sentence = NOT_BOUND
    elif found is None:
        sentence = GONE
    else:
        sentence = SAME if recorded == found else DIFFERENT
    return Check(f"binding-{name}", recorded is not None and recorded == found, sentence, values)
