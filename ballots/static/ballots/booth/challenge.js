/** The server's promise to accept a ballot once the code it has sent is typed in. */

const SHOWN = 300_000; // the page says five minutes; the server waits a little longer, so that nobody is cut off

const TRIES = 5; // as many wrong codes end a challenge

/**
 * {id, sentTo, expires, shownUntil, resendFrom, failures} of the server's answer: times by this device's clock, in milliseconds,
 * reckoned from the server's own `now`, since phones' clocks are wrong.
 */
export function readChallenge({ content, now }, previous = {}) {
    const lasts = Date.parse(content.expires_at) - now;
    return {
        id: content.challenge ?? previous.id,
        sentTo: content.sent_to ?? previous.sentTo,
        expires: Date.now() + lasts,
        shownUntil: Date.now() + Math.min(lasts, SHOWN),
        resendFrom: Date.now() + 1000 * content.resend_after,
        failures: previous.failures ?? 0,
    };
}

/** Is there one that a code can still be typed for? */
export function isOpen(challenge) {
    return challenge !== null && challenge.expires > Date.now() && challenge.failures < TRIES;
}

/** Note a refused code: 404 and 410 say that the challenge is gone, anything else may have been a slip. */
export function noteRefusal(challenge, status) {
    challenge.failures = [404, 410].includes(status) ? TRIES : challenge.failures + 1;
}
