/**
 * A trustee's two pages.  Making the key: start → save → done; the public half is sent only after the saved file was
 * chosen again and found good, for a lost key can open no tally.  Opening: choose → computing → done.
 */

import { readElection } from "./crypto/election.js";
import { hashToBase64, hashToHex } from "./crypto/hash.js";
import { Refusal } from "./crypto/refusal.js";
import { makeKeyPair, partialDecryption, readKeyFile, writeKeyFile } from "./crypto/trustee.js";
import { fetchBytes, post } from "./page/requests.js";
import { complain, fillAll, say, sentence, showProgress, showScreen } from "./page/screens.js";
import { messageOf } from "./page/trouble.js";

const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));
let working = false;

/** One piece of work at a time; its error is told on the screen it started from. */
async function work(from, task) {
    if (working) return;
    working = true;
    complain();
    try {
        await task();
    } catch (error) {
        showScreen(from);
        complain(messageOf(error));
    } finally {
        working = false;
    }
}

/** The text of the file chosen in a form; without one, the template's sentence. */
async function chosenFile(form) {
    const [file] = form.elements.key.files;
    if (file === undefined) throw new Refusal("key-file-missing");
    return file.text();
}

function keyPage(page) {
    const { election, keyUrl, fileName } = page.dataset;
    let key = null;

    page.querySelector("[data-make]").addEventListener("click", () =>
        work("start", async () => {
            key = await makeKeyPair();
            const file = new Blob([writeKeyFile(election, key)], { type: "application/json" });
            const link = page.querySelector("a[data-download]");
            link.href = URL.createObjectURL(file);
            link.download = fileName;
            showScreen("save");
        }),
    );

    page.querySelector("form[data-saved]").addEventListener("submit", (event) => {
        event.preventDefault();
        work("save", async () => {
            readKeyFile(await chosenFile(event.target), { election, publicKey: key.trusteeKey.public_key });
            await post(keyUrl, JSON.stringify(key.trusteeKey), waiting);
            fillAll("public-key-hash", { hash: await hashToBase64(key.trusteeKey.public_key) });
            URL.revokeObjectURL(page.querySelector("a[data-download]").href);
            page.querySelector("a[data-download]").removeAttribute("href");
            key = null;
            event.target.reset();
            showScreen("done");
        });
    });

    addEventListener("beforeunload", (event) => {
        if (key !== null) event.preventDefault(); // not sent yet: leaving throws this key away
    });
    showScreen("start", { focus: false });
}

function sharePage(page) {
    const { election, publicKey, electionUrl, tallyUrl, shareUrl } = page.dataset;

    page.querySelector("form[data-key-file]").addEventListener("submit", (event) => {
        event.preventDefault();
        work("choose", async () => {
            const privateKey = readKeyFile(await chosenFile(event.target), { election, publicKey });
            showProgress(0, 1);
            showScreen("computing");
            const record = await readElection(await fetchBytes(electionUrl, waiting));
            const tallyBytes = await fetchBytes(tallyUrl, waiting);
            const tally = readTally(tallyBytes, record);
            const { fingerprint } = record;
            const share = await partialDecryption({ fingerprint, privateKey, tally, onProgress: showProgress });
            await post(shareUrl, share, waiting);
            fillAll("tally-hash", { hash: await hashToHex(tallyBytes) });
            event.target.reset();
            showScreen("done");
        });
    });
    showScreen("choose", { focus: false });
}

/** The encrypted tally, which must have the shape of this election's one question. */
function readTally(bytes, { question }) {
    let tally = null;
    try {
        tally = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
        // Refused below.
    }
    const length = question.answers.length + (question.blank ? 1 : 0);
    if (!Array.isArray(tally) || tally.length !== 1 || tally[0]?.length !== length) throw new Refusal("tally");
    return tally;
}

const key = document.querySelector("[data-trustee-key]");
const share = document.querySelector("[data-trustee-share]");
if (key !== null) keyPage(key);
if (share !== null) sharePage(share);
