/**
 * "Nobody voted for me": which ballots stand on the board under a credential.  The credential is turned into its public
 * half here and leaves the device in no form; fetched are the public lists of everybody.
 */

import { deriveCredential, normaliseCredential } from "./crypto/credentials.js";
import { hashToHex } from "./crypto/hash.js";
import { keepDisplayLinkHere } from "./page/display.js";
import { fetchBytes } from "./page/requests.js";
import { complain, fill, fillAll, say, sentence, showScreen } from "./page/screens.js";
import { messageOf } from "./page/trouble.js";

const { uuid, credentialsUrl, ballotsUrl, boardUrl } = document.querySelector("[data-mine]").dataset;
const SHORTEST = 10;
const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));

async function look(typed) {
    complain();
    try {
        const credential = normaliseCredential(typed);
        showScreen("looking");
        const { publicKey } = await deriveCredential(credential, uuid);
        const [listed, board] = await Promise.all([fetchJson(credentialsUrl), fetchJson(ballotsUrl)]);
        const position = listed.findIndex((entry) => entry.split(",")[0] === String(publicKey)) + 1;
        const digest = await hashToHex(String(publicKey));
        show(
            position,
            board,
            board.ballots.filter(([, , owner]) => owner === digest),
            String(publicKey),
        );
    } catch (error) {
        showScreen("key");
        complain(messageOf(error));
    }
}

async function fetchJson(url) {
    return JSON.parse(new TextDecoder().decode(await fetchBytes(url, waiting)));
}

function show(position, { head, height }, ballots, publicKey) {
    const found = position === 0 ? "unlisted" : ballots.length === 0 ? "none" : "some";
    for (const element of document.querySelectorAll("[data-found]")) {
        element.hidden = !element.dataset.found.split(" ").includes(found);
    }
    // The height is that of the next event, and the first has 0: so many events there are.
    fillAll("board", { n: height, head });
    fillAll("position", { position });
    fillAll("public-key", { key: publicKey });
    fillAll("count", { n: ballots.length });
    const item = document.querySelector("template[data-ballot-item]");
    const rows = ballots.map(([place, tracker], i) => {
        const row = item.content.cloneNode(true);
        const link = row.querySelector("a");
        link.textContent = tracker;
        link.href = `${boardUrl}?${new URLSearchParams({ q: tracker })}#mine`;
        fill(row.querySelector("[data-place]"), { place });
        for (const element of row.querySelectorAll("[data-counts]")) {
            element.hidden = (element.dataset.counts === "yes") !== (i === ballots.length - 1);
        }
        return row;
    });
    document.querySelector("[data-ballots]").replaceChildren(...rows);
    showScreen("result");
}

function takeCredential() {
    const fragment = location.hash.slice(1);
    if (fragment.length < SHORTEST) return false; // nothing, or the skip link's
    history.replaceState(null, "", location.pathname + location.search);
    look(decoded(fragment));
    return true;
}

function decoded(fragment) {
    try {
        return decodeURIComponent(fragment);
    } catch {
        return fragment; // refused as a credential, with its reason
    }
}

document.querySelector("form[data-key]").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = event.target.elements.credential;
    const typed = input.value;
    look(typed.slice(typed.lastIndexOf("#") + 1));
});

document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-again]") === null) return;
    document.querySelector("form[data-key]").reset();
    showScreen("key");
});

addEventListener("hashchange", takeCredential);
keepDisplayLinkHere();
if (!takeCredential()) showScreen("key", { focus: false });
