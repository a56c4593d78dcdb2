"""One node of a contract worded anew on its page, in a draft or in a request to change what is published."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.forms import fields_of_form
from rehearsal.visitor import Unexpected, Visitor


async def word(browser: Visitor, desk: str, code: str, typed: Mapping[str, str]) -> None:
    """Open the node's page below the address `desk`, type into its fields and save; other fields stay."""
    opened = await browser.get(f"{desk}/node", params={"code": code})
    stands = fields_of_form(opened.text, f"{desk}/node")
    if "seen" not in stands:
        raise Unexpected(f"{desk}/node shows no form for {code}")
    await browser.post(f"{desk}/node", {**stands, "code": code, **typed})
