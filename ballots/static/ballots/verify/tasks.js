/**
 * The long work of a verification in pieces that a worker can do: arguments and answers travel between threads, so
 * that they are bytes, texts and numbers only.
 */

import { P, isMember, power } from "../crypto/group.js";
import { checkAnswers, checkSignature, readBallot } from "./ballots.js";
import { readElection, withTables } from "./election.js";
import { Finding, findingOf } from "./finding.js";
import { decryptionHolds } from "./proofs.js";
import { SHARE, TALLY, decode } from "./records.js";

/** What a worker keeps: the election with its tables. */
let election = null;

export const TASKS = { open, checkBallot, checkMembers, multiply, checkShare };

/** Read the election and build its tables, as large as so many choices are worth. */
async function open({ raw, window }) {
    election = withTables(await readElection(raw), window);
}

/** {code, what, credential}: code is null for a ballot that is well, the credential for one that cannot be read. */
async function checkBallot({ raw }, pause) {
    let credential = null;
    const finding = await findingOf(async () => {
        const ballot = readBallot(election, raw);
        credential = ballot.credential;
        await checkSignature(election, raw, ballot);
        await checkAnswers(election, ballot, pause);
    });
    return { code: finding?.code ?? null, what: finding?.what ?? "", credential };
}

/** Whether all these public credentials lie in the group. */
async function checkMembers({ credentials }, pause) {
    for (const credential of credentials) {
        if (!isMember(BigInt(credential))) return false;
        await pause();
    }
    return true;
}

/** The product of checked ballots, ciphertext by ciphertext, to the power of their common weight. */
async function multiply({ raws, weight }, pause) {
    const rows = election.questions.map(({ width }) => Array.from({ length: width }, () => [1n, 1n]));
    for (const raw of raws) {
        for (const [i, { choices }] of readBallot(election, raw).answers.entries()) {
            for (const [j, { alpha, beta }] of choices.entries()) {
                const [alphas, betas] = rows[i][j];
                rows[i][j] = [(alphas * BigInt(alpha)) % P, (betas * BigInt(beta)) % P];
            }
        }
        await pause();
    }
    if (weight === 1n) return rows;
    return rows.map((row) => row.map((pair) => pair.map((factor) => power(factor, weight))));
}

/** {code, what}: whether a trustee's share of opening this tally was computed with the secret of its key. */
async function checkShare({ tally, publicKey, raw }, pause) {
    const finding = await findingOf(async () => {
        const { decryption_factors: factors, decryption_proofs: proofs } = decode(raw, SHARE);
        const rows = decode(tally, TALLY);
        const shape = (lists) => String(lists.map((row) => row.length));
        if ([factors, proofs].some((lists) => shape(lists) !== shape(rows))) {
            throw new Finding("decryption", "share-shape");
        }
        for (const [i, row] of rows.entries()) {
            for (const [j, { alpha }] of row.entries()) {
                const proven = [BigInt(alpha), BigInt(factors[i][j]), proofs[i][j]];
                if (!(await decryptionHolds(election.fingerprint, publicKey, ...proven))) {
                    throw new Finding("decryption", "share-proof");
                }
                await pause();
            }
        }
    });
    return { code: finding?.code ?? null, what: finding?.what ?? "" };
}
