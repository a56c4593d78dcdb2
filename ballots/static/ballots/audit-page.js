/**
 * The other device: makes an opened ballot again from the code in the address, shows its tracker and what was chosen.
 * The code stays on this device; fetched are only the public records of the vote.
 */

import { remakeBallot, unpackOpening } from "./crypto/opening.js";
import { keepDisplayLinkHere } from "./page/display.js";
import { fetchBytes } from "./page/requests.js";
import { complain, fillAll, say, sentence, showProgress, showScreen } from "./page/screens.js";
import { messageOf } from "./page/trouble.js";

const { electionUrl, credentialsUrl } = document.querySelector("[data-audit]").dataset;
const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));

async function make(code) {
    try {
        const opening = await unpackOpening(code);
        showScreen("making");
        const electionBytes = await fetchBytes(electionUrl, waiting);
        const credentials = JSON.parse(new TextDecoder().decode(await fetchBytes(credentialsUrl, waiting)));
        const made = await remakeBallot({ electionBytes, credentials, opening, onProgress: showProgress });
        fillAll("tracker", { tracker: made.tracker });
        document.querySelector("[data-asked]").replaceChildren(...answers(made.election, opening.votes));
        showScreen("result");
    } catch (error) {
        showScreen("code");
        complain(messageOf(error));
    }
}

/** A list item per question: what was asked, and what was chosen. */
function answers({ questions }, votes) {
    const item = document.querySelector("template[data-asked-item]");
    return questions.map(({ question, answers: options }, i) => {
        const { choices, blank } = votes[i];
        const row = item.content.cloneNode(true);
        row.querySelector("[data-question]").textContent = question;
        const chosen = blank ? [sentence("blank")] : choices.map((choice) => options[choice]);
        const lines = (chosen.length > 0 ? chosen : [sentence("nothing")]).map((text) => {
            const line = document.createElement("li");
            line.textContent = text;
            line.classList.toggle("none", chosen.length === 0);
            return line;
        });
        row.querySelector("[data-chosen]").replaceChildren(...lines);
        return row;
    });
}

function takeCode() {
    const fragment = location.hash.slice(1);
    if (fragment === "" || fragment === "main") return false; // the skip link's
    history.replaceState(null, "", location.pathname + location.search);
    make(fragment);
    return true;
}

document.querySelector("form[data-code]").addEventListener("submit", (event) => {
    event.preventDefault();
    make(event.target.elements.code.value);
});

document.addEventListener("click", ({ target }) => {
    const given = target.closest("[data-same]")?.dataset.same;
    if (given === undefined) return;
    for (const element of document.querySelectorAll("[data-verdict]")) {
        element.hidden = element.dataset.verdict !== given;
    }
});

addEventListener("hashchange", takeCode);
keepDisplayLinkHere();
if (!takeCode()) showScreen("code", { focus: false });
