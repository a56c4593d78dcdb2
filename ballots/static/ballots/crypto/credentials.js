/** A voter's credential (specification, 4.8): as typed or linked -> dashed form -> secret exponent -> public key. */

import { G, bytesToInteger, modQ, power } from "./group.js";
import { Refusal } from "./refusal.js";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const LENGTH = 15; // 14 random characters and a check character
const CHECK_MODULUS = 53n;
const ROUNDS = 1000;

/** `XXX-XXX-XXX-XXX-XXX` from what a person typed or pasted; throws Refusal when it cannot be a credential. */
export function normaliseCredential(typed) {
    const characters = typed.normalize("NFKC").replace(/[\s\p{Pd}\u2212\u200b-\u200d\ufeff]/gu, "");
    if (characters.length !== LENGTH) throw new Refusal("credential-length");
    let value = 0n;
    for (const character of characters) {
        const digit = ALPHABET.indexOf(character);
        if (digit < 0) throw new Refusal("credential-character");
        value = value * 58n + BigInt(digit);
    }
    const check = value % 58n;
    if ((value / 58n + check) % CHECK_MODULUS !== 0n) throw new Refusal("credential-check");
    return characters.match(/.{3}/g).join("-");
}

/**
 * {secret, publicKey} of a credential in one election.  The dashed form is what is derived from:
 * without the dashes it would be another key.
 */
export async function deriveCredential(credential, electionUuid) {
    const encoder = new TextEncoder();
    const password = encoder.encode(normaliseCredential(credential));
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits(
        { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(electionUuid), iterations: ROUNDS },
        key,
        256,
    );
    const secret = modQ(bytesToInteger(new Uint8Array(bits)));
    return { secret, publicKey: power(G, secret) };
}
