"""No cryptography on paper only: every claim is checked by running the code, and fails once this code is switched off."""

from __future__ import annotations

from pathlib import Path

import pytest
from litestar import Litestar
from playwright.async_api import Route
from sqlalchemy.ext.asyncio import AsyncConnection

from office.database import Database, open_engine
from office.settings import Settings
from tests import browsers
from tests.ballots import protocol
from tests.ballots.claims.box import BOX
from tests.ballots.claims.browser import BROWSER, BrowserClaim
from tests.ballots.claims.claim import Broken, Claim, Place
from tests.ballots.claims.disk import DISK
from tests.ballots.claims.keys import KEYS
from tests.ballots.claims.paper import PAPER
from tests.ballots.claims.published import PUBLISHED, PUBLISHED_BY_THE_SYSTEM
from tests.conftest import Templates
from tests.local_site import PROJECT, local_site

PURE = (*PAPER, *KEYS, *PUBLISHED)
RUNNING = (*BOX, *PUBLISHED_BY_THE_SYSTEM)


def named(claim: Claim | BrowserClaim) -> str:
    return claim.name


def test_the_document_lists_these_claims_in_this_order_and_no_others() -> None:
    listed = [
        [f"`{claim.name}`", claim.sentence, claim.off, f"`{test.__name__}`"]
        for claims, test in (
            (PURE, test_the_claim_needs_its_code),
            (RUNNING, test_the_claim_needs_its_running_code),
            (DISK, test_the_claim_needs_its_code_on_disk),
            (BROWSER, test_the_claim_needs_its_script),
        )
        for claim in claims
    ]
    assert protocol.rows("Claims") == listed
    assert len(protocol.CLAIMS) == len(set(protocol.CLAIMS)) >= 20


@pytest.mark.parametrize("claim", PURE, ids=named)
async def test_the_claim_needs_its_code(
    claim: Claim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    await claim.check(Place(tmp_path, settings))
    claim.switch(monkeypatch)
    with pytest.raises(Broken):
        await claim.check(Place(tmp_path, settings))


@pytest.mark.parametrize("claim", RUNNING, ids=named)
async def test_the_claim_needs_its_running_code(
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Settings,
    db: Database,
    app: Litestar,
) -> None:
    assert isinstance(db.binding, AsyncConnection)
    place = Place(tmp_path, settings, db, app)
    first = await db.binding.begin_nested()
    await claim.check(place)
    await first.rollback()
    claim.switch(monkeypatch)
    with pytest.raises(Broken):
        await claim.check(place)


@pytest.mark.parametrize("claim", DISK, ids=named)
async def test_the_claim_needs_its_code_on_disk(
    claim: Claim,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Settings,
    templates: Templates,
    backend: str,
) -> None:
    async def check() -> None:
        url = templates.copy(backend)
        engine = open_engine(url)
        here = settings.model_copy(update={"database_url": url})
        try:
            await claim.check(Place(tmp_path, here, Database(engine)))
        finally:
            await engine.dispose()

    await check()
    claim.switch(monkeypatch)
    with pytest.raises(Broken):
        await check()


@pytest.mark.browser
@pytest.mark.parametrize("claim", BROWSER, ids=named)
async def test_the_claim_needs_its_script(claim: BrowserClaim) -> None:
    source = (PROJECT / "ballots" / "static" / "ballots" / claim.script).read_text()
    assert source.count(claim.old) == 1, f"{claim.script} no longer says {claim.old!r}"
    switched = source.replace(claim.old, claim.new)

    async def off(route: Route) -> None:
        await route.fulfill(body=switched, content_type="text/javascript")

    with local_site() as site:
        async with browsers.browser() as chromium:
            async with browsers.visit(chromium) as page:
                await page.goto(site.address)
                await claim.check(page)
            async with browsers.visit(chromium) as page:
                await page.route(f"**/static/ballots/{claim.script}", off)
                await page.goto(site.address)
                with pytest.raises(Broken):
                    await claim.check(page)
