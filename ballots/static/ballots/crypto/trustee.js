/**
 * What a trustee's secret exponent does: it is proven, and it opens totals.
 *
 * The secret of a mandatory trustee is drawn from the seed alone, that of a group's member comes from threshold.js.
 */

import { G, GROUP, fixedBase, isMember, modQ, parseDecimal, power, randomExponent } from "./group.js";
import { hashToExponent } from "./hash.js";
import { pauses } from "./pause.js";
import { Refusal } from "./refusal.js";

/** The public key of a secret with the proof of possession (specification 4.5): {pok: {challenge, response}, public_key}. */
export async function makeTrusteeKey(secret, random = randomExponent) {
    const w = random();
    const publicKey = power(G, secret);
    const challenge = await hashToExponent(`pok|${GROUP}|${publicKey}|${power(G, w)}`);
    const response = modQ(w - secret * challenge);
    return {
        pok: { challenge: String(challenge), response: String(response) },
        public_key: String(publicKey),
    };
}

/**
 * This trustee's share of a decryption, as canonical compact JSON (specification, 4.18).
 *
 * @param {object} work
 * @param {string} work.fingerprint  of the election record, base64 without padding
 * @param {bigint} work.secret
 * @param {{alpha: string, beta: string}[][]} work.tally  the encrypted tally: a list per question
 * @param {(done: number, total: number) => void} [work.onProgress]
 * @returns {Promise<string>}
 */
export async function partialDecryption({
    fingerprint,
    secret,
    tally,
    onProgress = () => {},
    random = randomExponent,
}) {
    const g = fixedBase(G);
    const prefix = `decrypt|${fingerprint}|${g(secret)}|`;
    const pause = pauses();
    const total = tally.reduce((sum, ciphertexts) => sum + ciphertexts.length, 0);
    const factors = [];
    const proofs = [];
    let done = 0;
    for (const ciphertexts of tally) {
        factors.push([]);
        proofs.push([]);
        for (const ciphertext of ciphertexts) {
            const { factor, proof } = await decryptOne(g, prefix, secret, ciphertext, random());
            factors.at(-1).push(factor);
            proofs.at(-1).push(proof);
            done += 1;
            onProgress(done, total);
            await pause();
        }
    }
    return JSON.stringify({ decryption_factors: factors, decryption_proofs: proofs });
}

async function decryptOne(g, prefix, secret, ciphertext, w) {
    const alpha = parseDecimal(ciphertext?.alpha);
    // Raising something outside the group to the key would give a part of the key away.
    if (alpha === null || !isMember(alpha)) throw new Refusal("tally");
    const challenge = await hashToExponent(`${prefix}${g(w)},${power(alpha, w)}`);
    return {
        factor: String(power(alpha, secret)),
        proof: { challenge: String(challenge), response: String(modQ(w - secret * challenge)) },
    };
}
