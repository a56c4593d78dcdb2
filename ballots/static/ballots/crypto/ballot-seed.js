/**
 * All the randomness of a ballot comes from one seed of 32 bytes, so that whoever is given the seed can make the same
 * ballot again and see what is in it.  The nonce of the signature does not: it would give the credential away.
 */

import { bytesToInteger, modQ } from "./group.js";
import { hmacSha256 } from "./hmac.js";
import { Refusal } from "./refusal.js";

export const SEED_BYTES = 32;

const EXPONENT_BYTES = 48; // 128 bits more than the order of the group, so that the remainder is as good as uniform
const AT_ONCE = 64; // exponents between two chances to paint

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
    const derive = derivation(seed);
    const drawn = [];
    while (drawn.length < count) {
        drawn.push(derive(`yaksok-ballot|${drawn.length}`));
        if (drawn.length % AT_ONCE === 0) await pause();
    }
    let next = 0;
    return () => {
        if (next === drawn.length) throw new RangeError("a ballot drew more exponents than were counted");
        next += 1;
        return drawn[next - 1];
    };
}

/** The nonce of a credential's signature of one hash: the same each time, and told by nothing but the credential. */
export function signatureNonce(secret, hash) {
    const bytes = secret.toString(16).padStart(2 * SEED_BYTES, "0").match(/../g);
    return derivation(bytes.map((byte) => parseInt(byte, 16)))(`yaksok-signature|${hash}`);
}

/** HMAC-SHA256 of "label|0" and "label|1", the first 48 bytes of both as a big-endian integer, mod Q. */
function derivation(key) {
    const hmac = hmacSha256(key);
    return (label) => {
        const bytes = [...hmac(`${label}|0`), ...hmac(`${label}|1`)];
        return modQ(bytesToInteger(bytes.slice(0, EXPONENT_BYTES)));
    };
}
