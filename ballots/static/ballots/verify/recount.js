/** The verifier's own count: from the ballots on the board to the announced totals. */

import { G, P, Q, inverse, modQ, power } from "../crypto/group.js";
import { hashToHex } from "../crypto/hash.js";
import { pauses } from "../crypto/pause.js";
import { Finding, findingOf } from "./finding.js";
import { RESULT, SHARE, decode, numberOf, written } from "./records.js";
import { answering } from "./trustees.js";

const AT_ONCE = 50; // ballots multiplied in one task

/**
 * Check every step from the close to the result that is on the board, and name those that are not there yet.
 *
 * @param {object} setup  {election, weights, trustees}
 * @param {Map<string, {raw: Uint8Array}> | null} last  the ballots that count, by credential; null when one is wrong
 */
export async function checkCount(board, setup, last, report, pool) {
    const answered = new Set(board.decryptions.map(({ owner }) => Number(owner)));
    const enough = setup.trustees.parties.every((party) => answering(party, answered) !== null);
    if (!board.ended) report.pending("end");
    if (board.tally === null) report.pending("tally");
    if (!enough) report.pending("decryptions");
    if (board.result === null) report.pending("result");
    if (board.tally === null) return;
    if (last === null) {
        report.check("tally", false, { why: "uncountable" });
        return;
    }
    const tally = await tallyOf(setup, last, pool);
    if (!checkTally(board, tally, report)) return;
    const sound = await checkDecryptions(board, setup, tally, report, pool);
    if (board.result !== null && sound) await checkResult(board, setup, tally, report);
}

/** The tally of the ballots that count, as bytes: {raw, sized, count, weight}. */
async function tallyOf({ election, weights }, last, pool) {
    const byWeight = new Map();
    for (const [credential, { raw }] of last) {
        const weight = weights.get(credential);
        if (!byWeight.has(weight)) byWeight.set(weight, []);
        byWeight.get(weight).push(raw);
    }
    const tasks = [];
    for (const [weight, raws] of byWeight) {
        for (let i = 0; i < raws.length; i += AT_ONCE) {
            tasks.push(pool.run("multiply", { raws: raws.slice(i, i + AT_ONCE), weight }));
        }
    }
    const products = await Promise.all(tasks);
    const rows = election.questions.map(({ width }, i) =>
        Array.from({ length: width }, (_, j) => ({
            alpha: String(product(products.map((rows) => rows[i][j][0]))),
            beta: String(product(products.map((rows) => rows[i][j][1]))),
        })),
    );
    const raw = new TextEncoder().encode(JSON.stringify(rows));
    const total = [...last.keys()].reduce((sum, credential) => sum + weights.get(credential), 0n);
    const numbers = `{"num_tallied":${last.size},"total_weight":${written(total)}`;
    const sized = new TextEncoder().encode(`${numbers},"encrypted_tally":"${await hashToHex(raw)}"}`);
    return { rows, raw, sized, count: last.size, weight: total };
}

/** The recorded tally and its counts must be the very bytes of ours. */
function checkTally(board, tally, report) {
    let what = null;
    if (!same(board.tally, tally.raw)) what = "tally-differs";
    else if (!same(board.sized, tally.sized)) what = "counts-differ";
    report.check("tally", what === null, what === null ? { count: tally.count, weight: tally.weight } : {});
    if (what !== null) report.problem(new Finding("tally", what));
    return what === null;
}

function same(some, others) {
    return some.length === others.length && some.every((byte, i) => byte === others[i]);
}

/** The trustees' shares, each against its own key; false when one is wrong. */
async function checkDecryptions(board, { trustees }, tally, report, pool) {
    const owners = trustees.keys.length;
    const checked = await Promise.all(
        board.decryptions.map(({ owner, raw }) =>
            owner > BigInt(owners)
                ? { code: "decryption", what: "owner-unknown" }
                : pool.run("checkShare", { tally: tally.raw, publicKey: trustees.keys[Number(owner) - 1], raw }),
        ),
    );
    let wrong = 0;
    for (const [i, { code, what }] of checked.entries()) {
        if (code === null) continue;
        wrong += 1;
        report.problem(new Finding(code, what, { height: board.decryptions[i].height }));
    }
    const count = checked.length - wrong;
    if (checked.length > 0) report.check("decryptions", wrong === 0, { owners, count });
    return wrong === 0;
}

async function checkResult(board, { trustees }, tally, report) {
    let totals = null;
    const finding = await findingOf(async () => {
        totals = decode(board.result, RESULT).result.map((row) => row.map(numberOf));
        const values = await opened(tally.rows, trustees, board.decryptions);
        if (totals.length !== values.length || totals.some((row, i) => row.length !== values[i].length)) {
            throw new Finding("result", "result-shape");
        }
        for (const [i, row] of totals.entries()) {
            for (const [j, total] of row.entries()) {
                if (total > tally.weight || power(G, total) !== values[i][j]) {
                    throw new Finding("result", "result-differs");
                }
            }
        }
    });
    if (finding !== null) {
        report.check("result", false);
        report.problem(finding);
        return;
    }
    report.check("result", true, { count: totals.flat().length });
    report.note({ result: totals });
}

/** g^m of every total: beta over the trustees' factors, those of a group under Lagrange coefficients (4.19). */
async function opened(rows, trustees, decryptions) {
    const shares = new Map(decryptions.map(({ owner, raw }) => [Number(owner), raw]));
    const factors = trustees.parties.flatMap((party) => {
        const owners = answering(party, shares);
        if (owners === null) throw new Finding("result", "shares-missing");
        const places = owners.map((owner) => BigInt(party.members.indexOf(owner) + 1));
        return owners.map((owner, i) => ({
            rows: decode(shares.get(owner), SHARE).decryption_factors,
            exponent: lagrange(places[i], places),
        }));
    });
    const pause = pauses();
    const values = [];
    for (const [i, row] of rows.entries()) {
        values.push([]);
        for (const [j, { beta }] of row.entries()) {
            const hidden = product(factors.map(({ rows, exponent }) => power(BigInt(rows[i][j]), exponent)));
            values[i].push((BigInt(beta) * inverse(hidden)) % P);
            await pause();
        }
    }
    return values;
}

/** The exponent a member's factor gets among those who answered; 1 for one who stands alone. */
function lagrange(member, answered) {
    return answered
        .filter((other) => other !== member)
        .reduce((coefficient, other) => modQ(coefficient * other * inverseOfExponent(modQ(other - member))), 1n);
}

/** x^-1 mod Q, by Fermat. */
function inverseOfExponent(x) {
    let result = 1n;
    let square = x;
    for (let rest = Q - 2n; rest > 0n; rest >>= 1n) {
        if (rest & 1n) result = (result * square) % Q;
        square = (square * square) % Q;
    }
    return result;
}

function product(numbers) {
    return numbers.reduce((total, number) => (total * number) % P, 1n);
}
