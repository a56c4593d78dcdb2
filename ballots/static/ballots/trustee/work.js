/** What the parts of the trustees' pages share: one piece of work at a time, and its error said where it was begun. */

import { Fault } from "../crypto/threshold.js";
import { complain, say, sentence, showScreen } from "../page/screens.js";
import { messageOf } from "../page/trouble.js";

/** Tell the page what a request is waiting for. */
export const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));

let working = false;

/**
 * Do one piece of work; its error is told on the screen it started from.
 *
 * @param {string} from  the screen
 * @param {() => Promise<void>} task
 * @param {(member: number) => string} [nameOf]  who a member of the group is, for an error that names one
 */
export async function work(from, task, nameOf = String) {
    if (working) return;
    working = true;
    complain();
    try {
        await task();
    } catch (error) {
        showScreen(from, { focus: false });
        complain(error instanceof Fault ? sentence(error.reason, { name: nameOf(error.member) }) : messageOf(error));
    } finally {
        working = false;
    }
}

/** The object in JSON bytes. */
export function parsed(bytes) {
    return JSON.parse(new TextDecoder().decode(bytes));
}

/** Let the page paint before arithmetic that takes its time. */
export function breathe() {
    return new Promise((resume) => setTimeout(resume));
}
