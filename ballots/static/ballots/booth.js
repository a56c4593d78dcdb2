/**
 * The booth: choose → rate (where agencies are rated) → review → encrypting → code → done.
 *
 * The credential comes in the address's fragment, which browsers send to no server, and is taken out of the address at
 * once.  The ballot is encrypted here; only then is a code asked for.  Whatever fails, choices and ballot stay.
 */

import { isOpen, noteRefusal, readChallenge } from "./booth/challenge.js";
import { choicesOf } from "./booth/choices.js";
import { codeScreen } from "./booth/code-screen.js";
import { checkAgainstRecord } from "./booth/guard.js";
import { forgetToken, showPlace, takeToken, watchIdle } from "./booth/hall.js";
import { forgetOpened, openSealed, showPrepared } from "./booth/opening.js";
import { ratingsOf } from "./booth/ratings.js";
import { checkBoard, saveReceipt, showReceipt } from "./booth/receipt.js";
import { clearReview, showReview } from "./booth/review.js";
import { forgetSealed, keepSealed, keptSealed } from "./booth/sealed.js";
import { encryptBallot } from "./crypto/ballot.js";
import { normaliseCredential } from "./crypto/credentials.js";
import { readElection } from "./crypto/election.js";
import { keepDisplayLinkHere } from "./page/display.js";
import { Problem, fetchBytes, post } from "./page/requests.js";
import { complain, fill, fillAll, say, sentence, showProgress, showScreen } from "./page/screens.js";
import { messageOf } from "./page/trouble.js";

const addresses = document.querySelector("[data-booth]").dataset;
const { electionUrl, ballotUrl, resendUrl, castUrl } = addresses;

let credential = null;
let election = null; // a promise of {bytes, record}, fetched while the voter reads
let sealed = null; // {vote, ballot, tracker, …}: the encrypted ballot, what it was made from, and that as text
let challenge = null;
let working = false;
let finished = false;
let booth = null; // the token of an assisted booth's tablet

const choices = choicesOf(document.querySelector("form[data-choices]"), { onChange: showCount, onLimit: sayLimit });
const ratings = ratingsOf(document.querySelector("form[data-ratings]"), { onChange: showRated });
const code = codeScreen(document.querySelector("form[data-code]"), { onCode: cast, onResend: askAgain });

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

/** One vote per question of the record. */
function votes() {
    return [choices.vote(), ...ratings.votes()];
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

const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));

function loadElection() {
    election ??= fetchBytes(electionUrl, waiting).then(async (bytes) => {
        say();
        return { bytes, record: await readElection(bytes) };
    });
    election.catch(() => (election = null)); // told when it is needed, and then fetched again
    return election;
}

// --- from screen to screen

function go(screen) {
    history.pushState({ screen }, "");
    showScreen(screen);
}

function first() {
    if (finished) return "done";
    return credential === null ? "key" : "choose";
}

addEventListener("popstate", ({ state }) => {
    if (working) {
        // A moment: the ballot is on its way.  Stay, and put back the step that was taken.
        history.pushState({ screen: document.querySelector('[data-screen="code"]').hidden ? "review" : "code" }, "");
        return;
    }
    const wanted = finished || credential === null ? first() : (state?.screen ?? first());
    const prepared = isOpen(challenge);
    const openable = prepared && sealed?.seed !== undefined;
    const reachable = { rate: voteFits(), review: voteFits(), code: prepared, open: openable }[wanted] ?? true;
    if (wanted !== "opened") forgetOpened();
    if (wanted === "review") showReview(choices, ratings);
    showScreen(reachable ? wanted : first());
});

