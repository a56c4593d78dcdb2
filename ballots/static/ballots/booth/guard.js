/** The page shows what the record says: otherwise a voter would tick one thing and encrypt another. */

import { Refusal } from "../crypto/refusal.js";

/** Throws Refusal("election-differs") when the options on the page are not those of the election record, in order. */
export function checkAgainstRecord({ question }, choices) {
    const plain = (text) => text.replace(/\s+/g, " ").trim();
    const titles = choices.titles().map(plain);
    const same =
        titles.length === question.answers.length &&
        titles.every((title, i) => title === plain(question.answers[i])) &&
        choices.min === question.min &&
        choices.max === question.max &&
        choices.allowsBlank === question.blank;
    if (!same) throw new Refusal("election-differs");
}
