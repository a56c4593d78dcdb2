"""Pages of the vote: the performance office's, the trustees', the voters' and the public board."""

from typing import Any

from ballots.web import office, trustee
from office.pages import Place

PLACES: tuple[Place, ...] = (*office.PLACES, *trustee.PLACES)
ROUTES: list[Any] = [*office.ROUTES, *trustee.ROUTES]
