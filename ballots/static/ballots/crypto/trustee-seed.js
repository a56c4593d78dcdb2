/**
 * A trustee's seed: all that a trustee keeps, in a file or on paper; every secret of one election derives from it.
 *
 * Twenty-two random characters (128 bits) and a check character, shown as XXXXXX-XXXXXX-XXXXXX-XXXXX.  A secret exponent
 * is SHA-512 of what it is for, mod Q (a bias below 2^-250).
 */

import { bytesToInteger, modQ } from "./group.js";
import { Refusal } from "./refusal.js";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const RANDOM_CHARACTERS = 22;
const CHECK_MODULUS = 53n;
const GROUP_LENGTH = 6;

/** A new seed; without working randomness there is none. */
export function drawSeed(randomBytes = drawBytes) {
    let characters = "";
    while (characters.length < RANDOM_CHARACTERS) {
        // Six bits of each byte, rejected above the alphabet: every character is equally likely.
        for (const byte of randomBytes(64)) {
            if ((byte & 63) < ALPHABET.length && characters.length < RANDOM_CHARACTERS) {
                characters += ALPHABET[byte & 63];
            }
        }
    }
    const rest = valueOf(characters) % CHECK_MODULUS;
    return dashed(characters + ALPHABET[Number(CHECK_MODULUS - rest)]);
}

/** The seed as it was drawn, from what a person typed from paper; throws Refusal: seed-form, seed-check. */
export function normaliseSeed(typed) {
    const characters = typed.normalize("NFKC").replace(/[\s\p{Pd}\u2212\u200b-\u200d\ufeff]/gu, "");
    const known = [...characters].every((character) => ALPHABET.includes(character));
    if (characters.length !== RANDOM_CHARACTERS + 1 || !known) throw new Refusal("seed-form");
    const check = BigInt(ALPHABET.indexOf(characters.at(-1)));
    if ((valueOf(characters.slice(0, -1)) + check) % CHECK_MODULUS !== 0n) throw new Refusal("seed-check");
    return dashed(characters);
}

/** The secret of a mandatory trustee. */
export const singleSecret = (seed, uuid) => exponent("single", uuid, seed);

/** What a member of a group signs its messages with. */
export const signingSecret = (seed, uuid) => exponent("sign", uuid, seed);

/** What a member of a group opens the shares dealt to it with. */
export const receivingSecret = (seed, uuid) => exponent("receive", uuid, seed);

/** The secret polynomial a member deals from, lowest degree first; another context is another polynomial. */
export function coefficients(seed, context, threshold) {
    const degrees = Array.from({ length: threshold }, (_, k) => k);
    return Promise.all(degrees.map((k) => exponent("coefficient", `${context}|${k}`, seed)));
}

/** Random bytes, or none at all: a source that repeats itself is broken. */
export function drawBytes(length) {
    const bytes = new Uint8Array(length);
    try {
        crypto.getRandomValues(bytes);
    } catch {
        throw new Refusal("randomness");
    }
    if (bytes.every((byte) => byte === bytes[0])) throw new Refusal("randomness");
    return bytes;
}

async function exponent(purpose, place, seed) {
    const characters = normaliseSeed(seed).replaceAll("-", "").slice(0, -1);
    const text = new TextEncoder().encode(`${purpose}|${place}|${characters}`);
    return modQ(bytesToInteger(new Uint8Array(await crypto.subtle.digest("SHA-512", text))));
}

function valueOf(characters) {
    let value = 0n;
    for (const character of characters) value = value * 58n + BigInt(ALPHABET.indexOf(character));
    return value;
}

function dashed(characters) {
    return characters.match(new RegExp(`.{1,${GROUP_LENGTH}}`, "g")).join("-");
}
