/** The options of the ballot: up to k of them, or none of them by a choice of its own. */

/**
 * Watches a form of check boxes: `input[name=choice]` (value = position) and, where a blank vote is allowed,
 * `input[name=blank]`.  The form's data-min and data-max are the limits.
 *
 * @param {HTMLFormElement} form
 * @param {{onChange: () => void, onLimit: () => void}} told  after every change; when one too many was tried
 */
export function choicesOf(form, { onChange, onLimit }) {
    const options = [...form.querySelectorAll('input[name="choice"]')];
    const blank = form.querySelector('input[name="blank"]');
    const [min, max] = [Number(form.dataset.min), Number(form.dataset.max)];
    let setAside = []; // what was chosen before a blank vote was ticked, to come back when it is unticked

    const chosen = () => options.filter((option) => option.checked);

    const refresh = () => {
        const full = chosen().length >= max && max > 1;
        // Not `disabled`: a control that cannot be reached cannot say why it does not answer.
        for (const option of options) option.setAttribute("aria-disabled", String(full && !option.checked));
        onChange();
    };

    form.addEventListener("click", (event) => {
        const tried = event.target;
        if (options.includes(tried) && tried.checked && max > 1 && chosen().length > max) {
            event.preventDefault();
            onLimit();
        }
    });

    form.addEventListener("change", (event) => {
        if (event.target === blank) {
            if (blank.checked) setAside = chosen();
            for (const option of options) option.checked = !blank.checked && setAside.includes(option);
        } else if (event.target.checked) {
            if (blank) blank.checked = false;
            if (max === 1) for (const option of options) option.checked = option === event.target;
        }
        refresh();
    });

    form.addEventListener("submit", (event) => event.preventDefault());

    return {
        min,
        max,
        refresh,
        titles: () => options.map((option) => option.labels[0].querySelector(".choice-title").textContent.trim()),
        allowsBlank: blank !== null,
        vote: () => ({
            choices: chosen().map((option) => Number(option.value)),
            blank: blank?.checked === true,
        }),
        clear: () => {
            setAside = [];
            form.reset();
            for (const input of blank ? [...options, blank] : options) input.checked = false;
            refresh();
        },
    };
}
