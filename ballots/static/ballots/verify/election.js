/** What is voted on, read strictly, and what every check of a ballot needs of it. */

import { G, P, Q, isMember } from "../crypto/group.js";
import { hashToBase64 } from "../crypto/hash.js";
import { Finding } from "./finding.js";
import { powerTable } from "./powers.js";
import { ELECTION, decode } from "./records.js";

/**
 * {uuid, name, description, fingerprint, publicKey, questions: [{question, answers, blank, min, max, width, branches}],
 * ballotLimit}.  `width` counts the ciphertexts of an answer, `branches` those of its overall proof.
 */
export async function readElection(raw) {
    const record = decode(raw, ELECTION);
    const publicKey = BigInt(record.public_key);
    if (publicKey === 1n || !isMember(publicKey)) throw new Finding("election-record", "public-key");
    const questions = record.questions.map(readQuestion);
    return {
        uuid: record.uuid,
        name: record.name,
        description: record.description,
        fingerprint: await hashToBase64(raw),
        publicKey,
        questions,
        ballotLimit: largestBallot(record.uuid, questions),
    };
}

function readQuestion({ question, answers, blank = false, min, max }) {
    if (answers.length === 0) throw new Finding("election-record", "no-answers");
    if (min > max || max > BigInt(answers.length)) throw new Finding("election-record", "limits");
    const flag = blank ? 1 : 0;
    return {
        question,
        answers,
        blank,
        min: Number(min),
        max: Number(max),
        width: answers.length + flag,
        branches: Number(max - min) + 1 + flag,
    };
}

/** Bytes of a ballot of this election with every number at its longest. */
function largestBallot(uuid, questions) {
    const proof = { challenge: String(Q), response: String(Q) };
    const pair = { alpha: String(P), beta: String(P) };
    const times = (count, value) => Array.from({ length: count }, () => value);
    const digest = "0".repeat(43);
    return JSON.stringify({
        election_uuid: uuid,
        election_hash: digest,
        credential: String(P),
        answers: questions.map(({ width, branches, blank }) => ({
            choices: times(width, pair),
            individual_proofs: times(width, [proof, proof]),
            overall_proof: times(branches, proof),
            ...(blank ? { blank_proof: [proof, proof] } : {}),
        })),
        signature: { hash: digest, proof },
    }).length; // all of it ASCII
}

/** The election with tables for its two bases; once for each worker. */
export function withTables(election, window) {
    return { ...election, g: powerTable(G, window), y: powerTable(election.publicKey, window) };
}
