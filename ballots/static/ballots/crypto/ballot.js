/**
 * A ballot of one question (specification, 4.11-4.15): every answer encrypted, with proofs that each is 0 or 1
 * and that their number is allowed, signed with the voter's credential.  Nothing here knows the network or the page.
 */

import { deriveCredential } from "./credentials.js";
import { readElection } from "./election.js";
import { G, P, fixedBase, modQ, randomExponent } from "./group.js";
import { hashToBase64, hashToExponent } from "./hash.js";
import { pauses } from "./pause.js";
import { Refusal } from "./refusal.js";

/**
 * Encrypt and sign a vote.
 *
 * @param {object} vote
 * @param {Uint8Array} vote.electionBytes  the election record exactly as received
 * @param {string} vote.credential  as typed or linked
 * @param {number[]} vote.choices  positions of the chosen answers, from 0, in any order
 * @param {boolean} vote.blank  a vote for none, where the election allows it; `choices` is then empty
 * @param {(done: number, total: number) => void} [vote.onProgress]
 * @param {() => bigint} [vote.random]  a fresh secret exponent
 * @param {(base: bigint) => (exponent: bigint) => bigint} [vote.powersOf]  how powers of g and y are computed
 * @returns {Promise<{ballot: string, tracker: string}>}  canonical compact JSON, and its fingerprint
 */
export async function encryptBallot({
    electionBytes,
    credential,
    choices,
    blank = false,
    onProgress = () => {},
    random = randomExponent,
    powersOf = fixedBase,
}) {
    const pause = pauses();
    const election = await readElection(electionBytes);
    const values = valuesOf(election.question, choices, blank);
    const { secret, publicKey } = await deriveCredential(credential, election.uuid);
    await pause();
    const tools = { g: powersOf(G), y: powersOf(election.publicKey), random, pause };
    await pause();
    const context = `${election.fingerprint}|${publicKey}`;
    const unsigned = JSON.stringify({
        election_uuid: election.uuid,
        election_hash: election.fingerprint,
        credential: String(publicKey),
        answers: [await encryptAnswer(tools, election.question, values, context, onProgress)],
    });
    const hash = await hashToBase64(unsigned);
    const signature = { hash, proof: await sign(tools, secret, hash) };
    const ballot = `${unsigned.slice(0, -1)},"signature":${JSON.stringify(signature)}}`;
    return { ballot, tracker: await hashToBase64(ballot) };
}

/** 0 or 1 per encrypted value, the blank one first where the election has it. */
function valuesOf(question, choices, blank) {
    const chosen = new Set(choices);
    const inRange = choices.every((i) => Number.isInteger(i) && 0 <= i && i < question.answers.length);
    const counted = blank
        ? question.blank && chosen.size === 0
        : question.min <= chosen.size && chosen.size <= question.max;
    if (!inRange || chosen.size !== choices.length || !counted) throw new Refusal("choices");
    const values = question.answers.map((_, i) => (chosen.has(i) ? 1 : 0));
    return question.blank ? [blank ? 1 : 0, ...values] : values;
}

async function encryptAnswer(tools, question, values, context, onProgress) {
    const secrets = [];
    const choices = [];
    const individual = [];
    for (const [i, value] of values.entries()) {
        const { r, alpha, beta } = encrypt(tools, value);
        const branches = [0, 1].map((allowed) => ({ r, difference: value - allowed }));
        individual.push(await proveOneOf(tools, `prove|${context}|${alpha},${beta}|`, branches));
        secrets.push(r);
        choices.push({ alpha: String(alpha), beta: String(beta) });
        onProgress(i + 1, values.length);
        await tools.pause();
    }
    const all = `${context}|${choices.map(({ alpha, beta }) => `${alpha},${beta}`).join(",")}`;
    const answer = { choices, individual_proofs: individual };
    return { ...answer, ...(await proveTotal(tools, question, { values, secrets, choices }, all)) };
}

function encrypt({ g, y, random }, value) {
    const r = random();
    const masked = y(r);
    // The product is formed for 0 as well, so that both take the same steps.
    return { r, alpha: g(r), beta: (masked * (value === 1 ? G : 1n)) % P };
}

/** overall_proof, and blank_proof where a blank vote is possible (specification, 4.13). */
async function proveTotal(tools, question, { values, secrets, choices }, context) {
    const first = question.blank ? 1 : 0;
    const sum = values.slice(first).reduce((total, value) => total + value, 0);
    const r = modQ(secrets.slice(first).reduce((total, secret) => total + secret, 0n));
    const allowed = [];
    for (let total = question.min; total <= question.max; total += 1) {
        allowed.push({ r, difference: sum - total });
    }
    if (!question.blank) {
        const product = (field) => choices.reduce((total, choice) => (total * BigInt(choice[field])) % P, 1n);
        const prefix = `prove|${context}|${product("alpha")},${product("beta")}|`;
        return { overall_proof: await proveOneOf(tools, prefix, allowed) };
    }
    const isBlank = { r: secrets[0], difference: values[0] - 1 };
    const notBlank = { r: secrets[0], difference: values[0] };
    const nothing = { r, difference: sum };
    return {
        overall_proof: await proveOneOf(tools, `bproof1|${context}|`, [isBlank, ...allowed]),
        blank_proof: await proveOneOf(tools, `bproof0|${context}|`, [notBlank, nothing]),
    };
}

/**
 * Proof that at least one branch is true, without telling which (specification, 4.12 and 4.13).
 *
 * A branch is a ciphertext and a claimed value M: `r` is the ciphertext's secret and `difference` its value minus M,
 * so that the branch is true when it is 0.  For the false ones challenge c and response z are drawn, and since the
 * prover knows r, the commitments g^z alpha^c and y^z (beta/g^M)^c are powers of g and y alone.
 */
async function proveOneOf({ g, y, random }, prefix, branches) {
    const real = branches.findIndex(({ difference }) => difference === 0);
    const w = random();
    const proofs = branches.map(() => ({ challenge: random(), response: random() }));
    const commitments = branches.map(({ r, difference }, j) => {
        if (j === real) return `${g(w)},${y(w)}`;
        const { challenge, response } = proofs[j];
        const exponent = modQ(response + r * challenge);
        return `${g(exponent)},${(y(exponent) * g(modQ(BigInt(difference) * challenge))) % P}`;
    });
    const others = proofs.reduce((total, { challenge }, j) => (j === real ? total : total + challenge), 0n);
    const challenge = modQ((await hashToExponent(prefix + commitments.join(","))) - others);
    proofs[real] = { challenge, response: modQ(w - branches[real].r * challenge) };
    return proofs.map(inDecimal);
}

async function sign({ g, random }, secret, hash) {
    const w = random();
    const challenge = await hashToExponent(`sig|${hash}|${g(w)}`);
    return inDecimal({ challenge, response: modQ(w - secret * challenge) });
}

function inDecimal({ challenge, response }) {
    return { challenge: String(challenge), response: String(response) };
}
