"""The office's own pages."""

from office.i18n import N_
from office.pages import Place
from office.people import Role
from office.web import demonstration, display, health, joining, people, sign_in, static
from office.web.nowhere import recognise
from office.web.refusal import refuse

PLACES = (
    Place(N_("사람"), "/office/people", (Role.OFFICE,)),
    Place(N_("보낸 메시지"), "/office/messages", (Role.OFFICE,)),
    Place(N_("업무 기록"), "/office/journal", (Role.OFFICE,)),
)
ROUTES = [
    *sign_in.ROUTES,
    *joining.ROUTES,
    *display.ROUTES,
    *people.ROUTES,
    *health.ROUTES,
    *static.ROUTES,
]
DEMONSTRATION_ROUTES = demonstration.ROUTES

__all__ = ["DEMONSTRATION_ROUTES", "PLACES", "ROUTES", "recognise", "refuse"]
