/** A group of one real trustee and played ones, and a toy tally that enough of them open. */

import { G, P, Q, inverse, modQ, power, randomExponent } from "../crypto/group.js";
import { makeCertificate, makeConfirmation, makeDealing, readDealing, receive } from "../crypto/threshold.js";
import { drawSeed } from "../crypto/trustee-seed.js";
import { partialDecryption } from "../crypto/trustee.js";
import { breathe } from "./work.js";

/** What stands in a practice key file in the election's place; no election is called so. */
export const PRACTICE = "practice";

/** How the toy vote came out; the page finds this out from the encrypted totals. */
export const VOTES = [5, 3, 2];

export class PracticeGroup {
    #seeds;
    #certificates;
    #dealings;
    #threshold;
    #tally;

    /** Take all three steps as all members; the first of them is the trustee. */
    static async make(seed, members, threshold, onProgress) {
        const group = new PracticeGroup();
        const steps = 3 * members;
        let done = 0;
        const advance = async () => {
            done += 1;
            onProgress(done, steps);
            await breathe();
        };
        group.#threshold = threshold;
        group.#seeds = [seed, ...Array.from({ length: members - 1 }, () => drawSeed())];
        group.#certificates = [];
        for (const each of group.#seeds) {
            group.#certificates.push(await makeCertificate(each, PRACTICE));
            await advance();
        }
        group.#dealings = [];
        for (const each of group.#seeds) {
            group.#dealings.push(await makeDealing(each, PRACTICE, group.#certificates, threshold));
            await advance();
        }
        for (const each of group.#seeds) {
            await makeConfirmation(each, PRACTICE, group.#certificates, group.#dealings, threshold);
            await advance();
        }
        group.#tally = [await group.#encrypted()];
        return group;
    }

    /** The totals, opened by the trustee and as many others as are needed; the rest stay away. */
    async open(onProgress) {
        const present = this.#seeds.slice(0, this.#threshold);
        const factors = [];
        for (const seed of present) {
            const secret = await receive(seed, PRACTICE, this.#certificates, this.#dealings, this.#threshold);
            const share = await partialDecryption({ fingerprint: PRACTICE, secret, tally: this.#tally });
            factors.push(JSON.parse(share).decryption_factors[0].map(BigInt));
            onProgress(factors.length, present.length);
            await breathe();
        }
        return this.#tally[0].map(({ beta }, place) => {
            const hidden = factors.reduce((product, row, i) => (product * power(row[place], lagrange(i + 1, present.length))) % P, 1n);
            return logarithm((BigInt(beta) * inverse(hidden)) % P);
        });
    }

    /** The votes, encrypted under the group's key. */
    async #encrypted() {
        let publicKey = 1n;
        for (const [place, dealing] of this.#dealings.entries()) {
            const where = { member: place + 1, certificates: this.#certificates, threshold: this.#threshold };
            publicKey = (publicKey * (await readDealing(dealing, where)).commitments[0]) % P;
        }
        return VOTES.map((votes) => {
            const r = randomExponent();
            return { alpha: String(power(G, r)), beta: String((power(publicKey, r) * power(G, BigInt(votes))) % P) };
        });
    }
}

/** The exponent of a member's factor when members 1 to `count` have answered. */
function lagrange(member, count) {
    let [above, below] = [1n, 1n];
    for (let other = 1; other <= count; other += 1) {
        if (other === member) continue;
        above = (above * BigInt(other)) % Q;
        below = modQ(below * BigInt(other - member));
    }
    return modQ(above * inverseModQ(below));
}

/** By Fermat, for Q is a prime. */
function inverseModQ(number) {
    let result = 1n;
    for (const bit of (Q - 2n).toString(2)) {
        result = (result * result) % Q;
        if (bit === "1") result = (result * number) % Q;
    }
    return result;
}

/** The small number whose power of g this is. */
function logarithm(element) {
    const most = VOTES.reduce((sum, votes) => sum + votes, 0);
    for (let votes = 0, value = 1n; votes <= most; votes += 1, value = (value * G) % P) {
        if (value === element) return votes;
    }
    throw new Error("the practice tally cannot be opened");
}
