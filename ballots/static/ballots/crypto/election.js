/** Reads the election record: the bytes as received are what counts, their fingerprint names the election. */

import { GROUP, isMember, parseDecimal } from "./group.js";
import { hashToBase64 } from "./hash.js";
import { Refusal } from "./refusal.js";

/**
 * {uuid, fingerprint, publicKey, name, questions: [{answers, blank, min, max, question}, ...]} of the record's bytes.
 * Throws Refusal("election") for anything this booth cannot encrypt for: another group or version, a question of
 * another kind, a key outside the group, limits that make no sense.
 */
export async function readElection(bytes) {
    const election = parse(bytes);
    const publicKey = parseDecimal(election.public_key);
    const sound =
        election.version === 1 &&
        election.group === GROUP &&
        /^[1-9A-HJ-NP-Za-km-z]{14,}$/.test(election.uuid) &&
        Array.isArray(election.questions) &&
        election.questions.length >= 1 &&
        election.questions.every(isPossible) &&
        publicKey !== null &&
        publicKey !== 1n &&
        isMember(publicKey);
    if (!sound) throw new Refusal("election");
    return {
        uuid: election.uuid,
        fingerprint: await hashToBase64(bytes),
        publicKey,
        name: election.name,
        questions: election.questions.map((question) => ({ ...question, blank: question.blank === true })),
    };
}

/** A question whose answers are encrypted one by one and added up, with limits that can be kept. */
function isPossible(question) {
    return (
        typeof question === "object" &&
        question !== null &&
        question.type === undefined &&
        Array.isArray(question.answers) &&
        question.answers.length >= 1 &&
        question.answers.every((answer) => typeof answer === "string") &&
        Number.isInteger(question.min) &&
        Number.isInteger(question.max) &&
        0 <= question.min &&
        question.min <= question.max &&
        question.max <= question.answers.length
    );
}

function parse(bytes) {
    try {
        const election = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
        if (typeof election === "object" && election !== null) return election;
    } catch {
        // Falls through: not UTF-8 or not JSON.
    }
    throw new Refusal("election");
}
