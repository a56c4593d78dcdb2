/** Opening one's own key: the file with its passphrase, or the characters typed from paper. */

import { power, G } from "../crypto/group.js";
import { readKeyFile } from "../crypto/key-file.js";
import { Refusal } from "../crypto/refusal.js";
import { normaliseSeed, signingSecret, singleSecret } from "../crypto/trustee-seed.js";

/**
 * The seed, after checking that it belongs to the key that was handed in.
 *
 * @param {HTMLFormElement} form  with the fields key (file), phrase and seed
 * @param {object} own
 * @param {string} own.election  its uuid
 * @param {string} own.ownKey  of a mandatory trustee the public key, of a member the key it signs with
 * @param {string} own.kind  single or group
 */
export async function openKey(form, { election, ownKey, kind }) {
    const { key, phrase, seed: typed } = form.elements;
    const seed = typed.value.trim() === "" ? await fromFile(key, phrase, election) : normaliseSeed(typed.value);
    const secret = await (kind === "single" ? singleSecret : signingSecret)(seed, election);
    if (String(power(G, secret)) !== ownKey) throw new Refusal("key-file-mismatch");
    return seed;
}

async function fromFile(key, phrase, election) {
    const [file] = key.files;
    if (file === undefined) throw new Refusal("key-file-missing");
    return readKeyFile(await file.text(), { election, passphrase: phrase.value });
}
