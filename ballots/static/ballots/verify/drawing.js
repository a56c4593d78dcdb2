/** Draws a verdict with the pieces (`template[data-piece]`) and sentences of the page. */

import { fillAll, sentence } from "../page/screens.js";
import { boundIn, standing } from "./binding.js";

const SHOWN = 20; // problems drawn; a wrong list can have as many as there are ballots
const ONE_SENTENCE = new Set(["repeats", "voters"]); // passed or failed, their figures say it
const LISTS = ["checks", "problems", "result", "pending", "bound", "figures"];

const pieceOf = (name) => document.querySelector(`template[data-piece="${name}"]`).content.firstElementChild;
const piece = (name) => pieceOf(name).cloneNode(true);
const within = (element, part) => element.querySelector(`[data-${part}]`);
const number = (value, format) => new Intl.NumberFormat(document.documentElement.lang, format).format(value);

function show(part, visible) {
    document.querySelector(`[data-part="${part}"]`).hidden = !visible;
}

/** Numbers in the reader's way of writing, for a sentence. */
function written(values) {
    return Object.fromEntries(
        Object.entries(values).map(([name, value]) => {
            const counted = ["number", "bigint"].includes(typeof value);
            return [name, counted ? number(value) : value];
        }),
    );
}

/** The sentence of a check, as the server's verifier says it. */
export function sentenceOf({ name, ok, values }) {
    const ending = ok ? "passed" : (values.why ?? "failed");
    return sentence(ONE_SENTENCE.has(name) ? name : `${name}-${ending}`, written(values));
}

/** One check more, on every list of them. */
export function drawCheck(check) {
    for (const list of document.querySelectorAll("[data-checks]")) {
        list.append(marked(piece("check"), check.ok ? "passed" : "failed", sentenceOf(check)));
    }
}

/** A row with its mark, its title (what stands before the colon) and its text. */
function marked(row, state, text) {
    const [title, ...rest] = text.split(/:\s+/);
    row.dataset.state = state;
    within(row, "mark").textContent = sentence(`mark-${state}`);
    within(row, "title").textContent = title;
    within(row, "text-part").textContent = rest.join(": ");
    return row;
}

export function clearVerdict() {
    for (const name of LISTS) {
        for (const list of document.querySelectorAll(`[data-${name}]`)) list.replaceChildren();
    }
    document.querySelector("[data-tracker-answer]").textContent = "";
}

/** The whole verdict but its checks; `run` is {file, size, hash, seconds, workers}. */
export function drawVerdict(verdict, run) {
    let outcome = "failed";
    if (verdict.ok) outcome = verdict.pending.length > 0 ? "so-far" : "passed";
    const answer = document.querySelector("[data-answer]");
    answer.className = `answer answer-${{ passed: "success", "so-far": "primary", failed: "danger" }[outcome]}`;
    within(answer, "heading").textContent = sentence(`headline-${outcome}`);
    within(answer, "answer-text").textContent = sentence(`text-${outcome}`);
    drawProblems(verdict.problems);
    drawFigures(verdict);
    drawResult(verdict);
    drawPending(verdict.pending);
    show("tracker", verdict.trackers.length > 0);
    const kilobytes = number(Math.ceil(run.size / 1024));
    const seconds = number(run.seconds, { maximumFractionDigits: 1 });
    fillAll("file", { file: sentence("file", { ...run, size: kilobytes, seconds }) });
    fillAll("file-hash", { hash: run.hash });
    for (const name of ["name", "uuid", "fingerprint"]) fillAll(name, { [name]: verdict[name] || "–" });
}

function drawPending(steps) {
    const rows = steps.map((step) => {
        const row = document.createElement("li");
        row.textContent = sentence(`pending-${step}`);
        return row;
    });
    document.querySelector("[data-pending]").replaceChildren(...rows);
    show("pending", rows.length > 0);
}

function drawProblems(problems) {
    const rows = problems.slice(0, SHOWN).map((problem) => {
        const row = piece("problem");
        within(row, "problem-text").textContent = problemText(problem);
        within(row, "where").textContent = whereOf(problem);
        const tracker = within(row, "problem-tracker");
        tracker.hidden = problem.tracker === undefined;
        tracker.textContent = problem.tracker ?? "";
        return row;
    });
    if (problems.length > SHOWN) {
        const row = piece("problem");
        within(row, "problem-text").textContent = sentence("more-problems", { n: number(problems.length - SHOWN) });
        rows.push(row);
    }
    document.querySelector("[data-problems]").replaceChildren(...rows);
    show("problems", rows.length > 0);
}

