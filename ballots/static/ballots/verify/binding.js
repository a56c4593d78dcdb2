/**
 * What a vote was bound to at its opening: fingerprints in the election record's description, and files to hold against
 * them.  A file with the right fingerprint is also read: the ballot must offer the tasks that the contracts put on it,
 * and the board must list the credentials and weights of the roll.
 */

import { hashToHex } from "../crypto/hash.js";

const LINE = /^(contracts|rulebook|roll) sha256:([0-9a-f]{64})$/gm;
const FILES = { roll: /^roll.*\.json$/i, contracts: /\.json$/i, rulebook: /\.toml$/i };

/** The fingerprints a description names, [{name, hash}]; a name with two lines is left out. */
export function boundIn(description) {
    const found = [...description.matchAll(LINE)].map(([, name, hash]) => ({ name, hash }));
    return found.filter(({ name }) => found.filter((other) => other.name === name).length === 1);
}

/** Which of the bound files one of this name is meant to be; null for any other, such as a board. */
export function meantBy(fileName) {
    return Object.keys(FILES).find((name) => FILES[name].test(fileName)) ?? null;
}

/** A file to compare. */
export async function fingerprinted(file, bytes) {
    return { file, bytes, hash: await hashToHex(bytes) };
}

/**
 * How a bound file stands: {state, content}.  The state is "open" without a file to compare, else "same" or "other";
 * content, of a file that is the same, is {key, n, where} with the key of a sentence, and null where there is nothing
 * in it to compare.
 */
export function standing({ name, hash }, compared, verdict) {
    if (compared === undefined) return { state: "open", content: null };
    if (compared.hash !== hash) return { state: "other", content: null };
    try {
        if (name === "contracts") return { state: "same", content: tasksOf(compared.bytes, verdict) };
        if (name === "roll") return { state: "same", content: votersOf(compared.bytes, verdict) };
    } catch {
        return { state: "same", content: { key: "unreadable", n: 0, where: "" } };
    }
    return { state: "same", content: null };
}

/** The answers of the first question against the tasks that the contracts put on the ballot. */
function tasksOf(bytes, { questions }) {
    const promised = answersFor(JSON.parse(new TextDecoder().decode(bytes)).contracts.flatMap(tasksOnBallot));
    const shown = [...questions[0].answers];
    const missing = promised.filter((title) => {
        const place = shown.indexOf(title);
        if (place >= 0) shown.splice(place, 1);
        return place < 0;
    });
    const where = [...missing, ...shown].sort().join(", ");
    return { key: where === "" ? "tasks-same" : "tasks-other", n: promised.length, where };
}

function tasksOnBallot({ agency, nodes }) {
    return nodes.flatMap((node) => {
        const own = node.kind === "task" && node.on_ballot ? [{ title: node.title, agency, code: node.code }] : [];
        return [...own, ...tasksOnBallot({ agency, nodes: node.nodes })];
    });
}

/** Tasks as they stand on a ballot, no two alike: titles, with agency and then code where titles repeat. */
function answersFor(tasks) {
    return tasks.map(({ title, agency, code }) => {
        const alike = tasks.filter((other) => other.title === title);
        if (alike.length === 1) return title;
        const within = alike.filter((other) => other.agency === agency);
        return within.length === 1 ? `${title} (${agency})` : `${title} (${agency}, ${code})`;
    });
}

/** The board's credentials against those at the end of each line of the roll: [..., weight, credential]. */
function votersOf(bytes, { weights }) {
    const lines = new TextDecoder("utf-8", { fatal: true }).decode(bytes).split("\n").slice(1, -1).map(JSON.parse);
    const onRoll = new Map(lines.map((line) => [String(line.at(-1)), BigInt(line.at(-2))]));
    const all = new Set([...onRoll.keys(), ...weights.keys()]);
    const different = [...all].filter((key) => onRoll.get(key) !== weights.get(key)).length;
    const n = different || Math.abs(lines.length - weights.size);
    return n === 0 ? { key: "voters-same", n: weights.size, where: "" } : { key: "voters-other", n, where: "" };
}
