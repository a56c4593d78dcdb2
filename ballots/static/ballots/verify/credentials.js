/** The public list of who may vote: one key and weight each, no two alike. */

import { P } from "../crypto/group.js";
import { Finding } from "./finding.js";
import { CREDENTIALS, decode } from "./records.js";

const ENTRY = /^(0|[1-9][0-9]{0,616})(?:,([1-9][0-9]{0,11}))?$/;

/** Weight (a BigInt) by public credential, in the list's order; whether each lies in the group is checked apart. */
export function readCredentials(raw) {
    const weights = new Map();
    for (const entry of decode(raw, CREDENTIALS)) {
        const [, credential, weight = "1"] = ENTRY.exec(entry) ?? [];
        if (credential === undefined || BigInt(credential) <= 1n || BigInt(credential) >= P) {
            throw new Finding("credential-list", "credential-form");
        }
        if (weights.has(credential)) throw new Finding("credential-list", "credential-twice");
        weights.set(credential, BigInt(weight));
    }
    return weights;
}
