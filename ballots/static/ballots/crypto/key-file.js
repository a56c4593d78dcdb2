/**
 * The file that keeps a trustee's seed, encrypted with a passphrase.  It is made here, downloaded, and never sent.
 *
 * JSON in UTF-8, one object, fields in this order:
 *   {"format": "yaksok-trustee-key",   always this
 *    "version": 2,
 *    "election": "<uuid>",             the election the key was made for
 *    "trustee": "<name>",              whose it is
 *    "kdf": {"name": "PBKDF2-SHA256", "iterations": 600000, "salt": "<base64url, 16 bytes>"},
 *    "nonce": "<base64url, 12 bytes>",
 *    "seed": "<base64url: AES-256-GCM of the dashed seed, with the uuid as additional data>"}
 */

import { base64Url, fromBase64Url } from "./base64url.js";
import { Refusal } from "./refusal.js";
import { drawBytes, normaliseSeed } from "./trustee-seed.js";

const FORMAT = "yaksok-trustee-key";
const VERSION = 2;
const DERIVATION = "PBKDF2-SHA256";
const ITERATIONS = 600_000;
const MOST_ITERATIONS = 10_000_000; // a file that asks for more is no file of ours
const SHORTEST_PASSPHRASE = 10;

const encoder = new TextEncoder();

/** The passphrase as it is used, whatever keyboard it was typed on; throws Refusal("passphrase-short"). */
export function preparePassphrase(typed) {
    const passphrase = typed.normalize("NFKC").trim();
    if ([...passphrase].length < SHORTEST_PASSPHRASE) throw new Refusal("passphrase-short");
    return passphrase;
}

/** The text of the key file. */
export async function writeKeyFile({ election, trustee, seed, passphrase }) {
    const [salt, nonce] = [drawBytes(16), drawBytes(12)];
    const key = await deriveKey(preparePassphrase(passphrase), salt, ITERATIONS, "encrypt");
    const sealed = await crypto.subtle.encrypt(sealing(nonce, election), key, encoder.encode(normaliseSeed(seed)));
    const content = {
        format: FORMAT,
        version: VERSION,
        election,
        trustee,
        kdf: { name: DERIVATION, iterations: ITERATIONS, salt: base64Url(salt) },
        nonce: base64Url(nonce),
        seed: base64Url(new Uint8Array(sealed)),
    };
    return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * The seed in a key file of this election.
 * Throws Refusal: key-file (no such file, or damaged), key-file-election, passphrase (wrong, or the file was altered).
 */
export async function readKeyFile(text, { election, passphrase }) {
    const content = parse(text);
    const { iterations, salt, name } = content?.kdf ?? {};
    const sound =
        content?.format === FORMAT &&
        content.version === VERSION &&
        name === DERIVATION &&
        Number.isInteger(iterations) &&
        0 < iterations &&
        iterations <= MOST_ITERATIONS;
    if (!sound) throw new Refusal("key-file");
    if (content.election !== election) throw new Refusal("key-file-election");
    const key = await deriveKey(passphrase.normalize("NFKC").trim(), decoded(salt), iterations, "decrypt");
    const [nonce, sealed] = [decoded(content.nonce), decoded(content.seed)];
    let opened = null;
    try {
        opened = await crypto.subtle.decrypt(sealing(nonce, election), key, sealed);
    } catch {
        throw new Refusal("passphrase");
    }
    return normaliseSeed(new TextDecoder().decode(opened));
}

function sealing(nonce, election) {
    return { name: "AES-GCM", iv: nonce, additionalData: encoder.encode(election) };
}

async function deriveKey(passphrase, salt, iterations, use) {
    const material = await crypto.subtle.importKey("raw", encoder.encode(passphrase), "PBKDF2", false, ["deriveKey"]);
    const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

function decoded(text) {
    try {
        return fromBase64Url(text);
    } catch {
        throw new Refusal("key-file");
    }
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}
