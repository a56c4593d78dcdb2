/**
 * A ballot (specification, 4.11-4.15): of every question each answer encrypted, with proofs that each is 0 or 1 and
 * that their number is allowed, signed with the voter's credential.  Nothing here knows the network or the page.
 *
 * The exponents are drawn from the ballot's seed in this order: question by question the secrets of all its values;
 * then value by value the proof that it is 0 or 1; then the blank proof where there is one; then the overall proof.
 * Within a proof, branch by branch: the response (the true branch's nonce), then, of a false branch, the challenge.
 */

import { deriveCredential } from "./credentials.js";
import { readElection } from "./election.js";
import { G, P, fixedBase, modQ } from "./group.js";
import { hashToBase64, hashToExponent } from "./hash.js";
import { pauses } from "./pause.js";
import { Refusal } from "./refusal.js";
import { drawSeed, exponentsOf, signatureNonce } from "./ballot-seed.js";

/**
 * Encrypt and sign a vote.
 *
 * @param {object} vote
 * @param {Uint8Array} vote.electionBytes  the election record exactly as received
 * @param {string} vote.credential  as typed or linked
 * @param {{choices: number[], blank?: boolean}[]} vote.votes  for each question the positions of the chosen answers,
 *     from 0, in any order; `blank` is a vote for none, where the question allows it, and `choices` is then empty
 * @param {Uint8Array} [vote.seed]  32 random bytes
 * @param {(done: number, total: number) => void} [vote.onProgress]
 * @param {(base: bigint) => (exponent: bigint) => bigint} [vote.powersOf]  how powers of g and y are computed
 * @returns {Promise<{ballot: string, tracker: string, seed: Uint8Array, publicKey: string, proof: {challenge: string,
 *     response: string}}>}  canonical compact JSON, its fingerprint, and what opening the ballot takes
 */
export async function encryptBallot({
    electionBytes,
    credential,
    votes,
    seed = drawSeed(),
    onProgress = () => {},
    powersOf = fixedBase,
}) {
    const election = await readElection(electionBytes);
    const { secret, publicKey } = await deriveCredential(credential, election.uuid);
    const { unsigned, hash, g } = await unsignedBallot({ election, publicKey, votes, seed, onProgress, powersOf });
    const w = signatureNonce(secret, hash);
    const challenge = await hashToExponent(`sig|${hash}|${g(w)}`);
    const proof = inDecimal({ challenge, response: modQ(w - secret * challenge) });
    return { ...(await signedBallot(unsigned, hash, proof)), seed, publicKey: String(publicKey), proof };
}

/** {unsigned, hash, g}: the ballot without its signature, the hash that is to be signed, and powers of g. */
export async function unsignedBallot({
    election,
    publicKey,
    votes,
    seed,
    onProgress = () => {},
    powersOf = fixedBase,
}) {
    const pause = pauses();
    const { questions } = election;
    if (votes.length !== questions.length) throw new Refusal("choices");
    const values = questions.map((question, i) => valuesOf(question, votes[i].choices, votes[i].blank === true));
    const random = await exponentsOf(seed, questions.map(drawsOf).reduce((sum, count) => sum + count, 0), pause);
    const tools = { g: powersOf(G), random, pause };
    await pause();
    tools.y = powersOf(election.publicKey);
    await pause();
    const context = `${election.fingerprint}|${publicKey}`;
    const total = values.reduce((sum, each) => sum + each.length, 0);
    let done = 0;
    tools.onValue = () => onProgress((done += 1), total);
    const answers = [];
    for (const [i, question] of questions.entries()) {
        answers.push(await encryptAnswer(tools, question, values[i], context));
    }
    const unsigned = JSON.stringify({
        election_uuid: election.uuid,
        election_hash: election.fingerprint,
        credential: String(publicKey),
        answers,
    });
    return { unsigned, hash: await hashToBase64(unsigned), g: tools.g };
}

/** {ballot, tracker} of an unsigned ballot, its hash and the signature's proof. */
export async function signedBallot(unsigned, hash, { challenge, response }) {
    const signature = { hash, proof: { challenge, response } };
    const ballot = `${unsigned.slice(0, -1)},"signature":${JSON.stringify(signature)}}`;
    return { ballot, tracker: await hashToBase64(ballot) };
}

/** How many exponents an answer draws. */
function drawsOf({ answers, blank, min, max }) {
    const width = answers.length + (blank ? 1 : 0);
    const branches = max - min + 1 + (blank ? 1 : 0);
    return 4 * width + (2 * branches - 1) + (blank ? 3 : 0);
}

/** 0 or 1 per encrypted value, the blank one first where the question has it. */
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

async function encryptAnswer(tools, question, values, context) {
    const secrets = values.map(() => tools.random());
    const choices = [];
    const individual = [];
    for (const [i, value] of values.entries()) {
        const r = secrets[i];
        const { alpha, beta } = encrypt(tools, r, value);
        const branches = [0, 1].map((allowed) => ({ r, difference: value - allowed }));
        individual.push(await proveOneOf(tools, `prove|${context}|${alpha},${beta}|`, branches));
        choices.push({ alpha: String(alpha), beta: String(beta) });
        tools.onValue();
        await tools.pause();
    }
    const all = `${context}|${choices.map(({ alpha, beta }) => `${alpha},${beta}`).join(",")}`;
    const answer = { choices, individual_proofs: individual };
    return { ...answer, ...(await proveTotal(tools, question, { values, secrets, choices }, all)) };
}

function encrypt({ g, y }, r, value) {
    const masked = y(r);
    // The product is formed for 0 as well, so that both take the same steps.
    return { alpha: g(r), beta: (masked * (value === 1 ? G : 1n)) % P };
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
    const blankProof = await proveOneOf(tools, `bproof0|${context}|`, [notBlank, nothing]);
    const overallProof = await proveOneOf(tools, `bproof1|${context}|`, [isBlank, ...allowed]);
    return { overall_proof: overallProof, blank_proof: blankProof };
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
    const proofs = branches.map((_, j) => {
        const response = random();
        return { challenge: j === real ? 0n : random(), response };
    });
    const commitments = branches.map(({ r, difference }, j) => {
        const { challenge, response } = proofs[j];
        if (j === real) return `${g(response)},${y(response)}`;
        const exponent = modQ(response + r * challenge);
        return `${g(exponent)},${(y(exponent) * g(modQ(BigInt(difference) * challenge))) % P}`;
    });
    const others = proofs.reduce((total, { challenge }) => total + challenge, 0n);
    const challenge = modQ((await hashToExponent(prefix + commitments.join(","))) - others);
    proofs[real] = { challenge, response: modQ(proofs[real].response - branches[real].r * challenge) };
    return proofs.map(inDecimal);
}

function inDecimal({ challenge, response }) {
    return { challenge: String(challenge), response: String(response) };
}
