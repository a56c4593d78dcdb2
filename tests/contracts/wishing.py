"""A request for an amendment worded as an officer does it: item by item on its pages, each form sent back as it was shown."""

from collections.abc import Mapping
from html.parser import HTMLParser

import httpx

from rehearsal.visitor import Visitor
from tests.contracts.conftest import TR

OWN = f"/agency/contracts/{TR}/amendments"
DRAFT = f"{OWN}/draft"
REASON = {"reason": "국비가 깎여 노선을 다 고칠 수 없습니다."}
Changes = Mapping[str, Mapping[str, str]]


class Form(HTMLParser):
    """What a browser would send of the form with this action."""

    def __init__(self, text: str, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.area = action, False, ""
        self.sent: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = of.get("action", "").endswith(self.action)
        name = of.get("name", "")
        if not self.inside or not name or name == "_csrf_token":
            return
        if tag == "textarea":
            self.area = name
            self.sent[name] = ""
        elif tag == "input" and (of.get("type") not in ("checkbox", "radio") or "checked" in of):
            self.sent[name] = of.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "form":
            self.inside = False


async def word(
    officer: Visitor, code: str, typed: Mapping[str, str], *, expect: int = 303, without: tuple[str, ...] = ()
) -> httpx.Response:
    """Open an item's page, type, and save."""
    shown = (await officer.get(f"{DRAFT}/node?code={code}")).text
    sent = {name: value for name, value in Form(shown, "/draft/node").sent.items() if name not in without}
    return await officer.post(f"{DRAFT}/node", {**sent, **typed}, expect=expect)


async def add(
    officer: Visitor, under: str, kind: str, typed: Mapping[str, str], *, method: str = "", expect: int = 303
) -> httpx.Response:
    """A new item below another one."""
    shown = (await officer.get(f"{DRAFT}/new?under={under}&kind={kind}&method={method}")).text
    return await officer.post(f"{DRAFT}/new", {**Form(shown, "/draft/new").sent, **typed}, expect=expect)


async def take_out(officer: Visitor, code: str) -> None:
    """Take an item out, as its page asks."""
    shown = (await officer.get(f"{DRAFT}/node?code={code}")).text
    await officer.post(f"{DRAFT}/remove", Form(shown, "/draft/remove").sent)


async def weigh(officer: Visitor, under: str, points: Mapping[str, str], **more: str) -> None:
    """The points of the items right below one."""
    shown = (await officer.get(f"{DRAFT}/weights?under={under}")).text
    typed = {f"weight-{code}": value for code, value in points.items()}
    await officer.post(f"{DRAFT}/weights", Form(shown, "/draft/weights").sent | typed | more)


async def wish(officer: Visitor, changes: Changes) -> None:
    """Several items worded anew."""
    for code, typed in changes.items():
        await word(officer, code, typed)


async def ask(officer: Visitor, changes: Changes, *, expect: int = 303) -> httpx.Response:
    """Several items worded anew and asked for."""
    await wish(officer, changes)
    return await officer.post(OWN, REASON, expect=expect)
