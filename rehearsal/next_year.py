"""Next year's cycle, just begun while this year's is voted on: one contract being written, one handed in and commented."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta

from rehearsal import blind_rating, cycle
from rehearsal.material import PEOPLE
from rehearsal.stage import Stage
from rehearsal.wording import word
from rehearsal.years import NEXT, today

PLANNED = {
    "drafting": 0,
    "published": 42,
    "reporting": 70,
    "scoring": 400,
    "voting": 421,
    "tallied": 428,
    "provisional": 435,
    "final": 449,
}
"""Days from today."""
WRITING = "D03", {"D03-1-1": {"target": "1700", "baseline": "1610"}}
"""Whose contract is still being written, and what is in it so far."""
HANDED_IN = (
    "D04",
    {
        "D04-1-1": {"target": "86", "baseline": "82"},
        "D04-2-1": {"target": "17", "baseline": "17.6"},
        "D04-1": {
            "promise": "집에서 걸어서 15분 안에 공원이 있는 도민을 86 %로 늘립니다.",
            "on_ballot": "yes",
        },
        "D04-2": {"promise": "초미세먼지 농도를 17 ㎍/㎥ 아래로 낮춥니다."},
    },
)
REMARKS = {
    "D04-1-1": "올해 실적보다 4 %p 높은 목표입니다. 어느 마을에 공원이 생기는지 산식 옆에 적어 주십시오.",
    "": "두 과제의 배점을 지난해와 같이 두셨습니다. 바꾸지 않은 까닭을 알려 주십시오.",
}
"""What the performance office says of the contract handed in, by node."""
LATER = "담당자가 바뀌어 한 주를 더 드립니다."
RATED = 2
"""Evaluators who have rated the difficulty already; the others, and a visitor, still may."""

Texts = Mapping[str, Mapping[str, str]]


async def begin(stage: Stage, rng: random.Random) -> None:
    """Begin the cycle, plan it in real days, and let two agencies write."""
    await cycle.begin(stage, NEXT, f"{NEXT}년 도민이 함께 하는 성과평가", (PEOPLE,))
    await cycle.plan(stage, NEXT, {name: today() + timedelta(days) for name, days in PLANNED.items()})
    await _written(stage, *WRITING)
    await _handed_in(stage, *HANDED_IN)
    await blind_rating.open_rounds(stage, NEXT, [f"{NEXT}-{HANDED_IN[0]}"])
    await blind_rating.rate(stage, rng, raters=RATED)
    await _moved(stage, WRITING[0])


async def _written(stage: Stage, agency: str, texts: Texts) -> str:
    """An officer begins from this year's contract and words some of it; returns the contract's address."""
    officer = stage.of_agency("officer", agency).browser
    await officer.get("/agency")
    begun = await officer.post("/agency/contracts", {"start": "last"})
    desk = begun.headers["location"].partition("?")[0]
    for code, typed in texts.items():
        await word(officer, desk, code, typed)
    return desk.removesuffix("/edit")


async def _handed_in(stage: Stage, agency: str, texts: Texts) -> None:
    contract = await _written(stage, agency, texts)
    await stage.of_agency("officer", agency).browser.post(f"{contract}/review/submit")
    office = stage.of("office")[0].browser
    for code, text in REMARKS.items():
        await office.post(f"{contract}/review/comments", {"node": code, "text": text})


async def _moved(stage: Stage, agency: str) -> None:
    """One agency gets a week more, by two officers."""
    due = today() + timedelta(PLANNED["published"] - 14)
    form = {"agency": agency, "task": "submit", "day": due.isoformat(), "reason": LATER}
    for officer in stage.of("office")[:2]:
        await officer.browser.post(f"/office/cycles/{NEXT}/deadlines/move", form)
