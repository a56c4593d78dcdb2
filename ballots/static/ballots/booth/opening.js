/** Opening the prepared ballot instead of casting it, so that another device can see what is in it. */

import { packOpening } from "../crypto/opening.js";
import { Refusal } from "../crypto/refusal.js";
import { fetchBytes, post } from "../page/requests.js";
import { drawQr } from "../page/qr.js";
import { fillAll } from "../page/screens.js";

/** What the screen of the code says of a ballot: its tracker, and whether it can still be opened here. */
export function showPrepared(sealed) {
    fillAll("prepared-tracker", { tracker: sealed.tracker });
    // A page that was thrown away and came back has the ballot, but no longer what it was made from.
    const possible = sealed.seed !== undefined;
    for (const element of document.querySelectorAll("[data-open-possible]")) element.hidden = !possible;
    for (const element of document.querySelectorAll("[data-open-impossible]")) element.hidden = possible;
}

/**
 * Open a sealed ballot: the server notes that it can never be cast, and only then its code is shown.
 *
 * @param {{ballot: string, tracker: string, seed: Uint8Array, publicKey: string, proof: object, votes: object[]}} sealed
 * @param {{openedUrl: string, credentialsUrl: string, auditUrl: string}} addresses
 * @param {(occasion: string, seconds: number) => void} onWait
 */
export async function openSealed(sealed, { openedUrl, credentialsUrl, auditUrl }, onWait) {
    const listed = JSON.parse(new TextDecoder().decode(await fetchBytes(credentialsUrl, onWait)));
    const position = listed.findIndex((entry) => entry.split(",")[0] === sealed.publicKey);
    if (position < 0) throw new Refusal("opening-unlisted");
    await post(openedUrl, sealed.ballot, onWait);
    const { seed, proof, votes } = sealed;
    const link = new URL(auditUrl, location.href);
    link.hash = await packOpening({ position, seed, proof, votes });
    fillAll("opened-tracker", { tracker: sealed.tracker });
    for (const place of document.querySelectorAll("[data-audit-qr]")) drawQr(place, link.href, place.dataset.label);
    for (const place of document.querySelectorAll("a[data-audit-link]")) place.href = link.href;
}

/** The code says what was chosen: it goes when the voter goes on. */
export function forgetOpened() {
    for (const place of document.querySelectorAll("[data-audit-qr]")) place.replaceChildren();
    for (const place of document.querySelectorAll("a[data-audit-link]")) place.removeAttribute("href");
}
