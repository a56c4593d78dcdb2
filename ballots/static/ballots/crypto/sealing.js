/** Messages between trustees: signed for everybody to check, and shares sealed for one of them. */

import { base64Url, fromBase64Url } from "./base64url.js";
import { G, P, Q, isMember, modQ, parseDecimal, power, randomExponent } from "./group.js";
import { hashToExponent } from "./hash.js";
import { drawBytes } from "./trustee-seed.js";

const encoder = new TextEncoder();
const NONCE_BYTES = 12;

/** {message, signature}: the text under the signature of g^secret (specification 4.6, "sigmsg"). */
export async function signMessage(secret, message, random = randomExponent) {
    const w = random();
    const challenge = await hashToExponent(`sigmsg|${message}|${power(G, w)}`);
    const response = modQ(w - secret * challenge);
    return { message, signature: { challenge: String(challenge), response: String(response) } };
}

/** Whether the owner of this key signed exactly this message. */
export async function isSignedBy(publicKey, { message, signature }) {
    const [challenge, response] = [parseDecimal(signature?.challenge), parseDecimal(signature?.response)];
    if (typeof message !== "string" || challenge === null || response === null) return false;
    if (challenge >= Q || response >= Q || !isMember(publicKey)) return false;
    return challenge === (await hashToExponent(`sigmsg|${message}|${knowledge(publicKey, challenge, response)}`));
}

/** g^response · key^challenge: the commitment of a proof of knowledge. */
export function knowledge(publicKey, challenge, response) {
    return (power(G, response) * power(publicKey, challenge)) % P;
}

/** A share for the owner of one encryption key alone; `place` says in which dealing, from whom and to whom. */
export async function sealShare(share, recipient, place, random = randomExponent) {
    const r = random();
    const nonce = drawBytes(NONCE_BYTES);
    const key = await keyOf(power(recipient, r), place, "encrypt");
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, encoder.encode(String(share)));
    return {
        recipient: String(recipient),
        ephemeral: String(power(G, r)),
        nonce: base64Url(nonce),
        data: base64Url(new Uint8Array(data)),
    };
}

/** The share inside, or null when it was not sealed for this place and key. */
export async function unsealShare(sealed, secret, place) {
    const ephemeral = parseDecimal(sealed.ephemeral);
    if (ephemeral === null || !isMember(ephemeral)) return null;
    try {
        const key = await keyOf(power(ephemeral, secret), place, "decrypt");
        const iv = fromBase64Url(sealed.nonce);
        const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, fromBase64Url(sealed.data));
        const share = parseDecimal(new TextDecoder().decode(text));
        return share !== null && share < Q ? share : null;
    } catch {
        return null; // sealed for somebody else, or spoilt
    }
}

async function keyOf(agreed, place, use) {
    const material = await crypto.subtle.importKey("raw", encoder.encode(String(agreed)), "HKDF", false, ["deriveKey"]);
    const derivation = {
        name: "HKDF",
        hash: "SHA-256",
        salt: new Uint8Array(32),
        info: encoder.encode(`yaksok-share|${place}`),
    };
    return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}
