/**
 * All the randomness of a ballot comes from one seed of 32 bytes, so that whoever is given the seed can make the same
 * ballot again and see what is in it.  The nonce of the signature does not: it would give the credential away.
 */

import { bytesToInteger, modQ } from "./group.js";
import { Refusal } from "./refusal.js";

export const SEED_BYTES = 32;

const EXPONENT_BYTES = 48; // 128 bits more than the order of the group, so that the remainder is as good as uniform
const AT_ONCE = 64; // exponents between two chances to paint

const encoder = new TextEncoder();

/** A new seed.  Fails closed: without working randomness there is no ballot. */
export function drawSeed() {
    const seed = new Uint8Array(SEED_BYTES);
    try {
        crypto.getRandomValues(seed);
    } catch {
        throw new Refusal("randomness");
    }
    if (seed.every((byte) => byte === seed[0])) throw new Refusal("randomness");
    return seed;
}

/** The first `count` exponents of a seed, in the order in which a ballot draws them, as a function that gives the next. */
export async function exponentsOf(seed, count, pause) {
    const key = await keyOf(seed);
    const drawn = [];
    while (drawn.length < count) {
        const some = Math.min(AT_ONCE, count - drawn.length);
        const labels = Array.from({ length: some }, (_, i) => `yaksok-ballot|${drawn.length + i}`);
        drawn.push(...(await Promise.all(labels.map((label) => derive(key, label)))));
        await pause();
    }
    let next = 0;
    return () => {
        if (next === drawn.length) throw new RangeError("a ballot drew more exponents than were counted");
        next += 1;
        return drawn[next - 1];
    };
}

/** The nonce of a credential's signature of one hash: the same each time, and told by nothing but the credential. */
export async function signatureNonce(secret, hash) {
    const bytes = secret.toString(16).padStart(2 * SEED_BYTES, "0").match(/../g);
    return derive(await keyOf(Uint8Array.from(bytes, (byte) => parseInt(byte, 16))), `yaksok-signature|${hash}`);
}

function keyOf(bytes) {
    return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** HMAC-SHA256 of "label|0" and "label|1", the first 48 bytes of both as a big-endian integer, mod Q. */
async function derive(key, label) {
    const halves = [0, 1].map((half) => crypto.subtle.sign("HMAC", key, encoder.encode(`${label}|${half}`)));
    const [first, second] = (await Promise.all(halves)).map((half) => new Uint8Array(half));
    const bytes = new Uint8Array(EXPONENT_BYTES);
    bytes.set(first);
    bytes.set(second.subarray(0, EXPONENT_BYTES - first.length), first.length);
    return modQ(bytesToInteger(bytes));
}
