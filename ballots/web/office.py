"""The performance office's pages of a vote."""

from typing import Any

from office.i18n import N_
from office.pages import Place
from office.people import Role

PLACES = (Place(N_("도민 투표"), "/office/elections", (Role.OFFICE,)),)
ROUTES: list[Any] = []
