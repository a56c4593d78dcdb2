/**
 * Opening a prepared ballot instead of casting it: one code holds all that another device needs to make it again.
 *
 * The code is base64url of: version (1 byte), place of the credential in the credentials record (4), seed (32),
 * challenge and response of the signature (32 each), the votes, and the first 4 bytes of SHA-256 of all of it.
 * A vote is the number of choices and each position in two bytes; a blank vote is the number 255.
 */

import { signedBallot, unsignedBallot } from "./ballot.js";
import { SEED_BYTES } from "./ballot-seed.js";
import { base64Url, fromBase64Url } from "./base64url.js";
import { readElection } from "./election.js";
import { P, Q, bytesToInteger, parseDecimal, power } from "./group.js";
import { hashToBytes, hashToExponent } from "./hash.js";
import { Refusal } from "./refusal.js";

const VERSION = 1;
const BLANK = 255;
const CHECKSUM = 4;
const FIXED = 1 + 4 + 3 * 32;

/** The code of {position, seed, proof, votes}. */
export async function packOpening({ position, seed, proof, votes }) {
    const body = [VERSION, ...bigEndian(BigInt(position), 4), ...seed];
    for (const number of [proof.challenge, proof.response]) body.push(...bigEndian(BigInt(number), 32));
    for (const { choices, blank } of votes) {
        body.push(blank ? BLANK : choices.length);
        for (const choice of [...choices].sort((a, b) => a - b)) body.push(...bigEndian(BigInt(choice), 2));
    }
    return base64Url([...body, ...(await checksum(body))]);
}

/** {position, seed, proof, votes} of a code; throws Refusal("opening-form") for one that is cut or mistyped. */
export async function unpackOpening(code) {
    const bytes = bytesOf(code);
    const body = bytes.subarray(0, -CHECKSUM);
    const expected = body.length < FIXED || body[0] !== VERSION ? [] : await checksum(body);
    if (expected.length === 0 || expected.some((byte, i) => byte !== bytes[body.length + i])) {
        throw new Refusal("opening-form");
    }
    const number = (from, to) => bytesToInteger(body.subarray(from, to));
    return {
        position: Number(number(1, 5)),
        seed: body.slice(5, 5 + SEED_BYTES),
        proof: { challenge: String(number(37, 69)), response: String(number(69, FIXED)) },
        votes: votesOf(body.subarray(FIXED)),
    };
}

/**
 * Make an opened ballot again: {ballot, tracker, election}.  Throws Refusal("opening-differs") where the parts make no
 * ballot of this election with a right signature.
 */
export async function remakeBallot({ electionBytes, credentials, opening, onProgress = () => {} }) {
    const { position, seed, proof, votes } = opening;
    const election = await readElection(electionBytes);
    const publicKey = parseDecimal(credentials[position]?.split(",")[0]);
    const [challenge, response] = [BigInt(proof.challenge), BigInt(proof.response)];
    if (publicKey === null || challenge >= Q || response >= Q) throw new Refusal("opening-differs");
    const made = await unsignedBallot({ election, publicKey, votes, seed, onProgress }).catch(() => null);
    if (made === null) throw new Refusal("opening-differs");
    const commitment = (made.g(response) * power(publicKey, challenge)) % P;
    if ((await hashToExponent(`sig|${made.hash}|${commitment}`)) !== challenge) throw new Refusal("opening-differs");
    return { ...(await signedBallot(made.unsigned, made.hash, proof)), election };
}

function bytesOf(code) {
    try {
        return fromBase64Url(code.slice(code.lastIndexOf("#") + 1).replace(/\s/g, ""));
    } catch {
        return new Uint8Array(0);
    }
}

function votesOf(packed) {
    const votes = [];
    for (let at = 0; at < packed.length; ) {
        const count = packed[at];
        at += 1;
        const end = count === BLANK ? at : at + 2 * count;
        if (end > packed.length) throw new Refusal("opening-form");
        const choices = [];
        for (; at < end; at += 2) choices.push(256 * packed[at] + packed[at + 1]);
        votes.push({ choices, blank: count === BLANK });
    }
    return votes;
}

async function checksum(body) {
    return (await hashToBytes(Uint8Array.from(body))).subarray(0, CHECKSUM);
}

function bigEndian(number, length) {
    return number.toString(16).padStart(2 * length, "0").match(/../g).map((byte) => parseInt(byte, 16));
}
