"""One node of a contract worded anew on its page, in a draft or in a request to change what is published."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.visitor import Visitor, fields


async def word(browser: Visitor, desk: str, code: str, typed: Mapping[str, str]) -> None:
    """Open the node's page below the address `desk`, type into its fields and save; other fields stay."""
    opened = await browser.get(f"{desk}/node", params={"code": code})
    await browser.post(f"{desk}/node", {"code": code, "seen": fields(opened, "seen")[0], **typed})
