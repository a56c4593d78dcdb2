/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) of short texts, computed here and at once: a ballot asks for hundreds of them, and
 * WebCrypto answers each in its own time, which on a busy machine is longer than all the arithmetic.
 */

const BLOCK = 64;

const START = Uint32Array.of(
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

const ROUNDS = Uint32Array.of(
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

const encoder = new TextEncoder();

/** A function text -> 32 bytes under a key of at most 64 bytes. */
export function hmacSha256(key) {
    const inner = compressed(START, keyBlock(key, 0x36), 0);
    const outer = compressed(START, keyBlock(key, 0x5c), 0);
    return (text) => finished(outer, finished(inner, encoder.encode(text)));
}

function keyBlock(key, pad) {
    const block = new Uint8Array(BLOCK).fill(pad);
    key.forEach((byte, i) => (block[i] ^= byte));
    return block;
}

/** The digest of a message that follows one block already taken in. */
function finished(state, message) {
    const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
    padded.set(message);
    padded[message.length] = 0x80;
    new DataView(padded.buffer).setUint32(padded.length - 4, 8 * (BLOCK + message.length));
    let digest = state;
    for (let at = 0; at < padded.length; at += BLOCK) digest = compressed(digest, padded, at);
    const bytes = new DataView(new ArrayBuffer(32));
    digest.forEach((word, i) => bytes.setUint32(4 * i, word));
    return new Uint8Array(bytes.buffer);
}

/** The state after one more block (FIPS 180-4, 6.2.2). */
function compressed(state, bytes, at) {
    const view = new DataView(bytes.buffer, at, BLOCK);
    const w = new Uint32Array(64);
    for (let t = 0; t < 16; t += 1) w[t] = view.getUint32(4 * t);
    for (let t = 16; t < 64; t += 1) {
        const s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ (w[t - 15] >>> 3);
        const s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ (w[t - 2] >>> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t += 1) {
        const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[t] + w[t]) | 0;
        const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    return Uint32Array.from([a, b, c, d, e, f, g, h], (word, i) => word + state[i]);
}

function turned(word, bits) {
    return (word >>> bits) | (word << (32 - bits));
}
