/**
 * The verifier's page: choose → checking → verdict.  Nothing is sent anywhere: the page only ever loads a published
 * board and the public files it is bound to, and only when asked.
 */

import { hashToHex } from "../crypto/hash.js";
import { complain, fillAll, say, sentence, showProgress, showScreen } from "../page/screens.js";
import { fingerprinted, meantBy } from "./binding.js";
import { clearVerdict, drawBound, drawCheck, drawTracker, drawVerdict, leftText, progressText } from "./drawing.js";
import { workerPool } from "./pool.js";
import { verify } from "./verifier.js";

const FEWEST_CHARACTERS = 6; // of a tracker; the server's search asks for as many
const FILE_NAMES = { contracts: "contracts.json", rulebook: "rulebook.toml" };
const SOON = 1.5; // seconds after which the time left can be told

/**
 * @param {object} means
 * @param {() => Worker} means.startWorker
 * @param {((address: string) => Promise<Uint8Array>) | null} [means.load]  gets a published file; null: no network
 */
export function verifierPage({ startWorker, load = null }) {
    let run = null; // {file, size, hash, seconds, workers, checks, verdict, addresses}
    let pool = null;
    let turn = 0;
    const compared = {}; // contracts and rulebook: {file, hash}

    /** Take files as they come: a board is checked, other files are compared. */
    async function take(files, from) {
        complain();
        say();
        const named = files.map((file) => ({ file, meant: meantBy(file.name) }));
        for (const { file, meant } of named.filter(({ meant }) => meant !== null)) {
            compared[meant] = await fingerprinted(file.name, new Uint8Array(await file.arrayBuffer()));
        }
        const board = named.find(({ meant }) => meant === null)?.file;
        if (board !== undefined) {
            await check(new Uint8Array(await board.arrayBuffer()), board.name, {});
        } else if (from === "verdict") {
            drawBound(run.verdict, compared);
        } else {
            complain(sentence("no-board"));
        }
    }

    async function loadAndCheck({ load: board, contracts, rulebook }) {
        await check(await load(board), board.split("/").at(-1), { contracts, rulebook });
    }

    async function check(bytes, file, addresses) {
        const mine = (turn += 1);
        const checks = [];
        clearVerdict();
        showProgress(0, 1);
        fillAll("step", { step: sentence("step-starting") });
        fillAll("left", { left: "" });
        showScreen("checking");
        const started = performance.now();
        const elapsed = () => (performance.now() - started) / 1000;
        try {
            pool = await workerPool(startWorker);
            const verdict = await verify(bytes, {
                pool,
                onProgress: (progress) => mine === turn && showHowFar(progress, elapsed()),
                onCheck: (each) => {
                    if (mine !== turn) return;
                    checks.push(each);
                    drawCheck(each);
                },
            });
            if (mine !== turn) return;
            const seconds = elapsed();
            const hash = await hashToHex(bytes);
            run = { file, size: bytes.length, hash, seconds, workers: pool.size, checks, verdict, addresses };
            showVerdict();
        } catch (error) {
            if (mine !== turn) return; // stopped by hand
            throw error;
        } finally {
            if (mine === turn) pool?.close();
        }
    }

    function showHowFar(progress, seconds) {
        const { share } = progress;
        showProgress(Math.round(share * 1000), 1000);
        fillAll("step", { step: progressText(progress) });
        const known = seconds > SOON && share > 0.02 && share < 1;
        fillAll("left", { left: leftText(known ? (seconds * (1 - share)) / share : null) });
    }

    function showVerdict(options) {
        drawVerdict(run.verdict, run);
        drawBound(run.verdict, compared);
        const { contracts, rulebook } = run.addresses;
        document.querySelector("[data-fetch-bound]").hidden = load === null || !(contracts || rulebook);
        showScreen("verdict", options);
    }

    async function compareWithPublished() {
        try {
            for (const [name, address] of Object.entries(run.addresses)) {
                if (address) compared[name] = await fingerprinted(FILE_NAMES[name], await load(address));
            }
        } finally {
            drawBound(run.verdict, compared);
        }
    }

    function stop() {
        turn += 1;
        pool?.close();
        showScreen("choose");
    }

    /** Do it; what goes wrong is told on the screen it started from. */
    async function attempt(screen, task) {
        try {
            await task();
        } catch (error) {
            console.warn(error);
            showScreen(screen, { focus: false });
            complain(sentence(error.status === undefined ? "unexpected" : "no-answer"));
        }
    }

    /** Give the page its life; again after its content was put there anew, in another language. */
    function mount() {
        const page = document.querySelector("[data-verifier]");
        page.addEventListener("change", ({ target }) => {
            if (!target.matches("[data-file]") || target.files.length === 0) return;
            const files = [...target.files];
            target.value = "";
            const { screen } = target.closest("[data-screen]").dataset;
            attempt(screen, () => take(files, screen));
        });
        page.addEventListener("click", ({ target }) => {
            const button = target.closest("button");
            if (button === null) return;
            if ("load" in button.dataset) attempt("choose", () => loadAndCheck(button.dataset));
            if ("stop" in button.dataset) stop();
            if ("again" in button.dataset) showScreen("choose");
            if ("printVerdict" in button.dataset) print();
            if (button.parentElement.matches("[data-fetch-bound]")) attempt("verdict", compareWithPublished);
        });
        page.addEventListener("submit", (event) => {
            event.preventDefault();
            drawTracker(run.verdict, event.target.querySelector("input").value, FEWEST_CHARACTERS);
        });
        acceptDrops(page);
        if (run === null) {
            showScreen("choose", { focus: false });
        } else {
            run.checks.forEach(drawCheck);
            showVerdict({ focus: false });
        }
        if (!isSecureContext) complain(sentence("insecure"));
    }

    function acceptDrops(page) {
        const zoneOf = ({ target }) => target.closest?.("[data-drop]") ?? null;
        page.addEventListener("dragover", (event) => {
            event.preventDefault();
            zoneOf(event)?.classList.add("drop-over");
        });
        page.addEventListener("dragleave", (event) => zoneOf(event)?.classList.remove("drop-over"));
        page.addEventListener("drop", (event) => {
            event.preventDefault();
            for (const zone of page.querySelectorAll("[data-drop]")) zone.classList.remove("drop-over");
            const screen = page.querySelector("[data-screen]:not([hidden])").dataset.screen;
            const files = [...event.dataTransfer.files];
            if (files.length > 0 && screen !== "checking") attempt(screen, () => take(files, screen));
        });
    }

    return { mount };
}
