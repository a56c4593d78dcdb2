/** Requests of the booth and the trustees' pages: they wait out a busy server and a broken line, with the same bytes. */

const BUSY = 503;
const BUSY_TRIES = 30;
const LINE_TRIES = 5;
const TIMEOUT = 60_000; // milliseconds

/** An answer that is a refusal; `detail` is the server's sentence for people, status 0 means no answer at all. */
export class Problem extends Error {
    constructor(status, detail = "") {
        super(`status ${status}`);
        this.name = "Problem";
        this.status = status;
        this.detail = detail;
    }
}

/**
 * POST text as JSON: {content, now}, where `now` is the server's clock in milliseconds.
 *
 * @param {string} url
 * @param {string} body
 * @param {(occasion: "busy" | "network", seconds: number) => void} onWait  before each wait and repeat
 */
export async function post(url, body, onWait) {
    const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
    const headers = { "content-type": "application/json", accept: "application/json", "x-csrftoken": token };
    const response = await patiently(url, { method: "POST", headers, body }, onWait);
    return { content: await readJson(response), now: Date.parse(response.headers.get("date")) || Date.now() };
}

/** GET bytes exactly as they are served. */
export async function fetchBytes(url, onWait) {
    const response = await patiently(url, {}, onWait);
    return new Uint8Array(await response.arrayBuffer());
}

async function patiently(url, options, onWait) {
    let busy = 0;
    let broken = 0;
    for (;;) {
        const response = await attempt(url, options);
        if (response?.ok) return response;
        if (response === null) {
            broken += 1;
            if (broken === LINE_TRIES) throw new Problem(0);
            await wait("network", 2 ** broken, onWait);
        } else if (response.status === BUSY && busy < BUSY_TRIES) {
            busy += 1;
            const asked = parseInt(response.headers.get("retry-after") ?? "", 10);
            await wait("busy", Math.min(Math.max(asked || 2, 1), 60), onWait);
        } else {
            throw new Problem(response.status, (await readJson(response))?.detail);
        }
    }
}

async function attempt(url, options) {
    try {
        const shared = { credentials: "same-origin", redirect: "error", cache: "no-store" };
        return await fetch(url, { ...shared, ...options, signal: AbortSignal.timeout(TIMEOUT) });
    } catch {
        return null; // no line, cut off, or too late: the same bytes may be sent again
    }
}

async function wait(occasion, seconds, onWait) {
    onWait(occasion, seconds);
    await new Promise((resume) => setTimeout(resume, 1000 * seconds));
}

async function readJson(response) {
    try {
        return await response.json();
    } catch {
        return null;
    }
}
