/**
 * The board: a chain of events from the setup to the result, each step once and in its place:
 * Setup, Ballot*, EndBallots, EncryptedTally, PartialDecryption+, Result.
 */

import { DATA, readHeader, readRecords } from "./archive.js";
import { Finding } from "./finding.js";
import { EVENT, OWNED, SETUP, SIZED, decode } from "./records.js";

/** After which event which events may come. */
const FOLLOWERS = {
    "": ["Setup"],
    Setup: ["Ballot", "EndBallots"],
    Ballot: ["Ballot", "EndBallots"],
    EndBallots: ["EncryptedTally"],
    EncryptedTally: ["PartialDecryption"],
    PartialDecryption: ["PartialDecryption", "Result"],
    Result: [],
};
const DATA_BEFORE = { Setup: 4, Ballot: 1, EndBallots: 0, EncryptedTally: 2, PartialDecryption: 2, Result: 1 };

/**
 * Read a board file strictly: every byte of the archive, every link of the chain, every step in its place.
 * What the records say is checked elsewhere; steps that are not there yet stay empty.  Throws a Finding.
 *
 * @param {Uint8Array} raw
 * @param {(done: number, total: number) => Promise<void>} onRead  bytes read so far
 */
export async function readBoard(raw, onRead = async () => {}) {
    const { timestamp, end } = readHeader(raw);
    const board = {
        events: 0,
        election: null,
        trustees: null,
        credentials: null,
        ballots: [], // {height, raw, digest}
        ended: false,
        tally: null,
        sized: null,
        decryptions: [], // {height, owner, raw}
        result: null,
    };
    let waiting = [];
    let step = "";
    let parent = "";
    for await (const found of readRecords(raw, end, timestamp)) {
        if (found.kind === DATA) {
            waiting.push(found);
            continue;
        }
        try {
            const event = decode(found.body, EVENT);
            checkLink(event, { parent, height: board.events }, waiting);
            if (!FOLLOWERS[step].includes(event.type)) {
                throw new Finding("board-order", outOfOrder(step, event.type));
            }
            take(board, event, waiting);
            step = event.type;
        } catch (error) {
            if (!(error instanceof Finding)) throw error;
            throw error.at({ height: board.events, record: found.place });
        }
        waiting = [];
        parent = found.digest;
        board.events += 1;
        await onRead(found.end, raw.length);
    }
    if (waiting.length > 0) {
        throw new Finding("board-order", "orphan", { height: board.events, record: waiting[0].place });
    }
    if (step === "") throw new Finding("board-order", "no-setup", { height: 0, record: 1 });
    return board;
}

function checkLink(event, head, waiting) {
    if (event.height !== BigInt(head.height) || (event.parent ?? "") !== head.parent) {
        throw new Finding("board-chain", "link");
    }
    if (waiting.length !== DATA_BEFORE[event.type]) throw new Finding("board-chain", "data-count");
    if (event.payload !== waiting.at(-1)?.digest) throw new Finding("board-chain", "payload");
}

/** Put the data of an event in its place; records that name another by its hash must name the one before them. */
function take(board, event, waiting) {
    const bodies = waiting.map(({ body }) => body);
    const height = board.events;
    if (event.type === "Setup") {
        const setup = decode(bodies[3], SETUP);
        const named = [setup.election, setup.trustees, setup.credentials];
        if (named.some((digest, i) => digest !== waiting[i].digest)) throw new Finding("board-chain", "setup-names");
        [board.election, board.trustees, board.credentials] = bodies;
    } else if (event.type === "Ballot") {
        board.ballots.push({ height, raw: bodies[0], digest: waiting[0].digest });
    } else if (event.type === "EndBallots") {
        board.ended = true;
    } else if (event.type === "EncryptedTally") {
        const { encrypted_tally: named } = decode(bodies[1], SIZED);
        if (named !== waiting[0].digest) throw new Finding("board-chain", "sized-names");
        [board.tally, board.sized] = bodies;
    } else if (event.type === "PartialDecryption") {
        const { owner, payload } = decode(bodies[1], OWNED);
        if (payload !== waiting[0].digest) throw new Finding("board-chain", "owned-names");
        if (board.decryptions.some((earlier) => earlier.owner === owner)) {
            throw new Finding("board-order", "owner-twice");
        }
        board.decryptions.push({ height, owner, raw: bodies[0] });
    } else {
        board.result = bodies[0];
    }
}

function outOfOrder(step, type) {
    if (type === "Setup") return "second-setup";
    if (type === "Ballot") return "late-ballot";
    return step === "" ? "setup-first" : "step";
}
