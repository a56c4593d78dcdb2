/**
 * The booth.  The credential comes in the address's fragment and is taken out of it at once; the ballot is encrypted
 * here, and only then a code is asked for.  What a voter does in it is in `booth/`: steps, casting, opening, receipt.
 */

import { castingOf } from "./booth/casting.js";
import { choicesOf } from "./booth/choices.js";
import { codeScreen } from "./booth/code-screen.js";
import { forgetToken, showPlace, takeToken, watchIdle } from "./booth/hall.js";
import { takeCredential } from "./booth/link.js";
import { forgetOpened, openSealed, showPrepared } from "./booth/opening.js";
import { ratingsOf } from "./booth/ratings.js";
import { checkBoard, saveReceipt, showReceipt } from "./booth/receipt.js";
import { clearReview } from "./booth/review.js";
import { forgetSealed, keptSealed } from "./booth/sealed.js";
import { stepsOf } from "./booth/steps.js";
import { normaliseCredential } from "./crypto/credentials.js";
import { keepDisplayLinkHere } from "./page/display.js";
import { complain, fill, fillAll, say, sentence, showScreen } from "./page/screens.js";
import { messageOf } from "./page/trouble.js";

const addresses = document.querySelector("[data-booth]").dataset;
const keyForm = document.querySelector("form[data-key]");
const voter = {
    credential: null,
    sealed: null, // {text, ballot, tracker, …}: the encrypted ballot, what it was made from, and that as text
    challenge: null,
    finished: false,
    booth: null, // the token of an assisted booth's tablet
};
let working = false;

const onWait = (occasion, seconds) => say(sentence(occasion, { seconds }));
const choices = choicesOf(document.querySelector("form[data-choices]"), { onChange: showCount, onLimit: sayLimit });
const ratings = ratingsOf(document.querySelector("form[data-ratings]"), { onChange: showRated });
const steps = stepsOf({ voter, choices, ratings, isWorking: () => working });
const code = codeScreen(document.querySelector("form[data-code]"), {
    onCode: (digits) => work(() => casting.cast(digits), casting.refused),
    onResend: () => work(casting.askAgain),
});
const casting = castingOf({ addresses, voter, choices, ratings, code, steps, onWait, onCast: finish });

function showCount() {
    complain();
    const vote = choices.vote();
    for (const count of document.querySelectorAll("[data-count]")) {
        const text = vote.blank ? count.dataset.textBlank : count.dataset.text;
        fill(count, { n: vote.choices.length, k: choices.max }, text);
    }
}

function showRated() {
    for (const count of document.querySelectorAll("[data-rated]")) {
        fill(count, { n: ratings.given().length, all: ratings.number });
    }
}

function sayLimit() {
    complain(sentence("too-many", { k: choices.max }));
}

/** One piece of work at a time; its error is told where the voter is, or by `failed`. */
async function work(task, failed = (text) => complain(text)) {
    if (working) return;
    working = true;
    try {
        await task();
    } catch (error) {
        failed(messageOf(error), error);
    } finally {
        working = false;
    }
}

/** The ballot could not be made or shown: back to the review, with everything in it. */
function backToReview(text) {
    showScreen("review");
    complain(text);
}

/** The one calm page at the end, or an alarm; and nothing of the vote stays on this device. */
function finish({ tracker, recorded_until: recordedUntil, batch }, now) {
    const agreed = tracker === voter.sealed.tracker;
    for (const element of document.querySelectorAll("[data-calm]")) element.hidden = !agreed;
    for (const element of document.querySelectorAll("[data-alarm]")) element.hidden = agreed;
    fillAll("tracker", { tracker: voter.sealed.tracker });
    fillAll("server-tracker", { tracker });
    showReceipt({ tracker: voter.sealed.tracker, recordedUntil, batch, now });
    voter.finished = true;
    forgetAll();
    steps.turn("done");
}

function forgetAll() {
    voter.credential = null;
    forgetBallot();
    choices.clear();
    ratings.clear();
    code.clear();
    clearReview();
    forgetOpened();
}

function forgetBallot() {
    voter.sealed = null;
    voter.challenge = null;
    forgetSealed();
}

/** Open the prepared ballot instead of casting it: it is spent, and what was chosen is still there. */
async function openPrepared() {
    complain();
    await openSealed(voter.sealed, addresses, onWait);
    forgetBallot();
    steps.go("opened");
}

async function lookAtBoard() {
    complain();
    await checkBoard(addresses.trackersUrl, onWait);
    say();
}

function begin(credential) {
    voter.credential = credential;
    voter.finished = false;
    forgetBallot();
    steps.turn("choose", { focus: false });
}

// --- an assisted booth

function startHall() {
    voter.booth = takeToken();
    if (voter.booth === null) return;
    showPlace(addresses.boothUrl, voter.booth, onWait).catch((error) => {
        voter.booth = null;
        forgetToken();
        complain(messageOf(error));
    });
    watchIdle({ isBusy: somebodyHere, onIdle: nextPerson });
}

function somebodyHere() {
    const { finished, credential, sealed } = voter;
    return finished || credential !== null || sealed !== null || keyForm.elements.credential.value !== "";
}

/** Everything of one person is forgotten, with the page itself. */
function nextPerson() {
    forgetAll();
    keyForm.reset();
    location.reload();
}

// --- what is pressed and typed

keyForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = keyForm.elements.credential;
    work(
        async () => {
            voter.credential = normaliseCredential(input.value);
            input.value = "";
            showScreen("choose");
        },
        (text) => {
            complain(text);
            input.focus();
        },
    );
});

addEventListener("hashchange", () => {
    if (working) return;
    if (location.hash.startsWith("#booth=")) {
        startHall();
        return;
    }
    const { credential } = takeCredential();
    if (credential !== null) begin(credential); // the link opened once more in the same tab
});

document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-step]");
    const from = button?.closest("[data-screen]")?.dataset.screen;
    const idle = (act) => () => {
        if (!working) act();
    };
    const acts = {
        next: () => steps.next(from),
        back: idle(() => steps.back(from)),
        cast: () => work(casting.seal, backToReview),
        open: idle(() => steps.go("open")),
        "open-now": () => work(openPrepared),
        anew: idle(() => steps.turn("choose")),
        check: () => work(lookAtBoard),
        save: () => saveReceipt(button.dataset.fileName),
        "next-person": nextPerson,
    };
    acts[button?.dataset.step]?.();
});

keepDisplayLinkHere();
startHall();
choices.refresh();
ratings.refresh();
casting.load().catch(() => null);
const link = takeCredential();
if (link.credential !== null) {
    begin(link.credential);
} else {
    const kept = keptSealed(addresses.castUrl);
    if (kept !== null) {
        voter.sealed = { ballot: kept.ballot, tracker: kept.tracker };
        voter.challenge = kept.challenge;
        code.start(voter.challenge);
        showPrepared(voter.sealed);
    }
    showScreen(kept === null ? "key" : "code", { focus: false });
    if (link.damaged && kept === null) complain(sentence("credential-damaged"));
}
