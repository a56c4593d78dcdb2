/**
 * Switching to high contrast without leaving the page, where leaving would lose what is only in memory.
 * The link is the ordinary one (`/display?theme=…`), with `data-theme-link` and, in `data-other`, its other label.
 */

export function keepDisplayLinkHere() {
    const link = document.querySelector("a[data-theme-link]");
    link?.addEventListener("click", async (event) => {
        event.preventDefault();
        const address = new URL(link.href);
        const theme = address.searchParams.get("theme");
        const label = link.lastChild.textContent;
        document.documentElement.dataset.krdsMode = theme;
        link.lastChild.textContent = link.dataset.other;
        link.dataset.other = label;
        address.searchParams.set("theme", theme === "light" ? "high-contrast" : "light");
        const choice = link.href;
        link.href = address.href;
        // Remembered for the next page, if it can be.
        await fetch(choice, { credentials: "same-origin" }).catch(() => null);
    });
}
