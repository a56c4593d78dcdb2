/** What was chosen, read back to the voter before it is encrypted. */

import { fill } from "../page/screens.js";

export function showReview(choices, ratings) {
    const { choices: chosen, blank } = choices.vote();
    const titles = choices.titles();
    list(
        "review",
        chosen.map((position) => ({ title: titles[position] })),
    );
    document.querySelector("[data-review-blank]").hidden = !blank;
    document.querySelector("[data-review-none]").hidden = blank || chosen.length > 0;
    if (ratings.number === 0) return;
    const given = ratings.given();
    list(
        "review-rating",
        given.map(([title, points]) => ({ title, points })),
    );
    const unrated = document.querySelector("[data-review-unrated]");
    unrated.hidden = given.length === ratings.number;
    fill(unrated, { n: ratings.number - given.length }, given.length === 0 ? unrated.dataset.textAll : undefined);
}

/** Nothing of it stays on the page. */
export function clearReview() {
    for (const each of document.querySelectorAll("[data-review-list], [data-review-rating-list]")) {
        each.replaceChildren();
    }
}

/** Fill `[data-NAME-list]` from `template[data-NAME-item]`; each text goes into the element of its name. */
function list(name, rows) {
    const item = document.querySelector(`template[data-${name}-item]`);
    const filled = rows.map((row) => {
        const copy = item.content.cloneNode(true);
        for (const [place, text] of Object.entries(row)) {
            copy.querySelector(`[data-${place}]`).textContent = text;
        }
        return copy;
    });
    document.querySelector(`[data-${name}-list]`).replaceChildren(...filled);
}
