/** What a new key gives to the server: the record that others may see. */

import { hashToBase64, hashToHex } from "../crypto/hash.js";
import { makeCertificate } from "../crypto/threshold.js";
import { singleSecret } from "../crypto/trustee-seed.js";
import { makeTrusteeKey } from "../crypto/trustee.js";
import { post } from "../page/requests.js";
import { fillAll } from "../page/screens.js";
import { waiting } from "./work.js";

/** A function that makes the public record of a seed and hands it in; `kind` is single or group. */
export function handIn({ election, kind, sendUrl }) {
    return async (seed) => {
        const record = await recordOf(kind, seed, election);
        const text = JSON.stringify(record);
        await post(sendUrl, text, waiting);
        const hash = kind === "single" ? hashToBase64(record.public_key) : hashToHex(text);
        fillAll("record-hash", { hash: await hash });
    };
}

async function recordOf(kind, seed, election) {
    if (kind === "group") return makeCertificate(seed, election);
    return makeTrusteeKey(await singleSecret(seed, election));
}
