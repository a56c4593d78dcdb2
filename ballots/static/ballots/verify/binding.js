/** The public files an election is bound to: their fingerprints stand in the election record's description. */

import { hashToHex } from "../crypto/hash.js";

const LINE = /^(contracts|rulebook|roll) sha256:([0-9a-f]{64})$/gm;
const FILES = { contracts: /\.json$/i, rulebook: /\.toml$/i };

/** The fingerprints a description names: [{name, hash}]. */
export function boundIn(description) {
    return [...description.matchAll(LINE)].map(([, name, hash]) => ({ name, hash }));
}

/** Which of the bound files one of this name is meant to be; null for any other, such as a board. */
export function meantBy(fileName) {
    return Object.keys(FILES).find((name) => FILES[name].test(fileName)) ?? null;
}

/** A file to compare: {file, hash}. */
export async function fingerprinted(fileName, bytes) {
    return { file: fileName, hash: await hashToHex(bytes) };
}

/** How a bound file stands: "closed" for what is never public, "open" without a file to compare, "same" or "other". */
export function standing({ name, hash }, compared) {
    if (!(name in FILES)) return "closed";
    if (compared === undefined) return "open";
    return compared.hash === hash ? "same" : "other";
}
