/**
 * Everything anybody can check of a board, as strictly as the server's own verifier: the same checks under the same
 * names, the same codes for what is wrong.  A wrong board gives a verdict, never an error; nothing here knows the page.
 */

import { hashToBase64 } from "../crypto/hash.js";
import { pauses } from "../crypto/pause.js";
import { readBoard } from "./board.js";
import { readCredentials } from "./credentials.js";
import { readElection } from "./election.js";
import { Finding, findingOf } from "./finding.js";
import { windowFor } from "./powers.js";
import { checkCount } from "./recount.js";
import { Report } from "./report.js";
import { readTrustees } from "./trustees.js";

/** What is wrong with a ballot that could be read, under the check that says so; all else is its form. */
const LATER = {
    signatures: ["bad-signature", "unknown-credential"],
    proofs: ["bad-proof", "not-in-group"],
};
const MEMBERS_AT_ONCE = 50;
/** How long the parts take, in units of one credential. */
const COST_OF_CHOICE = 3;

/**
 * @param {Uint8Array} raw  the file
 * @param {object} help
 * @param {{size: number, run: Function, all: Function}} help.pool  from pool.js
 * @param {(progress: {step: string, done: number, total: number, share: number}) => void} [help.onProgress]
 *     step: reading, credentials, ballots, count; `share` of the whole work, from 0 to 1
 * @param {(check: {name: string, ok: boolean, values: object}) => void} [help.onCheck]
 */
export async function verify(raw, { pool, onProgress = () => {}, onCheck = () => {} }) {
    const report = new Report(onCheck);
    const pause = pauses();
    let board = null;
    const finding = await findingOf(async () => {
        board = await readBoard(raw, async (done, total) => {
            onProgress({ step: "reading", done, total, share: 0 });
            await pause();
        });
    });
    report.check("archive", finding === null, finding === null ? { count: board.events } : {});
    if (finding !== null) {
        report.problem(finding);
        return report.verdict;
    }
    const setup = await checkSetup(board, report, pool, onProgress);
    if (setup === null) return report.verdict;
    const last = await checkBallots(board, setup, report, pool, onProgress);
    onProgress({ step: "count", done: 0, total: 1, share: 1 });
    await checkCount(board, setup, last, report, pool);
    return report.verdict;
}

async function checkSetup(board, report, pool, onProgress) {
    let election = null;
    let trustees = null;
    const wrongSetup = await findingOf(async () => {
        election = await readElection(board.election);
        const { name, uuid, fingerprint, description, questions } = election;
        report.note({ name, uuid, fingerprint, description, questions });
        trustees = await readTrustees(board.trustees, pauses());
        if (trustees.publicKey !== election.publicKey) throw new Finding("trustees", "joint-key");
    });
    const joined = wrongSetup === null ? { count: trustees.keys.length, needed: trustees.needed } : {};
    report.check("setup", wrongSetup === null, joined);
    if (wrongSetup !== null) {
        report.problem(wrongSetup.at({ height: 0 }));
        return null;
    }
    let weights = null;
    let effort = null;
    const wrongList = await findingOf(async () => {
        weights = readCredentials(board.credentials);
        effort = effortOf(weights.size, board.ballots.length, election);
        await checkMembers([...weights.keys()], pool, effort, onProgress);
    });
    report.check("credentials", wrongList === null, wrongList === null ? { count: weights.size } : {});
    if (wrongList !== null) {
        report.problem(wrongList.at({ height: 0 }));
        return null;
    }
    report.note({ credentials: weights.size, weights });
    return { election, trustees, weights, effort };
}

/** How the whole work divides: `member` and `ballot` as parts of 1. */
function effortOf(credentials, ballots, { questions }) {
    const width = questions.reduce((sum, question) => sum + question.width, 0);
    const ballot = COST_OF_CHOICE * (width + questions.length);
    const whole = credentials + ballots * ballot || 1;
    return { width, member: 1 / whole, ballot: ballot / whole };
}

async function checkMembers(credentials, pool, effort, onProgress) {
    const tasks = [];
    const total = credentials.length;
    let done = 0;
    for (let i = 0; i < total; i += MEMBERS_AT_ONCE) {
        const part = credentials.slice(i, i + MEMBERS_AT_ONCE);
        tasks.push(
            pool.run("checkMembers", { credentials: part }).then((members) => {
                done += part.length;
                onProgress({ step: "credentials", done, total, share: done * effort.member });
                return members;
            }),
        );
    }
    const parts = await Promise.all(tasks);
    if (!parts.every(Boolean)) throw new Finding("credential-list", "credential-outside");
}

/** The ballots that count, by credential; null when any ballot is wrong. */
async function checkBallots(board, setup, report, pool, onProgress) {
    const { election, weights } = setup;
    const checked = await checkEach(board, setup, pool, onProgress);
    const findings = new Map();
    const last = new Map();
    const seen = new Set();
    const trackers = [];
    for (const [i, posted] of board.ballots.entries()) {
        let { code, what, credential } = checked[i];
        const tracker = await hashToBase64(posted.raw);
        if (code === null) {
            if (!weights.has(credential)) code = "unknown-credential";
            last.set(credential, posted);
        }
        if (seen.has(posted.digest)) [code, what] = ["repeated-ballot", ""];
        seen.add(posted.digest);
        trackers.push({ tracker, height: posted.height });
        if (code !== null) {
            findings.set(code, (findings.get(code) ?? 0) + 1);
            report.problem(new Finding(code, what, { height: posted.height }), { tracker });
        }
    }
    const total = board.ballots.length;
    reportBallots(report, findings, total, last.size);
    const wrong = findings.size > 0;
    const counting = new Set([...last.values()].map(({ height }) => height));
    report.note({
        ballots: total,
        voters: last.size,
        totalWeight: [...last.keys()].reduce((sum, credential) => sum + (weights.get(credential) ?? 0n), 0n),
        trackers: trackers.map((each) => ({ ...each, counts: counting.has(each.height) })),
        electionWidth: election.width,
    });
    return wrong ? null : last;
}

async function checkEach({ ballots, election: raw }, { election, effort, weights }, pool, onProgress) {
    const total = ballots.length;
    await pool.all("open", { raw, window: windowFor((total * effort.width) / pool.size) });
    let done = 0;
    const before = weights.size * effort.member;
    onProgress({ step: "ballots", done, total, share: before });
    return Promise.all(
        ballots.map(async (posted) => {
            const checked = await pool.run("checkBallot", { raw: posted.raw });
            done += 1;
            onProgress({ step: "ballots", done, total, share: before + done * effort.ballot });
            return checked;
        }),
    );
}

/** The checks of all ballots, each counting what passed it. */
function reportBallots(report, findings, total, voters) {
    const wrong = [...findings.values()].reduce((sum, count) => sum + count, 0);
    const repeated = findings.get("repeated-ballot") ?? 0;
    const failing = (codes) => codes.reduce((sum, code) => sum + (findings.get(code) ?? 0), 0);
    const later = Object.values(LATER).reduce((sum, codes) => sum + failing(codes), 0);
    let left = total - (wrong - repeated - later);
    report.check("ballots", left === total, { count: left });
    for (const [name, codes] of Object.entries(LATER)) {
        const failed = failing(codes);
        left -= failed;
        report.check(name, failed === 0, { count: left });
    }
    report.check("repeats", repeated === 0, { count: repeated });
    report.check("voters", true, { voters, replaced: wrong === 0 ? total - voters : 0 });
}
