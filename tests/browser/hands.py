"""How somebody works a page: with finger or mouse as a walker does, or with nothing but the keyboard."""

from __future__ import annotations

import re

from playwright.async_api import Locator, expect

from tests.browser.walking import Walker

MOST_STOPS = 250
"""Tab stops a page may have before what is looked for counts as out of reach."""


def called(label: str) -> re.Pattern[str]:
    """The label of a field, with the mark of a required one or without."""
    return re.compile(rf"^\s*{re.escape(label)}(\s*(제출할 때 )?필수)?\s*$")


class Hand(Walker):
    """With finger or mouse."""

    async def write(self, label: str, text: str) -> None:
        """Type into the field of exactly that label."""
        await self.field(label).fill(text)

    async def pick(self, label: str, option: str) -> None:
        """Choose from the list of that label what ends with these words."""
        await self.field(label).select_option(label=await self._option(label, option))

    async def check(self, label: str) -> None:
        """Tick a box."""
        await self.press(self.page.locator("label").filter(has_text=called(label)))

    async def follow_for(self, what: str, node: str) -> None:
        """Follow the link that does this for that node (its name is read, not seen)."""
        name = re.compile(rf"^{re.escape(what)}\s*:\s*{re.escape(node)}$")
        await self.go(self.page.get_by_role("link", name=name))

    def field(self, label: str) -> Locator:
        """The one field of that label."""
        return self.page.get_by_label(called(label)).locator("visible=true")

    async def _option(self, label: str, ending: str) -> str:
        texts = await self.field(label).locator("option").all_inner_texts()
        (found,) = [text for text in texts if text.endswith(ending)]
        return found


class Keys(Hand):
    """With the keyboard alone: Tab, arrows, Space and Enter."""

    async def reach(self, control: Locator) -> None:
        """Tab until the control has the focus."""
        await expect(control).to_be_visible(timeout=20_000)
        for _ in range(MOST_STOPS):
            if await control.evaluate("(element) => element === document.activeElement"):
                await self._see_focus()
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"not within reach of Tab: {control}")

    async def _see_focus(self) -> None:
        """What has the focus is on the screen and marked."""
        await self.page.wait_for_function(
            """() => {
                const element = document.activeElement, box = element.getBoundingClientRect();
                const drawn = element.matches("[type=radio], [type=checkbox]") ? element.labels[0] : element;
                const style = getComputedStyle(drawn), before = getComputedStyle(drawn, "::before");
                const marked = [style, before].some((each) =>
                    each.outlineStyle !== "none" || each.boxShadow !== "none");
                return marked && box.bottom > 0 && box.top < innerHeight;
            }""",
            timeout=5_000,
        )

    async def press(self, what: str | Locator, role: str = "button") -> None:
        control = self.named(what, role)
        await self.reach(control)
        await self.page.keyboard.press("Enter")

    async def write(self, label: str, text: str) -> None:
        await self.reach(self.field(label))
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.insert_text(text)

    async def check(self, label: str) -> None:
        await self.reach(self.page.get_by_role("checkbox", name=called(label)))
        await self.page.keyboard.press("Space")

    async def pick(self, label: str, option: str) -> None:
        wanted, field = await self._option(label, option), self.field(label)
        await self.reach(field)
        for _ in range(await field.locator("option").count()):
            if await field.evaluate("(list) => list.selectedOptions[0].textContent") == wanted:
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option} cannot be chosen from {label} by arrow keys")

    async def tick(self, group: str, label: str) -> None:
        fieldset = self.page.get_by_role("group", name=called(group))
        wanted = fieldset.get_by_role("radio", name=called(label))
        chosen = fieldset.locator("input:checked")
        await self.reach(chosen if await chosen.count() else fieldset.get_by_role("radio").first)
        if not await chosen.count():
            await self.page.keyboard.press("Space")
        for _ in range(await fieldset.get_by_role("radio").count()):
            if await wanted.is_checked():
                return
            await self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} cannot be chosen by arrow keys")
