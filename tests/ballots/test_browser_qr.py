"""The QR codes drawn in the browser are those that an independent encoder makes of the same text."""

from __future__ import annotations

import pytest
import segno

from tests import browsers
from tests.local_site import local_site

pytestmark = pytest.mark.browser

QUIET = 4
TEXTS = [
    "https://example.org/board/2Koreatest1234?q=ft7KTO2CuIgSeYCXrudsDOiDyxdalE7zyQbHBuJOBh4#mine",
    "https://example.org/audit/2Koreatest1234#" + "AbC-_9" * 40,
    "https://example.org/audit/2Koreatest1234#" + "zZ0-_x" * 110,
]
DRAWN = """async (text) => {
    const {drawQr} = await import("/static/ballots/page/qr.js");
    const place = document.createElement("div");
    document.body.append(place);
    drawQr(place, text, "시험");
    const picture = place.querySelector("svg");
    const size = picture.viewBox.baseVal.width;
    const dark = picture.querySelector(".qr-dark");
    const point = picture.createSVGPoint();
    return Array.from({length: size}, (_, y) => Array.from({length: size}, (_, x) => {
        point.x = x + 0.5;
        point.y = y + 0.5;
        return dark.isPointInFill(point) ? 1 : 0;
    }));
}"""


def coded(text: str, mask: int | None = None) -> segno.QRCode:
    return segno.make_qr(text, mode="byte", error="m", boost_error=False, mask=mask)


def filled(text: str) -> str:
    """The text made as long as its code allows: what is left over encoders fill in different ways, unread."""
    version = coded(text).version
    while coded(text + "A").version == version:
        text += "A"
    return text


@pytest.mark.parametrize("text", TEXTS, ids=["board", "opened", "opened-with-many-ratings"])
async def test_the_code_holds_exactly_the_text(text: str) -> None:
    text = filled(text)
    with local_site() as site:
        async with browsers.browser() as chromium, browsers.visit(chromium) as page:
            await page.goto(site.address)
            drawn: list[list[int]] = await page.evaluate(DRAWN, text)
    assert not any(drawn[0])
    inner = [row[QUIET:-QUIET] for row in drawn[QUIET:-QUIET]]
    # Eight masks hold the same text; which one is drawn is a matter of taste.
    assert inner in [[list(row) for row in coded(text, mask).matrix] for mask in range(8)]
