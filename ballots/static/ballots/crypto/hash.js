/** SHA-256 as the protocol uses it: of text in UTF-8 or of bytes; as exponent, hexadecimal or base64. */

import { bytesToInteger, modQ } from "./group.js";

const encoder = new TextEncoder();

/** The digest itself, 32 bytes. */
export async function hashToBytes(data) {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Challenge of a proof: the digest as a big-endian integer, mod Q. */
export async function hashToExponent(data) {
    return modQ(bytesToInteger(await hashToBytes(data)));
}

/** Lower-case hexadecimal: names of data on the board. */
export async function hashToHex(data) {
    return Array.from(await hashToBytes(data), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Standard base64 without padding, 43 characters: fingerprints, signatures, trackers. */
export async function hashToBase64(data) {
    return btoa(String.fromCharCode(...(await hashToBytes(data)))).replace(/=+$/, "");
}
