"""Pages that exist only in demonstration mode: everyone's sign-in, and every message with its body."""

import json
import re
from typing import Annotated, Any

import pyotp
import segno
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import File
from sqlmodel import col, func, select

from office.database import Database
from office.errors import NotFound
from office.i18n import N_, translate
from office.outbox import Fate, Message
from office.pages import AnyRequest, page
from office.people import ISSUER
from office.settings import Settings

PAGE = 50
_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_STATES = {
    Fate.QUEUED: (N_("보내는 중"), "information"),
    Fate.SENT: (N_("보냄"), "success"),
    Fate.FAILED: (N_("실패"), "danger"),
    Fate.LOST: (N_("다시 보내야 함"), "warning"),
}


def sign_ins(settings: Settings) -> list[dict[str, Any]]:
    """The demonstration's sign-ins as its filling wrote them down, with the code that is valid now."""
    if not settings.demonstration_sign_ins.exists():
        return []
    stored: list[dict[str, Any]] = json.loads(settings.demonstration_sign_ins.read_text(encoding="utf-8"))
    for entry in stored:
        totp = pyotp.TOTP(entry["secret"])
        uri = totp.provisioning_uri(name=entry["email"], issuer_name=ISSUER)
        entry["qr"] = segno.make(uri, error="m").svg_data_uri(scale=4, border=3)
        entry["code"] = totp.now()
        entry["role_label"] = translate(entry["role_label"])
    return stored


@get("/demonstration/sign-ins")
async def sign_ins_page(request: AnyRequest, settings: NamedDependency[Settings]) -> Response[str]:
    return page(request, "demonstration/sign_ins.html", sign_ins=sign_ins(settings))


@get("/demonstration/keys/{name:str}")
async def key_file(settings: NamedDependency[Settings], name: FromPath[str]) -> File:
    """A trustee's key file of the demonstration's open vote; a real one never reaches the server."""
    named = {str(entry.get("key_file")) for entry in sign_ins(settings) if entry.get("key_file")}
    if name not in named:
        raise NotFound
    path = settings.demonstration_sign_ins.with_name(name)
    return File(path, filename=name, media_type="application/json", content_disposition_type="attachment")


@get("/demonstration/outbox")
async def outbox_page(
    request: AnyRequest,
    db: NamedDependency[Database],
    recipient: FromQuery[str] = "",
    purpose: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page", ge=1, le=100_000)] = 1,
) -> Response[Any]:
    """Messages newest first, as a page or, for programs, as JSON (`Accept: application/json`)."""
    query, count = select(Message), select(func.count(col(Message.id)))
    for column, wanted in ((col(Message.recipient), recipient), (col(Message.purpose), purpose)):
        if wanted:
            query, count = query.where(column == wanted), count.where(column == wanted)
    async with db.reading() as session:
        total = (await session.exec(count)).one()
        found = await session.exec(
            query.order_by(col(Message.id).desc()).offset((number - 1) * PAGE).limit(PAGE)
        )
        shown = [_shown(message) for message in found]
    if "text/html" not in request.headers.get("accept", ""):
        return Response([{k: m[k] for k in ("id", "to", "purpose", "subject", "text")} for m in shown])
    return page(
        request,
        "demonstration/outbox.html",
        messages=shown,
        recipient=recipient,
        purpose=purpose,
        page=number,
        pages=max(1, -(-total // PAGE)),
    )


def _shown(message: Message) -> dict[str, Any]:
    text = message.body or ""
    label, tone = _STATES[message.fate]
    return {
        "id": message.id,
        "to": message.recipient,
        "purpose": message.purpose,
        "at": message.created_at,
        "subject": message.subject,
        "text": text,
        "links": _LINK.findall(text),
        "codes": _CODE.findall(_LINK.sub("", text)),
        "state_label": translate(label),
        "tone": tone,
    }


ROUTES = [sign_ins_page, key_file, outbox_page]
