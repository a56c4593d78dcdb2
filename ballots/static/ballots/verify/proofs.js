/**
 * Checks of the protocol's proofs (specification 4.5, 4.12 to 4.14, 4.18).  Every hash input is the exact text of the
 * specification, numbers in decimal; challenges and responses must lie in [0, Q).
 */

import { G, GROUP, P, Q, isMember, modQ, power } from "../crypto/group.js";
import { hashToExponent } from "../crypto/hash.js";
import { MEMBERSHIP, plan, raised, squares } from "./powers.js";

/** A ciphertext to be checked, with the repeated squares that all its proofs share. */
export class Squared {
    constructor(alpha, beta) {
        this.alpha = alpha;
        this.beta = beta;
        this.alphas = squares(alpha);
        this.betas = squares(beta);
    }

    /** Whether both halves lie in the group; elements of order 2 satisfy every proof, so this cannot be left out. */
    isMember() {
        return (
            this.alpha > 0n &&
            this.alpha < P &&
            this.beta > 0n &&
            this.beta < P &&
            raised(this.alphas, MEMBERSHIP) === 1n &&
            raised(this.betas, MEMBERSHIP) === 1n
        );
    }

    /** [alpha^e, beta^e] */
    power(exponent) {
        const digits = plan(exponent);
        return [raised(this.alphas, digits), raised(this.betas, digits)];
    }
}

/** {challenge, response} as numbers, or null when one is not in [0, Q). */
function numbersOf(proof) {
    const challenge = BigInt(proof.challenge);
    const response = BigInt(proof.response);
    return challenge < Q && response < Q ? { challenge, response } : null;
}

/**
 * Whether `proofs` show that one of the branches "this ciphertext holds this value" is true, without telling which.
 *
 * @param {{g: (e: bigint) => bigint, y: (e: bigint) => bigint}} tables
 * @param {string} prefix  the hash input up to the commitments
 * @param {[Squared, number][]} branches
 */
export async function disjunctionHolds({ g, y }, prefix, branches, proofs) {
    if (proofs.length !== branches.length) return false;
    const commitments = [];
    let total = 0n;
    for (const [i, [ciphertext, value]] of branches.entries()) {
        const numbers = numbersOf(proofs[i]);
        if (numbers === null) return false;
        const { challenge, response } = numbers;
        const [a, b] = ciphertext.power(challenge);
        let second = (b * y(response)) % P;
        if (value !== 0) second = (second * g(modQ(BigInt(-value) * challenge))) % P;
        commitments.push(`${(a * g(response)) % P},${second}`);
        total += challenge;
    }
    return (await hashToExponent(`${prefix}|${commitments.join(",")}`)) === modQ(total);
}

async function knowledgeHolds(prefix, g, publicKey, proof) {
    const numbers = numbersOf(proof);
    if (numbers === null) return false;
    const { challenge, response } = numbers;
    const commitment = (g(response) * power(publicKey, challenge)) % P;
    return (await hashToExponent(`${prefix}|${commitment}`)) === challenge;
}

const powerOfG = (exponent) => power(G, exponent);

/** A trustee's proof of knowing the secret of its key; the key itself must lie in the group. */
export async function possessionHolds(publicKey, proof) {
    const element = BigInt(publicKey);
    return isMember(element) && knowledgeHolds(`pok|${GROUP}|${publicKey}`, powerOfG, element, proof);
}

/** A trustee's signature of a message; that the key lies in the group is checked where it is read. */
export async function messageSignatureHolds(key, { message, signature }) {
    return knowledgeHolds(`sigmsg|${message}`, powerOfG, BigInt(key), signature);
}

/** A ballot's signature; that the credential lies in the group is checked once, on the list. */
export async function signatureHolds(g, credential, hash, proof) {
    return knowledgeHolds(`sig|${hash}`, g, BigInt(credential), proof);
}

/** One decryption factor; the factor must lie in the group. */
export async function decryptionHolds(fingerprint, publicKey, alpha, factor, proof) {
    const numbers = numbersOf(proof);
    if (numbers === null || !isMember(factor)) return false;
    const { challenge, response } = numbers;
    const a = (powerOfG(response) * power(BigInt(publicKey), challenge)) % P;
    const b = (power(alpha, response) * power(factor, challenge)) % P;
    return (await hashToExponent(`decrypt|${fingerprint}|${publicKey}|${a},${b}`)) === challenge;
}
