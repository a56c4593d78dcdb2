/** The page shows what the record says: otherwise a voter would tick one thing and encrypt another. */

import { Refusal } from "../crypto/refusal.js";

/** Throws Refusal("election-differs") when the page asks anything else than the election record, or in another order. */
export function checkAgainstRecord({ questions: [question, ...others] }, choices, ratings) {
    const asked = ratings.asked();
    const same =
        alike(choices.titles(), question.answers) &&
        choices.min === question.min &&
        choices.max === question.max &&
        choices.allowsBlank === question.blank &&
        asked.length === others.length &&
        others.every((other, i) => isRating(other) && sameRating(asked[i], other));
    if (!same) throw new Refusal("election-differs");
}

/** One answer at the most, and none is no vote of its own. */
function isRating({ min, max, blank }) {
    return min === 0 && max === 1 && !blank;
}

function sameRating(shown, { question, answers }) {
    return plain(shown.question) === plain(question) && alike(shown.answers, answers);
}

function alike(shown, recorded) {
    return shown.length === recorded.length && shown.every((text, i) => plain(text) === plain(recorded[i]));
}

function plain(text) {
    return text.replace(/\s+/g, " ").trim();
}
