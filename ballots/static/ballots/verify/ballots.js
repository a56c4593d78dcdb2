/** One ballot, checked by everyone (specification 4.11 to 4.15). */

import { P } from "../crypto/group.js";
import { hashToBase64 } from "../crypto/hash.js";
import { Finding } from "./finding.js";
import { Squared, disjunctionHolds, signatureHolds } from "./proofs.js";
import { BALLOT, decode } from "./records.js";

const SIGNATURE_FIELD = new TextEncoder().encode(',"signature":{');
const CLOSING_BRACE = "}".charCodeAt(0);

/** Decode strictly: nothing larger, differently written or differently shaped than a ballot of this election. */
export function readBallot(election, raw) {
    if (raw.length > election.ballotLimit) throw new Finding("too-large");
    const ballot = decode(raw, BALLOT);
    if (ballot.election_uuid !== election.uuid || ballot.election_hash !== election.fingerprint) {
        throw new Finding("wrong-election");
    }
    const fits =
        ballot.answers.length === election.questions.length &&
        ballot.answers.every((answer, i) => {
            const { width, branches, blank } = election.questions[i];
            return (
                answer.choices.length === width &&
                answer.individual_proofs.length === width &&
                answer.overall_proof.length === branches &&
                (answer.blank_proof !== undefined) === blank
            );
        });
    if (!fits) throw new Finding("wrong-shape");
    return ballot;
}

/** That the credential signed exactly these bytes. */
export async function checkSignature(election, raw, { credential, signature }) {
    const holds =
        (await hashToBase64(unsigned(raw))) === signature.hash &&
        (await signatureHolds(election.g, credential, signature.hash, signature.proof));
    if (!holds) throw new Finding("bad-signature");
}

/** The canonical ballot without its signature, which is its last field. */
function unsigned(raw) {
    let start = raw.length;
    do start = raw.lastIndexOf(SIGNATURE_FIELD[0], start - 1);
    while (!SIGNATURE_FIELD.every((byte, i) => raw[start + i] === byte));
    const bytes = raw.slice(0, start + 1);
    bytes[start] = CLOSING_BRACE;
    return bytes;
}

/** That every choice is an encryption of 0 or 1 in the group and each answer obeys its question. */
export async function checkAnswers(election, ballot, pause = async () => {}) {
    const context = `${election.fingerprint}|${ballot.credential}`;
    for (const [i, question] of election.questions.entries()) {
        await checkAnswer(election, question, ballot.answers[i], context, pause);
    }
}

async function checkAnswer(tables, question, answer, context, pause) {
    let sumOfAlphas = 1n;
    let sumOfBetas = 1n;
    let flag = null;
    for (const [i, { alpha, beta }] of answer.choices.entries()) {
        const choice = new Squared(BigInt(alpha), BigInt(beta));
        if (!choice.isMember()) throw new Finding("not-in-group");
        const zeroOrOne = [0, 1].map((value) => [choice, value]);
        await require(tables, `prove|${context}|${alpha},${beta}`, zeroOrOne, answer.individual_proofs[i]);
        if (question.blank && i === 0) {
            flag = choice;
        } else {
            sumOfAlphas = (sumOfAlphas * choice.alpha) % P;
            sumOfBetas = (sumOfBetas * choice.beta) % P;
        }
        await pause();
    }
    const all = `${context}|${answer.choices.map(({ alpha, beta }) => `${alpha},${beta}`).join(",")}`;
    const total = new Squared(sumOfAlphas, sumOfBetas);
    const allowed = [];
    for (let value = question.min; value <= question.max; value += 1) allowed.push([total, value]);
    if (flag === null) {
        await require(tables, `prove|${all}|${sumOfAlphas},${sumOfBetas}`, allowed, answer.overall_proof);
    } else {
        const eitherNothing = [flag, total].map((ciphertext) => [ciphertext, 0]);
        await require(tables, `bproof0|${all}`, eitherNothing, answer.blank_proof);
        await require(tables, `bproof1|${all}`, [[flag, 1], ...allowed], answer.overall_proof);
    }
    await pause();
}

async function require(tables, prefix, branches, proofs) {
    if (!(await disjunctionHolds(tables, prefix, branches, proofs))) throw new Finding("bad-proof");
}
