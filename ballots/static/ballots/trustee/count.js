/** Opening the tally: open → working → check → working → done.  What is opened is what this browser added up itself. */

import { G, power } from "../crypto/group.js";
import { hashToHex } from "../crypto/hash.js";
import { Refusal } from "../crypto/refusal.js";
import { receive } from "../crypto/threshold.js";
import { singleSecret } from "../crypto/trustee-seed.js";
import { partialDecryption } from "../crypto/trustee.js";
import { fetchBytes, post, Problem } from "../page/requests.js";
import { fillAll, showProgress, showScreen } from "../page/screens.js";
import { tallyOfBoard } from "./board-tally.js";
import { openKey } from "./key-opener.js";
import { fetchRecords } from "./records.js";
import { breathe, waiting, work } from "./work.js";

const MARK = 20; // characters of the hash to be compared on the telephone, 80 bits
const LATE = { tries: 20, pause: 1000 }; // the public file is written after the vote has closed, about a second later

export function countPage(page) {
    const { election, ownKey, publicKey, owner, kind, recordsUrl, boardUrl, tallyUrl, sendUrl } = page.dataset;
    const form = page.querySelector("form[data-open]");
    let nameOf = String;
    let ready = null; // {secret, tally} once the board was added up

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        work(
            "open",
            async () => {
                const seed = await openKey(form, { election, ownKey, kind });
                showProgress(0, 1);
                showScreen("working");
                await breathe();
                const secret = await secretOf(seed);
                const tally = await tallyOfEndedBoard(boardUrl, election);
                if (tally.keys[Number(owner) - 1] !== publicKey || String(power(G, secret)) !== publicKey) {
                    throw new Refusal("own-key");
                }
                if (!same(tally.bytes, await fetchBytes(tallyUrl, waiting))) throw new Refusal("tally");
                ready = { secret, tally };
                form.reset();
                fillAll("counted", { voters: tally.voters, ballots: tally.ballots });
                const hash = await hashToHex(tally.bytes);
                fillAll("tally-hash", { hash });
                fillAll("tally-mark", { mark: hash.slice(0, MARK).match(/.{4}/g).join(" ") });
                showScreen("check");
            },
            (member) => nameOf(member),
        );
    });

    page.querySelector("[data-confirm]").addEventListener("click", () =>
        work("check", async () => {
            const { secret, tally } = ready;
            showProgress(0, 1);
            showScreen("working");
            const { fingerprint, rows } = tally;
            const share = await partialDecryption({ fingerprint, secret, tally: rows, onProgress: showProgress });
            await post(sendUrl, share, waiting);
            ready = null;
            showScreen("done");
        }),
    );

    /** The exponent that opens: a mandatory trustee's own, or the sum of the shares dealt to a member. */
    async function secretOf(seed) {
        if (kind === "single") return singleSecret(seed, election);
        const records = await fetchRecords(recordsUrl);
        nameOf = records.nameOf;
        return receive(seed, election, records.certificates, records.dealings, records.threshold);
    }
    showScreen("open", { focus: false });
}

/** The totals of the board, fetched again for a while when the vote, or its end, has not reached the file yet. */
async function tallyOfEndedBoard(boardUrl, election) {
    for (let tries = 1; ; tries++) {
        try {
            return await tallyOfBoard(await fetchBytes(boardUrl, waiting), election, showProgress);
        } catch (error) {
            const late = error.reason === "board-late" || (error instanceof Problem && error.status === 404);
            if (!late || tries === LATE.tries) throw error;
            await new Promise((wake) => setTimeout(wake, LATE.pause));
        }
    }
}

function same(some, others) {
    return some.length === others.length && some.every((byte, i) => byte === others[i]);
}