/** What is wrong, as the server's verifier says it. */
export function problemText({ code, what, ...values }) {
    return sentence(`problem-${code}`, { ...values, what: what === "" ? "" : sentence(`what-${what}`) });
}

/** Where on the board, in words. */
export function whereOf({ record, height }) {
    if (height === undefined) return record === undefined ? "" : sentence("where-file", { record });
    return sentence(record === undefined ? "where-event" : "where-record", { record, height });
}

function drawFigures({ uuid, credentials, ballots, voters, totalWeight }) {
    const figures = { credentials, ballots, voters, weight: totalWeight };
    const rows = Object.entries(figures).map(([name, value]) => {
        const row = piece("figure");
        within(row, "term").textContent = sentence(`figure-${name}`);
        within(row, "value").textContent = number(value);
        return row;
    });
    document.querySelector("[data-figures]").replaceChildren(...rows);
    document.querySelector("[data-figures]").hidden = uuid === "";
}

function drawResult({ result, questions, totalWeight }) {
    show("result", result !== null);
    if (result === null) return;
    document.querySelector("[data-result]").replaceChildren(
        ...result.map((totals, i) => {
            const { question, answers, blank } = questions[i];
            const block = piece("question");
            within(block, "question").textContent = question;
            within(block, "caption").textContent = question;
            const titles = blank ? [sentence("option-blank"), ...answers] : answers;
            const rows = totals.map((total, j) => optionRow(titles[j], total, totalWeight));
            within(block, "rows").replaceChildren(...rows);
            return block;
        }),
    );
}

function optionRow(title, total, weight) {
    const row = piece("option");
    within(row, "option").textContent = title;
    within(row, "votes").textContent = sentence("votes", { n: number(total) });
    const share = weight === 0n ? 0 : Number((total * 10_000n) / weight) / 100;
    within(row, "bar").setAttribute("width", `${share}%`);
    return row;
}

/** How the bound files stand against those compared so far: {contracts, rulebook, roll} from `fingerprinted`. */
export function drawBound(verdict, compared) {
    const rows = boundIn(verdict.description).map((each) => boundRow(each, compared[each.name], verdict));
    document.querySelector("[data-bound]").replaceChildren(...rows);
    show("bound", rows.length > 0);
}

function boundRow({ name, hash }, file, verdict) {
    const { state, content } = standing({ name, hash }, file, verdict);
    const wrong = state === "other" || (content !== null && !content.key.endsWith("-same"));
    const mark = state === "open" ? "open" : wrong ? "failed" : "passed";
    const row = marked(piece("bound"), mark, "");
    const what = sentence(`bound-${name}`);
    const key = name === "roll" && state === "open" ? "closed" : state;
    const said = [sentence(`bound-${key}`, { file: file?.file })];
    if (content !== null) said.push(sentence(`bound-${content.key}`, { ...written(content), what }));
    within(row, "title").textContent = what;
    within(row, "text-part").textContent = said.join(" ");
    within(row, "hash").textContent = state === "other" ? file.hash : hash;
    return row;
}

/** What became of the ballot whose tracker begins like this. */
export function drawTracker({ trackers, problems }, typed, fewest) {
    const place = document.querySelector("[data-tracker-answer]");
    const wanted = typed.replace(/\s/g, "");
    const found = wanted.length < fewest ? undefined : trackers.find(({ tracker }) => tracker.startsWith(wanted));
    let answer = wanted.length < fewest ? "short" : "none";
    if (found !== undefined) {
        answer = found.counts ? "counts" : "replaced";
        if (problems.some(({ tracker }) => tracker === found.tracker)) answer = "wrong";
    }
    place.dataset.state = answer;
    place.textContent = sentence(`tracker-${answer}`, { n: fewest, height: found?.height });
}

/** How far the work is, and how long it will take. */
export function progressText({ step, done, total }) {
    const shown = step === "reading" ? { done: Math.ceil(done / 1024) } : { done, total };
    return sentence(`step-${step}`, written(shown));
}

export function leftText(seconds) {
    if (seconds === null) return "";
    if (seconds < 90) return sentence("left-seconds", { n: Math.max(1, Math.ceil(seconds)) });
    return sentence("left-minutes", { n: Math.ceil(seconds / 60) });
}
