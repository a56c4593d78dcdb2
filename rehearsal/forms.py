"""A form as a browser would send it: every field of the page with what already stands in it."""

from __future__ import annotations

from html.parser import HTMLParser

_TICKED = frozenset({"radio", "checkbox"})
_SILENT = frozenset({"submit", "button", "file"})


class _Fields(HTMLParser):
    """Collects the fields of the form that is sent to `action`."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action, self._inside, self._area, self._select = action, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind, value = given.get("name", ""), given.get("type", ""), given.get("value", "")
        if tag == "form":
            self._inside = given.get("action", "") == self._action
        elif not self._inside:
            return
        elif tag == "textarea":
            self._area = name
            self.found[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.found[self._select] = value
        elif tag == "input" and name and kind not in _SILENT and (kind not in _TICKED or "checked" in given):
            self.found[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[self._area] += data


def fields_of_form(page: str, action: str) -> dict[str, str]:
    """What the form of a page that is sent to `action` would send, were nothing typed; empty where there is none.

    A field that is there twice is sent with its last value, and a text that begins with a line break loses it.
    """
    reader = _Fields(action)
    reader.feed(page)
    return {name: text.removeprefix("\n") for name, text in reader.found.items() if name != "_csrf_token"}
