/**
 * From screen to screen: choose → rate (where agencies are rated) → review → code → done.  Going back, by the button or
 * by the browser's own, loses nothing; no step leads to a screen for which something is missing.
 */

import { complain, sentence, showScreen } from "../page/screens.js";
import { isOpen } from "./challenge.js";
import { forgetOpened } from "./opening.js";
import { showReview } from "./review.js";

/**
 * @param {object} booth
 * @param {object} booth.voter  {credential, sealed, challenge, finished}
 * @param {object} booth.choices
 * @param {object} booth.ratings
 * @param {() => boolean} booth.isWorking  something is on its way and wants the screen to stay
 */
export function stepsOf({ voter, choices, ratings, isWorking }) {
    function go(screen) {
        history.pushState({ screen }, "");
        showScreen(screen);
    }

    /** Show a screen in the place of this one. */
    function turn(screen, { focus = true } = {}) {
        forgetOpened();
        if (screen === "review") showReview(choices, ratings);
        history.replaceState({ screen }, "");
        showScreen(screen, { focus });
    }

    function first() {
        if (voter.finished) return "done";
        return voter.credential === null ? "key" : "choose";
    }

    function voteFits() {
        const { choices: chosen, blank } = choices.vote();
        return blank || (choices.min <= chosen.length && chosen.length <= choices.max);
    }

    function isReachable(screen) {
        const prepared = isOpen(voter.challenge);
        const needs = {
            rate: voteFits,
            review: voteFits,
            code: () => prepared,
            open: () => prepared && voter.sealed?.seed !== undefined,
            opened: () => document.querySelector("[data-audit-qr] svg") !== null,
        };
        return needs[screen]?.() ?? true;
    }

    /** From the tasks to the ratings, where there are any; then to the review. */
    function next(from) {
        if (!voteFits()) {
            complain(sentence("too-few", { min: choices.min }));
            return;
        }
        if (from === "choose" && ratings.number > 0) {
            go("rate");
            return;
        }
        showReview(choices, ratings);
        go("review");
    }

    function back(from) {
        const before = { open: "code", code: "review", review: ratings.number > 0 ? "rate" : "choose" };
        turn(voter.credential === null ? first() : (before[from] ?? first()));
    }

    addEventListener("popstate", ({ state }) => {
        if (isWorking()) {
            // A moment: something is on its way.  Stay, and put back the step that was taken.
            const shown = document.querySelector("[data-screen]:not([hidden])").dataset.screen;
            history.pushState({ screen: shown === "encrypting" ? "review" : shown }, "");
            return;
        }
        const wanted = voter.finished || voter.credential === null ? first() : (state?.screen ?? first());
        if (wanted !== "opened") forgetOpened();
        if (wanted === "review") showReview(choices, ratings);
        showScreen(isReachable(wanted) ? wanted : first());
    });

    return { go, turn, next, back };
}
