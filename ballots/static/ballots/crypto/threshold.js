/**
 * A key of which any `threshold` of n trustees suffice, made by the n together, nobody trusting anybody.
 *
 * Three steps, each a signed record: a certificate of the keys a member signs and receives with; a dealing, the member's
 * secret polynomial as commitments for all and one sealed share for each; a confirmation, the member's own key with what
 * it was computed from, or a complaint that names whose share does not fit.  Members are numbered from 1.  Records are
 * plain objects whose `JSON.stringify` is exactly what was sent, for fields keep their order.
 */

import { G, P, Q, isMember, parseDecimal, power } from "./group.js";
import { hashToHex } from "./hash.js";
import { Refusal } from "./refusal.js";
import { isSignedBy, sealShare, signMessage, unsealShare } from "./sealing.js";
import { coefficients, receivingSecret, signingSecret } from "./trustee-seed.js";
import { makeTrusteeKey } from "./trustee.js";

const readLists = new WeakMap(); // from a list of certificates to the promise of their keys

/** A record that must stop the ceremony: `member` says whose; reason "ceremony" or "wrong-share". */
export class Fault extends Refusal {
    constructor(reason, member) {
        super(reason);
        this.member = member;
    }
}

/** Step 1: the keys for signing and for receiving, signed with the first. */
export async function makeCertificate(seed, uuid) {
    const sign = await signingSecret(seed, uuid);
    const receive = await receivingSecret(seed, uuid);
    const keys = { verification: String(power(G, sign)), encryption: String(power(G, receive)) };
    return signMessage(sign, JSON.stringify(keys));
}

/** {verification, encryption} of a certificate whose signature holds. */
export async function readCertificate(certificate, member = 0) {
    const keys = parsed(certificate?.message, member);
    const [verification, encryption] = [parseDecimal(keys.verification), parseDecimal(keys.encryption)];
    const sound =
        isKey(verification) && isKey(encryption) && Object.keys(keys).length === 2 && (await isSignedBy(verification, certificate));
    if (!sound) throw new Fault("ceremony", member);
    return { verification, encryption };
}

/** The number of the member whose seed this is; throws Refusal("key-file-mismatch") when it is nobody's here. */
export async function memberOf(seed, uuid, certificates) {
    const own = String(power(G, await signingSecret(seed, uuid)));
    const place = certificates.findIndex(({ message }) => JSON.parse(message).verification === own);
    if (place < 0) throw new Refusal("key-file-mismatch");
    return place + 1;
}

/** What names the group: hash of all its certificates in order. */
export const contextOf = (certificates) => hashToHex(JSON.stringify(certificates));

/** Step 2: commitments to the member's polynomial, and its value at every member's number, sealed for that member. */
export async function makeDealing(seed, uuid, certificates, threshold) {
    const keys = await readAll(certificates);
    const member = await memberOf(seed, uuid, certificates);
    const context = await contextOf(certificates);
    const sign = await signingSecret(seed, uuid);
    const polynomial = await coefficients(seed, context, threshold);
    const shares = [];
    for (const [place, { encryption }] of keys.entries()) {
        const recipient = place + 1;
        const share = valueAt(polynomial, recipient);
        shares.push(await sealShare(share, encryption, placeOf(uuid, context, member, recipient)));
    }
    const commitments = polynomial.map((coefficient) => String(power(G, coefficient)));
    return {
        coefexps: await signMessage(sign, JSON.stringify({ coefexps: commitments })),
        shares: await signMessage(sign, JSON.stringify({ context, shares })),
    };
}

/** {commitments, shares} of a member's dealing, after everything in it that can be checked without a secret. */
export async function readDealing(dealing, { member, certificates, threshold }) {
    const keys = await readAll(certificates);
    const { verification } = keys[member - 1];
    const fault = new Fault("ceremony", member);
    for (const part of [dealing?.coefexps, dealing?.shares]) {
        if (!part || !(await isSignedBy(verification, part))) throw fault;
    }
    const commitments = (parsed(dealing.coefexps.message, member).coefexps ?? []).map(parseDecimal);
    const { context, shares } = parsed(dealing.shares.message, member);
    const sound =
        commitments.length === threshold &&
        commitments.every((commitment) => commitment !== null && isMember(commitment)) &&
        context === (await contextOf(certificates)) &&
        shares?.length === keys.length &&
        keys.every(({ encryption }, place) => shares[place].recipient === String(encryption));
    if (!sound) throw fault;
    return { commitments, shares };
}

/**
 * The member's secret key: the sum of the shares dealt to it, each checked against its dealer's commitments.
 * Throws Fault("wrong-share"), which names the dealer.
 */
export async function receive(seed, uuid, certificates, dealings, threshold) {
    const member = await memberOf(seed, uuid, certificates);
    const context = await contextOf(certificates);
    const opening = await receivingSecret(seed, uuid);
    let secret = 0n;
    for (const [place, dealing] of dealings.entries()) {
        const dealer = place + 1;
        const { commitments, shares } = await readDealing(dealing, { member: dealer, certificates, threshold });
        const share = await unsealShare(shares[member - 1], opening, placeOf(uuid, context, dealer, member));
        if (share === null || power(G, share) !== committedAt(commitments, member)) {
            throw new Fault("wrong-share", dealer);
        }
        secret = (secret + share) % Q;
    }
    return secret;
}

/** The public key that the commitments of all give a member. */
export async function verificationKey(member, certificates, dealings, threshold) {
    let key = 1n;
    for (const [place, dealing] of dealings.entries()) {
        const { commitments } = await readDealing(dealing, { member: place + 1, certificates, threshold });
        key = (key * committedAt(commitments, member)) % P;
    }
    return key;
}

/** Step 3: the member's public key, proven, and a signed word on the dealings it was computed from. */
export async function makeConfirmation(seed, uuid, certificates, dealings, threshold) {
    const key = await makeTrusteeKey(await receive(seed, uuid, certificates, dealings, threshold));
    const word = { context: await contextOf(certificates), transcript: await hashToHex(JSON.stringify(dealings)) };
    return { key, transcript: await signMessage(await signingSecret(seed, uuid), JSON.stringify(word)) };
}

/** Instead of step 3: a signed word that the share received from one member does not fit. */
export async function makeComplaint(seed, uuid, certificates, against) {
    const word = { context: await contextOf(certificates), against };
    return signMessage(await signingSecret(seed, uuid), JSON.stringify(word));
}

/** The polynomial's value, in exponents. */
function valueAt(polynomial, x) {
    return polynomial.reduceRight((value, coefficient) => (value * BigInt(x) + coefficient) % Q, 0n);
}

/** The same value in the exponent, from the commitments. */
function committedAt(commitments, x) {
    return commitments.reduceRight((value, commitment) => (power(value, BigInt(x)) * commitment) % P, 1n);
}

function placeOf(uuid, context, from, to) {
    return `${uuid}|${context}|${from}|${to}`;
}

/** The members' keys; each list is read once, for every dealing asks for it again. */
function readAll(certificates) {
    if (!readLists.has(certificates)) {
        const keys = certificates.map((certificate, place) => readCertificate(certificate, place + 1));
        readLists.set(certificates, Promise.all(keys));
    }
    return readLists.get(certificates);
}

function isKey(element) {
    return element !== null && element !== 1n && isMember(element);
}

function parsed(text, member) {
    try {
        const content = JSON.parse(text);
        if (typeof content === "object" && content !== null) return content;
    } catch {
        // Falls through: no JSON.
    }
    throw new Fault("ceremony", member);
}