function voteFits() {
    const { choices: chosen, blank } = choices.vote();
    return blank || (choices.min <= chosen.length && chosen.length <= choices.max);
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

function stepBack(from) {
    const before = { open: "code", code: "review", review: ratings.number > 0 ? "rate" : "choose" };
    const to = credential === null ? first() : (before[from] ?? first());
    forgetOpened();
    if (to === "review") showReview(choices, ratings);
    history.replaceState({ screen: to }, "");
    showScreen(to);
}

// --- sealing and casting

async function seal() {
    await work(
        async () => {
            const vote = votes();
            const text = JSON.stringify(vote);
            showScreen("encrypting");
            const { bytes, record } = await loadElection();
            checkAgainstRecord(record, choices, ratings);
            if (sealed?.vote !== text) {
                showProgress(0, 1);
                const secrets = { credential, votes: vote };
                const made = await encryptBallot({ electionBytes: bytes, ...secrets, onProgress: showProgress });
                sealed = { vote: text, votes: vote, ...made };
                challenge = null;
            }
            if (!isOpen(challenge)) await openChallenge();
            code.start(challenge);
            showPrepared(sealed);
            go("code");
        },
        (text) => {
            showScreen("review");
            complain(text);
        },
    );
}

async function openChallenge() {
    challenge = readChallenge(await post(ballotUrl, sealed.ballot, waiting));
    keep();
}

function keep() {
    keepSealed({ castUrl, ballot: sealed.ballot, tracker: sealed.tracker, challenge });
}

async function askAgain() {
    await work(async () => {
        if (isOpen(challenge)) {
            const body = JSON.stringify({ challenge: challenge.id });
            challenge = readChallenge(await post(resendUrl, body, waiting), challenge);
            keep();
        } else {
            await openChallenge();
        }
        complain();
        code.start(challenge);
        say(sentence("sent-again"));
    });
}

async function cast(digits) {
    await work(
        async () => {
            complain();
            const request = { challenge: challenge.id, code: digits, ballot: sealed.ballot };
            const body = JSON.stringify(booth === null ? request : { ...request, booth });
            const { content, now } = await post(castUrl, body, waiting);
            finish(content, now);
        },
        (text, error) => {
            say();
            if (error instanceof Problem && error.status !== 0) noteRefusal(challenge, error.status);
            keep();
            code.refuse(text);
        },
    );
}

/** The one calm page at the end, or an alarm; and nothing of the vote stays on this device. */
function finish({ tracker, recorded_until: recordedUntil, batch }, now) {
    const agreed = tracker === sealed.tracker;
    for (const element of document.querySelectorAll("[data-calm]")) element.hidden = !agreed;
    for (const element of document.querySelectorAll("[data-alarm]")) element.hidden = agreed;
    fillAll("tracker", { tracker: sealed.tracker });
    fillAll("server-tracker", { tracker });
    showReceipt({ tracker: sealed.tracker, recordedUntil, batch, now });
    finished = true;
    forgetAll();
    history.replaceState({ screen: "done" }, "");
    showScreen("done");
}

function forgetAll() {
    credential = null;
    forgetBallot();
    choices.clear();
    ratings.clear();
    code.clear();
    clearReview();
    forgetOpened();
}

function forgetBallot() {
    sealed = null;
    challenge = null;
    forgetSealed();
}

// --- opening a ballot instead of casting it

async function open() {
    await work(async () => {
        complain();
        await openSealed(sealed, addresses, waiting);
        forgetBallot();
        go("opened");
    });
}

/** A ballot that was opened is spent: what was chosen is still there, and the next ballot is made anew. */
function anew() {
    forgetOpened();
    history.replaceState({ screen: "choose" }, "");
    showScreen("choose");
}

async function check() {
    await work(async () => {
        complain();
        await checkBoard(addresses.trackersUrl, waiting);
        say();
    });
}

// --- the credential

const SHORTEST = 10;
let damaged = false; // the address had something like a credential that cannot be one

/** Take it from the fragment and clear the address; true when there was a good one. */
function takeCredential() {
    const fragment = location.hash.slice(1);
    if (fragment.length < SHORTEST) return false; // nothing, or the skip link's
    history.replaceState(null, "", location.pathname + location.search);
    try {
        credential = normaliseCredential(decodeURIComponent(fragment));
        return true;
    } catch {
        damaged = true;
        return false;
    }
}

function begin() {
    finished = false;
    forgetBallot();
    forgetOpened();
    showScreen("choose", { focus: false });
}

// --- an assisted booth

function startHall() {
    booth = takeToken();
    if (booth === null) return;
    showPlace(addresses.boothUrl, booth, waiting).catch((error) => {
        booth = null;
        forgetToken();
        complain(messageOf(error));
    });
    watchIdle({ isBusy: somebodyHere, onIdle: nextPerson });
}

function somebodyHere() {
    const typed = document.querySelector("form[data-key]").elements.credential.value;
    return finished || credential !== null || sealed !== null || typed !== "";
}

/** Everything of one person is forgotten, with the page itself. */
function nextPerson() {
    forgetAll();
    document.querySelector("form[data-key]").reset();
    location.reload();
}

document.querySelector("form[data-key]").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = event.target.elements.credential;
    work(
        async () => {
            credential = normaliseCredential(input.value);
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
    if (location.hash.startsWith("#booth=")) startHall();
    else if (!working && takeCredential()) begin(); // the link opened once more in the same tab
});

document.addEventListener("click", ({ target }) => {
    const step = target.closest("[data-step]")?.dataset.step;
    const from = target.closest("[data-screen]")?.dataset.screen;
    if (step === "next") next(from);
    if (step === "cast") seal();
    if (step === "open" && !working) go("open");
    if (step === "open-now") open();
    if (step === "anew" && !working) anew();
    if (step === "check") check();
    if (step === "save") saveReceipt(target.closest("[data-step]").dataset.fileName);
    if (step === "next-person") nextPerson();
    if (step === "back" && !working) stepBack(from);
});

keepDisplayLinkHere();
startHall();
choices.refresh();
ratings.refresh();
loadElection().catch(() => null);
if (takeCredential()) {
    begin();
} else {
    const kept = keptSealed(castUrl);
    if (kept !== null) {
        sealed = { vote: null, ballot: kept.ballot, tracker: kept.tracker };
        challenge = kept.challenge;
        code.start(challenge);
        showPrepared(sealed);
    }
    showScreen(kept === null ? "key" : "code", { focus: false });
    if (damaged && kept === null) complain(sentence("credential-damaged"));
}
