/** Steps 2 and 3 of a member of the group: open → working → done; or, where a share does not fit, wrong → complained. */

import { hashToBase64 } from "../crypto/hash.js";
import { Fault, makeComplaint, makeConfirmation, makeDealing } from "../crypto/threshold.js";
import { post } from "../page/requests.js";
import { fillAll, showProgress, showScreen } from "../page/screens.js";
import { openKey } from "./key-opener.js";
import { fetchRecords } from "./records.js";
import { breathe, waiting, work } from "./work.js";

export function stepPage(page) {
    const { step, election, ownKey, recordsUrl, sendUrl, complainUrl } = page.dataset;
    const form = page.querySelector("form[data-open]");
    let records = null;
    let complaint = null;
    const nameOf = (member) => records?.nameOf(member) ?? "";

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        work(
            "open",
            async () => {
                const seed = await openKey(form, { election, ownKey, kind: "group" });
                showProgress(0, 1);
                showScreen("working");
                await breathe();
                records = await fetchRecords(recordsUrl);
                const { certificates, dealings, threshold } = records;
                try {
                    if (step === "dealing") {
                        const dealing = await makeDealing(seed, election, certificates, threshold);
                        await post(sendUrl, JSON.stringify(dealing), waiting);
                    } else {
                        const confirmation = await makeConfirmation(seed, election, certificates, dealings, threshold);
                        await post(sendUrl, JSON.stringify(confirmation), waiting);
                        fillAll("record-hash", { hash: await hashToBase64(confirmation.key.public_key) });
                    }
                } catch (error) {
                    if (!(error instanceof Fault) || error.reason !== "wrong-share") throw error;
                    complaint = await makeComplaint(seed, election, certificates, error.member);
                    fillAll("accused", { name: nameOf(error.member) });
                    showScreen("wrong");
                    return;
                }
                form.reset();
                showScreen("done");
            },
            nameOf,
        );
    });

    page.querySelector("[data-complain]")?.addEventListener("click", () =>
        work("wrong", async () => {
            await post(complainUrl, JSON.stringify(complaint), waiting);
            form.reset();
            showScreen("complained");
        }),
    );
    showScreen("open", { focus: false });
}
