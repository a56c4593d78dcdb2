/** The records of the board: the fields of each in the order of the format, nothing else let in. */

import {
    Misformed,
    decimal,
    integer,
    list,
    object,
    oneOf,
    optional,
    plain,
    readCanonical,
    readCanonicalText,
    text,
    textOr,
    tuple,
} from "./canonical.js";
import { Finding } from "./finding.js";

/** "Weights and counts: a number up to 2^30 - 1, a decimal string above." */
const LARGEST_NUMBER = 1073741823n;

const element = decimal(617);
const exponent = decimal(78);
const hex = plain(/^[0-9a-f]{64}$/);
const digest = plain(/^[A-Za-z0-9+/]{43}$/);
const uuid = plain(/^[1-9A-HJ-NP-Za-km-z]{14,64}$/);
const count = textOr(decimal(30), integer(0n, LARGEST_NUMBER));
const small = integer(0n, 1000n);

const proof = object({ challenge: exponent, response: exponent });
const ciphertext = object({ alpha: element, beta: element });
const question = object({
    answers: list(text),
    blank: optional(oneOf([true])),
    min: small,
    max: small,
    question: text,
});
const answer = object({
    choices: list(ciphertext),
    individual_proofs: list(tuple(proof, proof)),
    overall_proof: list(proof),
    blank_proof: optional(tuple(proof, proof)),
});
const trusteeKey = object({ pok: proof, public_key: element, name: optional(text) });
const signedMessage = object({ message: text, signature: proof });
const thresholdGroup = object({
    threshold: integer(2n, 100n), // where one suffices, all hold the same key
    certs: list(signedMessage),
    coefexps: list(signedMessage),
    verification_keys: list(trusteeKey),
});

/** A trustee list's entry: a key alone, or a group of which a threshold is enough. */
function trustee(cursor) {
    if (cursor.passes('["Pedersen",')) {
        const group = thresholdGroup(cursor);
        cursor.expect("]");
        return { group };
    }
    cursor.expect('["Single",');
    const key = trusteeKey(cursor);
    cursor.expect("]");
    return { key };
}

/** Name (a word, for which the page has a name) and reader of every record. */
export const HEADER = ["header", object({ version: oneOf([1]), timestamp: decimal(10) })];
export const EVENT = [
    "event",
    object({
        parent: optional(hex),
        height: integer(),
        type: oneOf(["Setup", "Ballot", "EndBallots", "EncryptedTally", "PartialDecryption", "Result"]),
        payload: optional(hex),
    }),
];
export const ELECTION = [
    "election",
    object({
        version: oneOf([1]),
        description: text,
        name: text,
        group: oneOf(["BELENIOS-2048"]),
        public_key: element,
        questions: list(question, { least: 1, most: 200 }),
        uuid,
        administrator: optional(text),
        credential_authority: optional(text),
    }),
];
export const TRUSTEES = ["trustees", list(trustee)];
export const CERTIFICATE = ["certificate", object({ verification: element, encryption: element })];
export const COMMITMENTS = ["commitments", object({ coefexps: list(element) })];
export const CREDENTIALS = ["credentials", list(text)];
export const SETUP = ["setup", object({ election: hex, trustees: hex, credentials: hex })];
export const BALLOT = [
    "ballot",
    object({
        election_uuid: uuid,
        election_hash: digest,
        credential: element,
        answers: list(answer),
        signature: object({ hash: digest, proof }),
    }),
];
export const TALLY = ["tally", list(list(ciphertext))];
export const SIZED = ["sized", object({ num_tallied: integer(), total_weight: count, encrypted_tally: hex })];
export const OWNED = ["owned", object({ owner: integer(1n), payload: hex })];
export const SHARE = [
    "share",
    object({ decryption_factors: list(list(element)), decryption_proofs: list(list(proof)) }),
];
export const RESULT = ["result", object({ result: list(list(count)) })];

/** What a record's bytes say; throws a Finding unless they are exactly what one would write for it. */
export function decode(bytes, [name, read]) {
    return found(name, () => readCanonical(bytes, read));
}

/** The same for a record that is the text of another. */
export function decodeText(written, [name, read]) {
    return found(name, () => readCanonicalText(written, read));
}

function found(name, reading) {
    try {
        return reading();
    } catch (error) {
        if (error instanceof Misformed) throw new Finding("not-canonical", name);
        throw error;
    }
}

/** A weight or total as the format writes it: the number, or above 2^30 - 1 a text. */
export function written(number) {
    return number <= LARGEST_NUMBER ? String(number) : `"${number}"`;
}

/** The number of a total, refused when a small one is written as a text. */
export function numberOf(total) {
    if (typeof total === "string" && BigInt(total) <= LARGEST_NUMBER) throw new Finding("not-canonical", "result");
    return BigInt(total);
}
