"""What evaluators see of one another once their own marks are filed: a letter instead of a name."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from evaluation.marking.reading import NOTHING, Entry, Sheet, entry_of
from evaluation.marking.reconciling import round_open
from evaluation.model import OWN, Assignment, Mark, Standing
from office.errors import NotFound
from office.i18n import N_, translate
from office.settings import Settings

LETTERS = "가나다라마바사아자차카타파하"


@dataclass(frozen=True, slots=True)
class Voice:
    """One evaluator as the others see them: a letter instead of a name, and the marks of the first round."""

    name: str
    mine: bool
    filed: bool
    entries: dict[str, Entry]

    def entry(self, code: str) -> Entry:
        """What this evaluator said about an indicator."""
        return self.entries.get(code, NOTHING)


async def voices(session: AsyncSession, settings: Settings, sheet: Sheet) -> list[Voice]:
    """All evaluators of the contract by letter, with the first round's marks of those who filed.

    The letters follow a keyed hash: the same for everybody and every day, and without a hint at who was assigned
    first.  Somebody who has left keeps the letter.  `NotFound` unless the round is open to this evaluator.
    """
    if not await round_open(session, sheet):
        raise NotFound(N_("조율 평정이 아직 열리지 않았습니다. 모든 평가위원이 제출하면 열립니다"))
    query = select(Assignment).where(
        col(Assignment.contract_id) == sheet.contract.id, col(Assignment.calibration).is_(False)
    )
    seats = list(await session.exec(query))
    marks: dict[int, dict[str, Entry]] = {}
    for mark in await session.exec(
        select(Mark).where(col(Mark.assignment_id).in_([seat.id for seat in seats]), col(Mark.round) == OWN)
    ):
        marks.setdefault(mark.assignment_id, {})[mark.indicator_code] = entry_of(mark)
    key = settings.key_for("letters of evaluators")

    def place(seat: Assignment) -> bytes:
        return hmac.digest(key, f"{seat.contract_id}:{seat.id}".encode(), hashlib.sha256)

    return [
        Voice(
            translate(N_("평가위원 {letter}"), letter=_letter_at(position)),
            seat.id == sheet.assignment.id,
            seat.standing is Standing.FILED,
            marks.get(seat.id or 0, {}) if seat.standing is Standing.FILED else {},
        )
        for position, seat in enumerate(sorted(seats, key=place))
        if seat.standing not in (Standing.CONFLICT, Standing.ENDED)
    ]


def _letter_at(position: int) -> str:
    """가, 나, … 하, then 가2, 나2, …"""
    again, place = divmod(position, len(LETTERS))
    return LETTERS[place] + (str(again + 1) if again else "")
