/**
 * A page that shows one screen at a time.  Every word on it comes from the template: an element's `data-text`
 * with {names} to be filled in, and sentences for particular occasions in `[data-sentence="name"]`.
 */

/** Put values into the element's own `data-text` (or another of its texts); it is touched only when it changes. */
export function fill(element, values, text = element.dataset.text) {
    const content = filled(text, values);
    if (element.textContent !== content) element.textContent = content;
}

/** Fill every `[data-fill="name"]` of the document. */
export function fillAll(name, values) {
    for (const element of document.querySelectorAll(`[data-fill="${name}"]`)) fill(element, values);
}

/** The template's sentence for an occasion; the one for "unexpected" where it has none. */
export function sentence(name, values = {}) {
    const found =
        document.querySelector(`[data-sentence="${name}"]`) ??
        document.querySelector('[data-sentence="unexpected"]');
    return filled(found?.textContent.trim() ?? "", values);
}

/** Fields as in office/i18n.py: of `{n:one|many}` the word that goes with the number. */
function filled(text, values) {
    return text.replace(/\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g, (whole, name, one, many) => {
        if (!(name in values)) return whole;
        const value = String(values[name]);
        return one === undefined ? value : value === "1" ? one : many;
    });
}

/** Say something went wrong on the screen in sight, and nothing when called without text. */
export function complain(text = "") {
    for (const place of document.querySelectorAll("[data-error]")) {
        const here = text !== "" && place.closest("[data-screen]")?.hidden !== true;
        place.hidden = !here;
        place.textContent = here ? text : "";
        if (here) place.scrollIntoView({ block: "nearest" });
    }
}

/** Say what the page is waiting for, in the places of the screen in sight that a screen reader listens to. */
export function say(text = "") {
    for (const place of document.querySelectorAll("[data-status]")) {
        place.textContent = place.closest("[data-screen]")?.hidden === true ? "" : text;
    }
}

/**
 * Show the elements of one screen (there may be several, such as a section and its bar), hide all others and move
 * the focus to its heading, so that a screen reader reads on from there.
 */
export function showScreen(name, { focus = true } = {}) {
    for (const element of document.querySelectorAll("[data-screen]")) {
        element.hidden = element.dataset.screen !== name;
    }
    complain();
    say();
    if (!focus) return;
    scrollTo(0, 0);
    document.querySelector(`[data-screen="${name}"] [data-heading]`)?.focus({ preventScroll: true });
}

/** Show how far long work is: `progress[data-progress]`, and in tenths the text that a screen reader says. */
export function showProgress(done, total) {
    for (const bar of document.querySelectorAll("progress[data-progress]")) {
        bar.max = total;
        bar.value = done;
    }
    const tenths = Math.floor((10 * done) / total) * 10;
    fillAll("progress", { percent: tenths });
}
