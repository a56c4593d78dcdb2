/**
 * The file under the board: an old-style tar that must be right to the byte (specification 4.4).
 *
 * Blocks of 512 bytes, no "ustar" magic, one constant time for all records, nothing after the last.
 */

import { hashToHex } from "../crypto/hash.js";
import { Finding } from "./finding.js";
import { HEADER, decode } from "./records.js";

const BLOCK = 512;
const LATEST = 8n ** 11n - 1n; // what eleven octal digits hold
const EVENT_MARK = new TextEncoder().encode(".event.json\0");
const NAME_LENGTH = 64; // of a hash in hexadecimal

export const DATA = "data";
export const EVENT = "event";

/** {timestamp, end} of the header record, which is refused unless it is exactly what one would write. */
export function readHeader(raw) {
    const body = bodyAt(raw, 0, 1);
    const timestamp = BigInt(decode(body, HEADER).timestamp);
    if (timestamp > LATEST || !isRecord(raw, 0, "BELENIOS", body, timestamp)) {
        throw new Finding("board-form", "archive-header", { record: 1 });
    }
    return { timestamp, end: blocks(body) };
}

/** The records from `start` on, {kind, body, digest, place, end}; any byte that should be another is a Finding. */
export async function* readRecords(raw, start, timestamp) {
    let place = 1;
    while (start < raw.length) {
        place += 1;
        const body = bodyAt(raw, start, place);
        const kind = EVENT_MARK.every((byte, i) => raw[start + NAME_LENGTH + i] === byte) ? EVENT : DATA;
        const digest = await hashToHex(body);
        if (!isRecord(raw, start, `${digest}.${kind}.json`, body, timestamp)) {
            throw new Finding("board-form", "archive-record", { record: place });
        }
        start += blocks(body);
        yield { kind, body, digest, place, end: start };
    }
}

function blocks(body) {
    return BLOCK + Math.ceil(body.length / BLOCK) * BLOCK;
}

/** Whether exactly the record of this name and body stands at `start`, padded with zeros. */
function isRecord(raw, start, name, body, timestamp) {
    const end = start + blocks(body);
    if (end > raw.length) return false;
    const block = headerBlock(name, body.length, timestamp);
    if (!block.every((byte, i) => raw[start + i] === byte)) return false;
    return raw.subarray(start + BLOCK + body.length, end).every((byte) => byte === 0);
}

function headerBlock(name, size, timestamp) {
    const block = new Uint8Array(BLOCK);
    const put = (offset, written) => new TextEncoder().encodeInto(written, block.subarray(offset));
    const octal = (number) => number.toString(8).padStart(11, "0");
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, octal(size));
    put(136, octal(timestamp));
    put(148, " ".repeat(8));
    put(156, "0");
    const sum = block.reduce((total, byte) => total + byte, 0);
    put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
    return block;
}

/** The body of the record at `start`, as long as its header block says. */
function bodyAt(raw, start, place) {
    const size = String.fromCharCode(...raw.subarray(start + 124, start + 135));
    if (!/^[0-7]{11}$/.test(size)) throw new Finding("board-form", "archive-size", { record: place });
    const end = start + BLOCK + parseInt(size, 8);
    if (end > raw.length) throw new Finding("board-form", "archive-cut", { record: place });
    return raw.slice(start + BLOCK, end); // a copy: sent to a worker, a part would take the whole file along
}
