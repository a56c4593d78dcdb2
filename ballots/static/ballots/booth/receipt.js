/**
 * The end: the tracker as text, as a QR code of the board's link and as a file, and whether the ballot is on the board.
 * Nothing here knows what was chosen.
 */

import { fetchBytes } from "../page/requests.js";
import { drawQr } from "../page/qr.js";
import { fillAll, sentence } from "../page/screens.js";

const GRACE = 600_000; // milliseconds after the planned close until a missing ballot is an alarm

let receipt = null; // {tracker, link, until, batch, ahead, seen}

/**
 * @param {{tracker: string, recordedUntil: string | null, batch: number, now: number}} casting  `now` is the server's
 *     clock, since phones' clocks are wrong
 */
export function showReceipt({ tracker, recordedUntil, batch, now }) {
    for (const link of document.querySelectorAll("a[data-board-link]")) {
        link.search = new URLSearchParams({ q: tracker });
        link.hash = "mine";
    }
    const link = document.querySelector("a[data-board-link]")?.href ?? location.href;
    const until = recordedUntil === null ? null : Date.parse(recordedUntil);
    receipt = { tracker, link, until, ahead: now - Date.now(), seen: false };
    for (const element of document.querySelectorAll("[data-recorded-until]")) element.hidden = until === null;
    for (const element of document.querySelectorAll("[data-recorded-close]")) element.hidden = until !== null;
    if (until !== null) fillAll("recorded-until", { time: written(until) });
    fillAll("batch", { batch });
    for (const place of document.querySelectorAll("[data-board-qr]")) drawQr(place, link, place.dataset.label);
    say(null);
}

/** Look for the tracker in the board's list: the comparison is made here, and the server is not told what for. */
export async function checkBoard(url, onWait) {
    const text = new TextDecoder().decode(await fetchBytes(url, onWait));
    const place = text.split("\n").indexOf(receipt.tracker) + 1;
    const missing = receipt.seen || (receipt.until !== null && Date.now() + receipt.ahead > receipt.until + GRACE);
    receipt.seen ||= place > 0;
    fillAll("board-place", { place });
    say(place > 0 ? "there" : missing ? "missing" : "waiting");
}

/** The receipt as a text file. */
export function saveReceipt(name) {
    const { tracker, link } = receipt;
    const file = new Blob([`${sentence("receipt", { tracker, link })}\n`], { type: "text/plain;charset=utf-8" });
    const address = URL.createObjectURL(file);
    const download = document.createElement("a");
    download.href = address;
    download.download = name;
    download.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function say(state) {
    for (const element of document.querySelectorAll("[data-board-state]")) {
        element.hidden = element.dataset.boardState !== state;
    }
}

function written(time) {
    const format = { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Seoul" };
    return new Intl.DateTimeFormat(document.documentElement.lang, format).format(new Date(time));
}
