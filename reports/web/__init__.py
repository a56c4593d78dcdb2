"""Pages of the result: the home page, the office's desk, rulebook, runs, ranking and the agencies' reports."""

from typing import Any

from office.i18n import N_
from office.pages import Place
from office.people import Role
from reports.web import agencies, api, api_guide, desk, home, ranking, rulebooks, runs, steps

PLACES = (
    Place(N_("순위"), "/ranking"),
    Place(N_("우리 기관 결과"), "/reports", (Role.OFFICER, Role.HEAD)),
    Place(N_("업무 화면"), "/office", (Role.OFFICE,)),
)
ROUTES: list[Any] = [
    *home.ROUTES,
    *desk.ROUTES,
    *rulebooks.ROUTES,
    *runs.ROUTES,
    *ranking.ROUTES,
    *agencies.ROUTES,
    *steps.ROUTES,
    *api.ROUTES,
    *api_guide.ROUTES,
]
