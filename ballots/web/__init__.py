"""Pages of the vote: the performance office's, the trustees', the voters' and the public board."""

from typing import Any

from ballots.web import (
    board,
    booths,
    ceremony,
    certificate,
    hands,
    individual,
    office,
    result,
    roll,
    secrecy,
    trustee,
    verify,
    voter,
)
from office.pages import Place

PLACES: tuple[Place, ...] = (*board.PLACES, *office.PLACES, *trustee.PLACES)
ROUTES: list[Any] = [
    *voter.ROUTES,
    *booths.ROUTES,
    *board.ROUTES,
    *result.ROUTES,
    *certificate.ROUTES,
    *ceremony.ROUTES,
    *office.ROUTES,
    *hands.ROUTES,
    *individual.ROUTES,
    *roll.ROUTES,
    *secrecy.ROUTES,
    *trustee.ROUTES,
    *verify.ROUTES,
]
