/** Lets the page paint and answer during long arithmetic. */

const BUDGET = 16; // milliseconds of work between two chances to paint

/** An async function to call often: it gives the event loop a turn once the budget is used up. */
export function pauses(budget = BUDGET) {
    let since = performance.now();
    return async () => {
        if (performance.now() - since < budget) return;
        // A timer, not a promise: promises run before the page gets to paint.
        await new Promise((resume) => setTimeout(resume));
        since = performance.now();
    };
}
