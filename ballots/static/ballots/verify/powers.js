/** Fast powers: tables for the bases used everywhere, shared squarings for the bases used a few times. */

import { P, Q } from "../crypto/group.js";

const EXPONENT_BITS = 256;
const WINDOW = 4;

/**
 * A function exponent -> base^exponent for exponents in [0, Q), from a table of base^(digit * 2^(window * i)):
 * 256/window products a power.  A table of window 10 has 26 000 numbers and pays for itself after a thousand powers.
 */
export function powerTable(base, window) {
    const rows = [];
    let step = base;
    for (let bit = 0; bit < EXPONENT_BITS; bit += window) {
        const row = [1n, step];
        for (let digit = 2; digit < 1 << window; digit += 1) row.push((row[digit - 1] * step) % P);
        rows.push(row);
        step = (row.at(-1) * step) % P;
    }
    return (exponent) => {
        const bits = exponent.toString(2);
        let result = 1n;
        for (let i = 0, end = bits.length; end > 0; i += 1, end -= window) {
            const digit = parseInt(bits.slice(Math.max(0, end - window), end), 2);
            if (digit !== 0) result = (result * rows[i][digit]) % P;
        }
        return result;
    };
}

/** The window whose tables of two bases cost least for so many choices to check. */
export function windowFor(choices) {
    if (choices < 130) return 5;
    return choices < 1200 ? 8 : 10;
}

/** x, x^2, x^4, ..., x^(2^255): squared once, used for every exponent of x. */
export function squares(x) {
    const all = [x];
    for (let bit = 1; bit < EXPONENT_BITS; bit += 1) all.push((all[bit - 1] * all[bit - 1]) % P);
    return all;
}

/**
 * An exponent cut into odd four-bit digits from the right (Yao 1976; sliding window): for each digit from 15 down to 1
 * the bits at which it stands.
 */
export function plan(exponent) {
    const bits = exponent.toString(2);
    const places = Array.from({ length: 1 << (WINDOW - 1) }, () => []);
    let bit = 0;
    while (bit < bits.length) {
        const end = bits.length - bit;
        if (bits[end - 1] === "0") {
            bit += 1;
            continue;
        }
        const digit = parseInt(bits.slice(Math.max(0, end - WINDOW), end), 2);
        places[digit >> 1].push(bit);
        bit += WINDOW;
    }
    return places.reverse();
}

/**
 * x^e from the squares of x and the plan of e.
 * With s_d the product of the buckets of all digits >= d: x^e = s_1 * (s_3 s_5 ... s_15)^2.
 */
export function raised(powers, digits) {
    let bucket = 1n;
    let product = 1n;
    const last = digits.length - 1;
    for (let i = 0; i < last; i += 1) {
        for (const bit of digits[i]) bucket = (bucket * powers[bit]) % P;
        product = (product * bucket) % P;
    }
    for (const bit of digits[last]) bucket = (bucket * powers[bit]) % P;
    return (((product * product) % P) * bucket) % P;
}

export const MEMBERSHIP = plan(Q);
