/** A page that waits for others looks now and then whether it is this trustee's turn. */

const EVERY = 10_000; // milliseconds

export function watch(page) {
    const { stateUrl, duty } = page.dataset;
    const look = async () => {
        if (document.hidden) return;
        const answer = await fetch(stateUrl, { credentials: "same-origin", cache: "no-store" }).catch(() => null);
        if (answer?.ok && (await answer.json()).duty !== duty) location.reload();
    };
    setInterval(look, EVERY);
    document.addEventListener("visibilitychange", look);
}
