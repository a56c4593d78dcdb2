/** The ratings: for every agency one of five points, or none. */

/**
 * Watches a form of `fieldset[data-rating]`, each with a legend (the question as the record has it), radio buttons
 * (value = position of the answer) and a button `[data-clear]`.
 *
 * @param {HTMLFormElement | null} form  null where the vote has no ratings
 * @param {{onChange: () => void}} told
 */
export function ratingsOf(form, { onChange }) {
    const groups = [...(form?.querySelectorAll("[data-rating]") ?? [])];

    const inputs = (group) => [...group.querySelectorAll('input[type="radio"]')];
    const chosen = (group) => inputs(group).find((input) => input.checked) ?? null;
    const points = (input) => plain(input.labels[0].querySelector(".rating-points"));
    const words = (input) => plain(input.labels[0]);

    const refresh = () => {
        for (const group of groups) group.querySelector("[data-clear]").hidden = chosen(group) === null;
        onChange();
    };

    form?.addEventListener("change", refresh);
    form?.addEventListener("submit", (event) => event.preventDefault());
    form?.addEventListener("click", ({ target }) => {
        const group = target.closest("[data-clear]")?.closest("[data-rating]");
        if (!group) return;
        const was = chosen(group);
        for (const input of inputs(group)) input.checked = false;
        refresh();
        was?.focus(); // the button that had the focus is hidden now
    });

    return {
        number: groups.length,
        refresh,
        /** What the page asks: {question, answers} of each group, to be compared with the record. */
        asked: () =>
            groups.map((group) => ({
                question: plain(group.querySelector("legend")),
                answers: inputs(group).map(points),
            })),
        /** One vote per agency. */
        votes: () =>
            groups.map((group) => {
                const input = chosen(group);
                return { choices: input === null ? [] : [Number(input.value)], blank: false };
            }),
        /** [agency, points in words] of those that were rated. */
        given: () =>
            groups.flatMap((group) => {
                const input = chosen(group);
                return input === null ? [] : [[group.dataset.rating, words(input)]];
            }),
        clear: () => {
            form?.reset();
            for (const group of groups) for (const input of inputs(group)) input.checked = false;
            refresh();
        },
    };
}

function plain(element) {
    return element.textContent.replace(/\s+/g, " ").trim();
}
