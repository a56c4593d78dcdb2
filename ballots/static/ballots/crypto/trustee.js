/**
 * A trustee's part: a key pair, the file that keeps its secret half, and a share of the decryption.
 *
 * The key file is JSON in UTF-8, one object, fields in this order:
 *   {"format": "yaksok-trustee-key",   always this
 *    "version": 1,
 *    "election": "<uuid>",             the election (or cycle) the key was made for
 *    "public_key": "<decimal>",        g^x, as published
 *    "private_key": "<decimal>"}       x
 * Whoever holds enough of these files can open ballots: it is made here, downloaded, and never sent.
 */

import { G, GROUP, Q, fixedBase, isMember, modQ, parseDecimal, power, randomExponent } from "./group.js";
import { hashToExponent } from "./hash.js";
import { pauses } from "./pause.js";
import { Refusal } from "./refusal.js";

const FORMAT = "yaksok-trustee-key";
const VERSION = 1;

/**
 * A fresh key: {privateKey: decimal, trusteeKey: {pok: {challenge, response}, public_key}}.
 * The proof of possession is that of specification 4.5.
 */
export async function makeKeyPair(random = randomExponent) {
    const x = random();
    const w = random();
    const publicKey = power(G, x);
    const challenge = await hashToExponent(`pok|${GROUP}|${publicKey}|${power(G, w)}`);
    const response = modQ(w - x * challenge);
    return {
        privateKey: String(x),
        trusteeKey: {
            pok: { challenge: String(challenge), response: String(response) },
            public_key: String(publicKey),
        },
    };
}

/** The text of the key file. */
export function writeKeyFile(election, { privateKey, trusteeKey }) {
    const content = {
        format: FORMAT,
        version: VERSION,
        election,
        public_key: trusteeKey.public_key,
        private_key: privateKey,
    };
    return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * The private key in a key file, after checking that it is this election's and belongs to the published key.
 * Throws Refusal: key-file (not such a file, or damaged), key-file-election, key-file-mismatch.
 */
export function readKeyFile(text, { election, publicKey }) {
    const content = parse(text);
    const x = parseDecimal(content?.private_key);
    const sound = content?.format === FORMAT && content.version === VERSION && x !== null && 0n < x && x < Q;
    if (!sound || String(power(G, x)) !== content.public_key) throw new Refusal("key-file");
    if (content.election !== election) throw new Refusal("key-file-election");
    if (content.public_key !== publicKey) throw new Refusal("key-file-mismatch");
    return content.private_key;
}

/**
 * This trustee's share of a decryption, as canonical compact JSON (specification, 4.18).
 *
 * @param {object} work
 * @param {string} work.fingerprint  of the election record, base64 without padding
 * @param {string} work.privateKey  decimal
 * @param {{alpha: string, beta: string}[][]} work.tally  the encrypted tally: a list per question
 * @param {(done: number, total: number) => void} [work.onProgress]
 * @returns {Promise<string>}
 */
export async function partialDecryption({
    fingerprint,
    privateKey,
    tally,
    onProgress = () => {},
    random = randomExponent,
}) {
    const x = BigInt(privateKey);
    const g = fixedBase(G);
    const prefix = `decrypt|${fingerprint}|${g(x)}|`;
    const pause = pauses();
    const total = tally.reduce((sum, ciphertexts) => sum + ciphertexts.length, 0);
    const factors = [];
    const proofs = [];
    let done = 0;
    for (const ciphertexts of tally) {
        factors.push([]);
        proofs.push([]);
        for (const ciphertext of ciphertexts) {
            const { factor, proof } = await decryptOne(g, prefix, x, ciphertext, random());
            factors.at(-1).push(factor);
            proofs.at(-1).push(proof);
            done += 1;
            onProgress(done, total);
            await pause();
        }
    }
    return JSON.stringify({ decryption_factors: factors, decryption_proofs: proofs });
}

async function decryptOne(g, prefix, x, ciphertext, w) {
    const alpha = parseDecimal(ciphertext?.alpha);
    // Raising something outside the group to the key would give a part of the key away.
    if (alpha === null || !isMember(alpha)) throw new Refusal("tally");
    const challenge = await hashToExponent(`${prefix}${g(w)},${power(alpha, w)}`);
    return {
        factor: String(power(alpha, x)),
        proof: { challenge: String(challenge), response: String(modQ(w - x * challenge)) },
    };
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}
