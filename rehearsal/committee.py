"""The committee of experts: fields of expertise, and everybody appointed for a term."""

from __future__ import annotations

import re
from datetime import timedelta

from rehearsal.stage import Stage
from rehearsal.visitor import Unexpected, fields
from rehearsal.years import today

FIELDS = (
    ("교통·안전", "교통\n안전"),
    ("경제·일자리", "경제\n일자리\n산업"),
    ("복지·문화", "복지\n문화\n도서관"),
)
"""Fields, and words in the goals and tasks that belong to them; made up."""
TERM = timedelta(days=730)
_CHOICE = re.compile(r'<select[^>]*name="evaluator".*?</select>', re.DOTALL)
_VALUE = re.compile(r'<option value="(\d+)"')


async def appoint(stage: Stage, year: int) -> int:
    """Appoint every evaluator for two years from today, each in one field; returns how many."""
    office, address = stage.of("office")[0].browser, f"/office/cycles/{year}/committee"
    for name, words in FIELDS:
        await office.post(f"{address}/fields", {"name": name, "kinds": "", "goals": words})
    page = await office.get(address)
    choice = _CHOICE.search(page.text)
    if choice is None:
        raise Unexpected("the committee's page offers nobody to appoint")
    people, known = _VALUE.findall(choice[0]), fields(page, "field")
    for place, person in enumerate(people):
        term = {"since": today().isoformat(), "until": (today() + TERM).isoformat()}
        await office.post(address, {"evaluator": person, **term, "field": known[place % len(known)]})
    return len(people)
