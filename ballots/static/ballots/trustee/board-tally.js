/**
 * The encrypted totals as this browser adds them up from the public board.  A trustee opens nothing else: what a server
 * hands over as "the tally" might be a single ballot.
 */

import { P, power } from "../crypto/group.js";
import { pauses } from "../crypto/pause.js";
import { Refusal } from "../crypto/refusal.js";
import { readBallot } from "../verify/ballots.js";
import { readBoard } from "../verify/board.js";
import { readCredentials } from "../verify/credentials.js";
import { readElection } from "../verify/election.js";
import { Finding } from "../verify/finding.js";
import { readTrustees } from "../verify/trustees.js";

/**
 * {fingerprint, keys, rows, bytes, voters, ballots}: the sums over every credential's last ballot on a board whose
 * chain, setup and trustees' record hold and whose election has this uuid.  Throws Refusal("board"), and
 * Refusal("board-late") for a sound board that does not say yet that voting has ended.
 *
 * @param {Uint8Array} raw  the board
 * @param {string} uuid
 * @param {(done: number, total: number) => void} onProgress
 */
export async function tallyOfBoard(raw, uuid, onProgress) {
    try {
        return await added(raw, uuid, onProgress);
    } catch (error) {
        if (error instanceof Finding) throw new Refusal("board");
        throw error;
    }
}

async function added(raw, uuid, onProgress) {
    const pause = pauses();
    const board = await readBoard(raw, pause);
    const election = await readElection(board.election);
    const { keys, publicKey } = await readTrustees(board.trustees, pause);
    if (election.uuid !== uuid || publicKey !== election.publicKey) throw new Refusal("board");
    if (!board.ended) throw new Refusal("board-late");
    const weights = readCredentials(board.credentials);
    const last = new Map();
    for (const posted of board.ballots) {
        const ballot = readBallot(election, posted.raw);
        if (!weights.has(ballot.credential)) throw new Refusal("board");
        last.set(ballot.credential, ballot);
        await pause();
    }
    const byWeight = new Map(); // one power for all ballots of a weight
    const sums = (one) => election.questions.map(({ width }) => Array.from({ length: width }, one));
    let done = 0;
    for (const [credential, { answers }] of last) {
        const weight = weights.get(credential);
        if (!byWeight.has(weight)) byWeight.set(weight, sums(() => [1n, 1n]));
        for (const [i, { choices }] of answers.entries()) {
            for (const [j, { alpha, beta }] of choices.entries()) {
                const sum = byWeight.get(weight)[i][j];
                sum[0] = (sum[0] * BigInt(alpha)) % P;
                sum[1] = (sum[1] * BigInt(beta)) % P;
            }
        }
        done += 1;
        onProgress(done, last.size);
        await pause();
    }
    const product = (i, j, half) =>
        [...byWeight].reduce((total, [weight, part]) => (total * power(part[i][j][half], weight)) % P, 1n);
    const rows = sums(() => null).map((row, i) =>
        row.map((_, j) => ({ alpha: String(product(i, j, 0)), beta: String(product(i, j, 1)) })),
    );
    const bytes = new TextEncoder().encode(JSON.stringify(rows));
    return { fingerprint: election.fingerprint, keys, rows, bytes, voters: last.size, ballots: board.ballots.length };
}
