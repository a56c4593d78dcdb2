/**
 * The verifier as one file on a disk: this same program runs in the page and, told apart by having no document, in its
 * workers.  It loads nothing; the page's words are in templates, one for each language.
 */

import { verifierPage } from "./page.js";
import { serve } from "./worker.js";

if (typeof document === "undefined") {
    serve(self);
} else {
    open();
}

function open() {
    const program = document.getElementById("program").textContent;
    const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const page = verifierPage({ startWorker: () => new Worker(address) });
    const languages = [...document.querySelectorAll("template[data-language]")].map((each) => each.dataset.language);

    function speak(language) {
        const content = document.querySelector(`template[data-language="${language}"]`).content;
        document.documentElement.lang = language;
        document.getElementById("page").replaceChildren(document.importNode(content, true));
        document.title = document.querySelector("h1").textContent;
        for (const button of document.querySelectorAll("[data-speak]")) {
            button.hidden = button.dataset.speak === language;
        }
        page.mount();
    }

    document.addEventListener("click", ({ target }) => {
        const button = target.closest("button");
        if (button === null) return;
        if ("speak" in button.dataset) speak(button.dataset.speak);
        if ("contrast" in button.dataset) {
            const root = document.documentElement;
            root.dataset.krdsMode = root.dataset.krdsMode === "high-contrast" ? "light" : "high-contrast";
        }
    });
    speak(languages.includes(navigator.language.slice(0, 2)) ? navigator.language.slice(0, 2) : languages[0]);
}
