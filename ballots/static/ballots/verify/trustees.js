/**
 * Who holds the key: mandatory trustees ("Single") and groups of which a threshold is enough ("Pedersen",
 * specification 4.6.7), which may stand together.  Owners are numbered from 1 over all of them.
 */

import { P, isMember, power } from "../crypto/group.js";
import { Finding } from "./finding.js";
import { messageSignatureHolds, possessionHolds } from "./proofs.js";
import { CERTIFICATE, COMMITMENTS, TRUSTEES, decode, decodeText } from "./records.js";

const FEWEST = 2; // nobody opens the tally alone

/**
 * {keys, parties, publicKey, needed}: owner i has the public key `keys[i - 1]`; of the `members` of each party its
 * `threshold` must answer.  Checks every proof, signature and commitment; throws a Finding.
 */
export async function readTrustees(raw, pause = async () => {}) {
    const keys = [];
    const parties = [];
    let publicKey = 1n;
    for (const { key, group } of decode(raw, TRUSTEES)) {
        const first = keys.length + 1;
        const part = key === undefined ? await readGroup(group, pause) : await readSingle(key);
        keys.push(...part.keys);
        parties.push({ members: part.keys.map((_, i) => first + i), threshold: part.threshold });
        publicKey = (publicKey * part.publicKey) % P;
        await pause();
    }
    const needed = parties.reduce((sum, { threshold }) => sum + threshold, 0);
    if (needed < FEWEST) throw new Finding("trustees", "too-few-needed");
    if (new Set(keys).size < keys.length) throw new Finding("trustees", "same-key");
    return { keys, parties, publicKey, needed };
}

/** The members of a party whose shares are taken, the first that answered; null while there are too few. */
export function answering({ members, threshold }, answered) {
    const ready = members.filter((owner) => answered.has(owner));
    return ready.length < threshold ? null : ready.slice(0, threshold);
}

async function readSingle(key) {
    await checkPossession(key);
    return { keys: [key.public_key], threshold: 1, publicKey: BigInt(key.public_key) };
}

async function checkPossession(key) {
    const holds = key.public_key !== "1" && (await possessionHolds(key.public_key, key.pok));
    if (!holds) throw new Finding("trustee-proof");
}

async function readGroup({ threshold: least, certs, coefexps, verification_keys: listed }, pause) {
    const threshold = Number(least);
    const size = certs.length;
    if (threshold > size || coefexps.length !== size || listed.length !== size) {
        throw new Finding("trustees", "group-size");
    }
    const certificates = [];
    for (const [i, message] of certs.entries()) {
        certificates.push(await readCertificate(message, i + 1));
        await pause();
    }
    for (const field of ["verification", "encryption"]) {
        if (new Set(certificates.map((each) => each[field])).size < size) throw new Finding("trustees", "same-key");
    }
    const commitments = [];
    for (const [i, message] of coefexps.entries()) {
        commitments.push(await readCommitments(message, certificates[i], i + 1, threshold));
        await pause();
    }
    for (const [i, key] of listed.entries()) {
        const member = i + 1;
        const expected = product(commitments.map((each) => committed(each, member)));
        if (BigInt(key.public_key) !== expected) throw refusal(member, "key-and-commitments");
        await checkPossession(key);
        await pause();
    }
    const publicKey = product(commitments.map(([constant]) => constant));
    return { keys: listed.map((key) => key.public_key), threshold, publicKey };
}

async function readCertificate(message, member) {
    const certificate = readMessage(message, CERTIFICATE, member);
    const keys = [certificate.verification, certificate.encryption];
    if (keys.includes("1") || !keys.every((key) => isMember(BigInt(key)))) throw refusal(member, "key-outside");
    await checkSignature(certificate, message, member);
    return certificate;
}

async function readCommitments(message, certificate, member, threshold) {
    await checkSignature(certificate, message, member);
    const commitments = readMessage(message, COMMITMENTS, member).coefexps.map(BigInt);
    if (commitments.length !== threshold || !commitments.every(isMember)) throw refusal(member, "commitments");
    return commitments;
}

async function checkSignature({ verification }, message, member) {
    if (!(await messageSignatureHolds(verification, message))) throw refusal(member, "message-signature");
}

function readMessage({ message }, record, member) {
    try {
        return decodeText(message, record);
    } catch (error) {
        throw error instanceof Finding ? refusal(member, "message-form") : error;
    }
}

function refusal(member, what) {
    return new Finding("ceremony", what, { member });
}

/** g^f(member) from the commitments to the polynomial f. */
function committed(commitments, member) {
    return product(commitments.map((each, k) => power(each, BigInt(member) ** BigInt(k))));
}

function product(numbers) {
    return numbers.reduce((total, number) => (total * number) % P, 1n);
}
