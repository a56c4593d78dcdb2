/**
 * Making a key: make → save → done.  The seed goes into a file under a passphrase and onto paper; only after the saved
 * file was chosen again and gave the same seed is anything sent, for a lost key can open no tally.
 */

import { preparePassphrase, readKeyFile, writeKeyFile } from "../crypto/key-file.js";
import { Refusal } from "../crypto/refusal.js";
import { drawSeed } from "../crypto/trustee-seed.js";
import { fillAll, showScreen } from "../page/screens.js";
import { clearPaper, fillPaper, printPaper } from "./paper.js";
import { work } from "./work.js";

/**
 * @param {Element} page
 * @param {object} about
 * @param {string} about.election  its uuid
 * @param {string} about.trustee  whose key it will be
 * @param {string} about.fileName
 * @param {(seed: string) => Promise<void>} about.keep  what follows once the file is good
 * @param {string} [about.then]  the screen after that
 */
export function keyMaker(page, { election, trustee, fileName, keep, then = "done" }) {
    const link = page.querySelector("a[data-download]");
    const makeForm = page.querySelector("form[data-make]");
    const savedForm = page.querySelector("form[data-saved]");
    let key = null; // {seed, passphrase} from making to handing in

    makeForm.addEventListener("submit", (event) => {
        event.preventDefault();
        work("make", async () => {
            const passphrase = preparePassphrase(makeForm.elements.passphrase.value);
            if (passphrase !== makeForm.elements.again.value.normalize("NFKC").trim()) {
                throw new Refusal("passphrase-again");
            }
            const seed = drawSeed();
            const file = await writeKeyFile({ election, trustee, seed, passphrase });
            key = { seed, passphrase };
            link.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
            link.download = fileName;
            fillPaper(seed);
            makeForm.reset();
            showScreen("save");
        });
    });

    page.querySelector("[data-print-paper]").addEventListener("click", printPaper);

    savedForm.addEventListener("submit", (event) => {
        event.preventDefault();
        work("save", async () => {
            const [file] = savedForm.elements.saved.files;
            if (file === undefined) throw new Refusal("key-file-missing");
            if ((await readBack(file, election, key.passphrase)) !== key.seed) throw new Refusal("key-file-other");
            await keep(key.seed);
            key = null;
            URL.revokeObjectURL(link.href);
            link.removeAttribute("href");
            clearPaper();
            savedForm.reset();
            showScreen(then);
        });
    });

    addEventListener("beforeunload", (event) => {
        if (key !== null) event.preventDefault(); // not handed in yet: leaving throws this key away
    });
    showScreen("make", { focus: false });
}

async function readBack(file, election, passphrase) {
    try {
        return await readKeyFile(await file.text(), { election, passphrase });
    } catch (error) {
        // An older file of this election has another passphrase: it is not the one just saved.
        if (error instanceof Refusal && error.reason === "passphrase") throw new Refusal("key-file-other");
        throw error;
    }
}
