"""No cryptography on paper only: every claim is checked by running the code, and fails once this code is switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.settings import Settings
from tests.ballots.claims.claim import Broken, Claim, Place
from tests.ballots.claims.paper import PAPER


async def tried(claim: Claim, patch: pytest.MonkeyPatch, as_it_is: Place, switched_off: Place) -> None:
    """The check passes, and fails with the switch thrown, by the claim's own word and no other error."""
    await claim.check(as_it_is)
    claim.switch(patch)
    with pytest.raises(Broken):
        await claim.check(switched_off)


@pytest.mark.parametrize("claim", PAPER, ids=lambda claim: claim.name)
async def test_the_claim_holds_and_needs_its_code(
    claim: Claim, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    places = [Place(turn, tmp_path / str(turn), settings) for turn in (1, 2)]
    await tried(claim, monkeypatch, *places)
