"""Pages of this department."""

from typing import Any

from office.pages import Place

PLACES: tuple[Place, ...] = ()
ROUTES: list[Any] = []
