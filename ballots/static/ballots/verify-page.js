/** The verifier on the site: it can load published boards, and its workers come from the same place as this script. */

import { fetchBytes } from "./page/requests.js";
import { say, sentence } from "./page/screens.js";
import { verifierPage } from "./verify/page.js";

const waiting = (occasion, seconds) => say(sentence(occasion, { seconds }));

verifierPage({
    startWorker: () => new Worker(new URL("./verify/worker-module.js", import.meta.url), { type: "module" }),
    load: (address) => fetchBytes(address, waiting),
}).mount();
