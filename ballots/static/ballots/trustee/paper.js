/** The paper copy of a key: filled in when the key is made, printed alone, empty afterwards. */

import { drawQr } from "../page/qr.js";
import { fillAll } from "../page/screens.js";

const code = () => document.querySelector("[data-paper-code]");

/** Put the seed on the sheet, in characters and as a code to be scanned. */
export function fillPaper(seed) {
    fillAll("seed", { seed });
    fillAll("made-at", { when: new Date().toLocaleString(document.documentElement.lang) });
    fillAll("address", { address: location.host });
    drawQr(code(), seed, code().dataset.label);
}

/** Print nothing but the sheet. */
export function printPaper() {
    document.body.classList.add("paper-copy");
    try {
        print(); // comes back once the dialogue is closed
    } finally {
        document.body.classList.remove("paper-copy");
    }
}

/** Take the seed off the page again. */
export function clearPaper() {
    fillAll("seed", { seed: "" });
    code().replaceChildren();
}
