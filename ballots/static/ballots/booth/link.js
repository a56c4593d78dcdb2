/** The personal link: its credential comes in the fragment of the address, which browsers send to no server. */

import { normaliseCredential } from "../crypto/credentials.js";

const SHORTEST = 10;

/**
 * Take the credential out of the address: {credential, damaged}.  Without one it is null; `damaged` says that there was
 * something that cannot be one, as of a link cut short.
 */
export function takeCredential() {
    const fragment = location.hash.slice(1);
    if (fragment.length < SHORTEST) return { credential: null, damaged: false }; // nothing, or the skip link's
    history.replaceState(null, "", location.pathname + location.search);
    try {
        return { credential: normaliseCredential(decodeURIComponent(fragment)), damaged: false };
    } catch {
        return { credential: null, damaged: true };
    }
}
