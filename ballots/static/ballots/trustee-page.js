/** The trustees' pages: which of them this is, and the script of its part. */

import { countPage } from "./trustee/count.js";
import { keyMaker } from "./trustee/key-maker.js";
import { practicePage } from "./trustee/practice.js";
import { handIn } from "./trustee/sending.js";
import { stepPage } from "./trustee/steps.js";
import { watch } from "./trustee/waiting.js";

const PARTS = {
    "[data-key-maker]": (page) => keyMaker(page, { ...page.dataset, keep: handIn(page.dataset) }),
    "[data-step]": stepPage,
    "[data-count]": countPage,
    "[data-practice]": practicePage,
    "[data-waiting]": watch,
};

for (const [selector, begin] of Object.entries(PARTS)) {
    const page = document.querySelector(selector);
    if (page !== null) begin(page);
}
