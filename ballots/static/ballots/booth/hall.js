/**
 * An assisted booth: a tablet in a hall where one person after the other votes with a link of their own.
 *
 * Its token says only where a ballot was cast.  It comes in the fragment of the address and is kept for this tab; what
 * a person did is forgotten when the next one starts, or when nobody has touched the tablet for two minutes.
 */

import { post } from "../page/requests.js";
import { fillAll } from "../page/screens.js";
import { clock, countdown } from "./countdown.js";

const NAME = "yaksok-booth-token";
const FRAGMENT = /^#booth=([\w-]{1,60})$/;
const IDLE = 120_000; // milliseconds
const WARNED = 30_000; // milliseconds before that

/** The token of this tablet's booth, or null; one in the address is kept and taken out of it. */
export function takeToken() {
    const given = FRAGMENT.exec(location.hash)?.[1] ?? null;
    if (given !== null) history.replaceState(null, "", location.pathname + location.search);
    try {
        if (given !== null) sessionStorage.setItem(NAME, given);
        return sessionStorage.getItem(NAME);
    } catch {
        return given; // storage is forbidden: it is known as long as this page lives
    }
}

/** Show where the booth stands; without an answer it stays unsaid, and a refusal ends the booth. */
export async function showPlace(url, token, onWait) {
    const { content } = await post(url, JSON.stringify({ token }), onWait);
    fillAll("hall", { place: content.place });
    for (const element of document.querySelectorAll("[data-hall]")) element.hidden = false;
}

export function forgetToken() {
    try {
        sessionStorage.removeItem(NAME);
    } catch {
        // Nothing can have been kept either.
    }
}

/**
 * Call `onIdle` when nobody has touched the tablet for two minutes; half a minute before, `dialog[data-idle]` asks, and
 * its button `[data-stay]` gives all the time back.  `isBusy` tells whether there is anything to forget.
 */
export function watchIdle({ isBusy, onIdle }) {
    const dialog = document.querySelector("dialog[data-idle]");
    let timer = null;
    let stop = () => {};

    const warn = () => {
        if (!isBusy()) return start();
        dialog.showModal();
        const last = Date.now() + WARNED;
        stop = countdown(last, (left) => {
            fillAll("idle-left", { time: clock(left) });
            if (left === 0) onIdle();
        });
        return undefined;
    };

    function start() {
        clearTimeout(timer);
        stop();
        if (dialog.open) dialog.close();
        timer = setTimeout(warn, IDLE - WARNED);
    }

    const touched = () => {
        if (!dialog.open) start(); // closed by a touch of anything, it would let the same touch through to the page
    };
    for (const sign of ["pointerdown", "keydown", "input", "scroll"]) {
        addEventListener(sign, touched, { capture: true, passive: true });
    }
    dialog.querySelector("[data-stay]").addEventListener("click", start);
    dialog.addEventListener("cancel", start);
    start();
}
