"""The trustees' pages: make a key, later open the tally."""

from typing import Any

from office.i18n import N_
from office.pages import Place
from office.people import Role

PLACES = (Place(N_("개표"), "/trustee", (Role.TRUSTEE,)),)
ROUTES: list[Any] = []
