/**
 * The ceremony with throw-away keys, entirely here: make → save → together → working → ready → working → sum.
 * The key, its file and every step are made by the same code as real ones; the other members are played.
 */

import { signingSecret } from "../crypto/trustee-seed.js";
import { G, power } from "../crypto/group.js";
import { fillAll, showProgress, showScreen } from "../page/screens.js";
import { keyMaker } from "./key-maker.js";
import { openKey } from "./key-opener.js";
import { PRACTICE, PracticeGroup, VOTES } from "./practice-group.js";
import { breathe, work } from "./work.js";

export function practicePage(page) {
    const { trustee, fileName } = page.dataset;
    const members = Number(page.dataset.members);
    const threshold = Number(page.dataset.threshold);
    const form = page.querySelector("form[data-open]");
    let ownKey = "";
    let group = null;

    keyMaker(page, {
        election: PRACTICE,
        trustee,
        fileName,
        then: "together",
        keep: async (seed) => {
            ownKey = String(power(G, await signingSecret(seed, PRACTICE)));
        },
    });

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        work("together", async () => {
            const seed = await openKey(form, { election: PRACTICE, ownKey, kind: "group" });
            showProgress(0, 1);
            showScreen("working");
            await breathe();
            group = await PracticeGroup.make(seed, members, threshold, showProgress);
            form.reset();
            showScreen("ready");
        });
    });

    page.querySelector("[data-count-practice]").addEventListener("click", () =>
        work("ready", async () => {
            showProgress(0, 1);
            showScreen("working");
            await breathe();
            const sums = await group.open(showProgress);
            for (const place of VOTES.keys()) fillAll(`sum-${place}`, { n: sums[place] });
            fillAll("opened-by", { others: threshold - 1, absent: members - threshold });
            showScreen("sum");
        }),
    );
}
