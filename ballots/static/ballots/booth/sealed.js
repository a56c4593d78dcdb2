/**
 * The encrypted ballot while it waits for its code.  It is kept for this tab, because a phone may throw the page away
 * while its owner looks at the message with the code.  Neither the choices nor the credential are ever kept.
 */

import { isOpen } from "./challenge.js";

const NAME = "yaksok-sealed-ballot";

/** Keep {castUrl, ballot, tracker, challenge}. */
export function keepSealed(sealed) {
    try {
        sessionStorage.setItem(NAME, JSON.stringify(sealed));
    } catch {
        // Storage is full or forbidden: the page in memory is enough as long as it lives.
    }
}

/** What was kept for this booth and is still good, or null. */
export function keptSealed(castUrl) {
    try {
        const sealed = JSON.parse(sessionStorage.getItem(NAME));
        return sealed?.castUrl === castUrl && isOpen(sealed.challenge) ? sealed : null;
    } catch {
        return null;
    }
}

export function forgetSealed() {
    try {
        sessionStorage.removeItem(NAME);
    } catch {
        // Nothing can have been kept either.
    }
}
