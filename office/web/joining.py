"""Coming in with an invitation number: two steps on one address."""

from typing import Any

import pyotp
import segno
from litestar import Response, get, post
from litestar.di import NamedDependency

from office import invitations
from office.database import Database
from office.errors import Trouble
from office.pages import AnyRequest, form_of, page, read_form, see
from office.people import ISSUER
from office.settings import Settings
from office.web.sign_in import LARGEST_FORM


@get("/join")
async def join_form(request: AnyRequest) -> Response[str]:
    return page(request, "join.html", problem=None, email="", invitation="", invited=None, qr="", secret="")


@post("/join", request_max_body_size=LARGEST_FORM)
async def join(
    request: AnyRequest, db: NamedDependency[Database], settings: NamedDependency[Settings]
) -> Response[Any]:
    """First the invitation number, then password and authenticator."""
    form = await form_of(request)
    email, number = form.get("email", ""), form.get("invitation", "")
    problem: Trouble | None = None
    context: dict[str, Any] = {"email": email, "invitation": number, "invited": None, "qr": "", "secret": ""}
    try:
        async with db.reading() as session:
            invited = await invitations.open_invitation(session, email, number)
        secret = invitations.totp_secret(settings, invited)
        uri = pyotp.TOTP(secret).provisioning_uri(name=invited.email, issuer_name=ISSUER)
        context |= {"invited": invited, "qr": _qr(uri), "secret": secret}
        if "password" in form:
            async with db.writing() as session:
                await invitations.join(session, settings, read_form(invitations.Joining, form))
            return see("/sign-in?done=joined")
    except Trouble as trouble:
        problem = trouble
    return page(request, "join.html", status=problem.status if problem else 200, problem=problem, **context)


def _qr(text: str) -> str:
    """A QR code as an image address of its own (data:), so that the secret is in no URL of ours."""
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=3))


ROUTES = [join_form, join]
