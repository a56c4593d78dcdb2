/**
 * The group BELENIOS-2048 (Belenios 2.0 specification, 5.1): powers, tables for a fixed base, random exponents.
 *
 * Elements are BigInt in [0, P), exponents BigInt in [0, Q).
 */

import { Refusal } from "./refusal.js";

export const GROUP = "BELENIOS-2048";

export const P = BigInt(
    "206947856914225464010136436575050080649229892957511040971008847870573742192427174019222372544976" +
    "843381290666331380789584049600543896362897963930387739057228036059737494276713767776188985898727" +
    "358650490811670993105358677809800307904916540637771737641986785272734744763418356000356983051931" +
    "442845617019110007867373073335641239717328979132404745788344682606523279746479511376726586935821" +
    "800463179220736688600526271863633860887968821207694323661494910029234443463732221458841005864210" +
    "502421203654335612013204811188524087310770141516662001623131771693721892480785077118278423174980" +
    "73276598828825169183103125680162072880719",
);

/** Generates the subgroup of prime order Q. */
export const G = BigInt(
    "240235267750185220922768770353239993271228765737836491651007531878766327414635321932028567615526" +
    "967879969466829874938909508389657342560190060106847716449173547413728310461045868131451178164675" +
    "540052740288984613986453266121505579709716201616827031288643245666383486363578210615491841998253" +
    "431518974065818686865115135857641013888221539601604322884360393098933366277284840659313840601023" +
    "167509576377798266510360682240663507669776402534625377308513317349519424896775405257365904949247" +
    "763147599157519877517771148149092045660020547812705472823814097251863985833411570056835369555342" +
    "3781475582491896050296680037745308460627",
);

/** Order of the subgroup, 256 bits. */
export const Q = BigInt("78571733251071885079927659812671450121821421258408794611510081919805623223441");

const EXPONENT_BITS = 256;
const SEED_BYTES = 48; // 128 bits more than Q, so that the remainder is uniform to within 2^-128

/** Remainder in [0, Q), also of negative numbers. */
export function modQ(value) {
    const rest = value % Q;
    return rest < 0n ? rest + Q : rest;
}

/** base^exponent mod P for any base: windows of four bits from the left. */
export function power(base, exponent) {
    const digits = exponent.toString(16);
    const table = [1n, base];
    for (let digit = 2; digit < 16; digit += 1) table.push((table[digit - 1] * base) % P);
    let result = table[parseInt(digits[0], 16)];
    for (let i = 1; i < digits.length; i += 1) {
        for (let square = 0; square < 4; square += 1) result = (result * result) % P;
        const digit = parseInt(digits[i], 16);
        if (digit !== 0) result = (result * table[digit]) % P;
    }
    return result;
}

/**
 * A function exponent -> base^exponent for exponents in [0, Q), after building a table of
 * base^(digit * 2^(window * i)): no squaring is left to do, one multiplication per digit.
 * The window is at most 5 bits, for then a digit is a character of the exponent written in that radix.
 */
export function fixedBase(base, window = 5) {
    const radix = 1 << window;
    const rows = [];
    let step = base;
    for (let bit = 0; bit < EXPONENT_BITS; bit += window) {
        const row = [1n, step];
        for (let digit = 2; digit < radix; digit += 1) row.push((row[digit - 1] * step) % P);
        step = (row[radix - 1] * step) % P;
        rows.push(row);
    }
    return (exponent) => {
        const digits = exponent.toString(radix);
        let result = 1n;
        for (let i = 0; i < digits.length; i += 1) {
            const digit = parseInt(digits[digits.length - 1 - i], radix);
            if (digit !== 0) result = (result * rows[i][digit]) % P;
        }
        return result;
    };
}

/** The inverse of a group element. */
export function inverse(element) {
    return power(element, Q - 1n);
}

/** Is it in the subgroup of order Q?  Elements of order 2 and 3 exist outside it and would betray a key. */
export function isMember(element) {
    return element > 0n && element < P && power(element, Q) === 1n;
}

/** The number a canonical decimal string stands for (no sign, no leading zero), or null. */
export function parseDecimal(text) {
    return typeof text === "string" && text.length <= 620 && /^(0|[1-9][0-9]*)$/.test(text) ? BigInt(text) : null;
}

/** A secret exponent, uniform mod Q.  Fails closed: without working randomness there is no ballot. */
export function randomExponent() {
    const seed = new Uint8Array(SEED_BYTES);
    try {
        crypto.getRandomValues(seed);
    } catch {
        throw new Refusal("randomness");
    }
    if (seed.every((byte) => byte === seed[0])) throw new Refusal("randomness");
    return modQ(bytesToInteger(seed));
}

/** Big-endian bytes as an integer. */
export function bytesToInteger(bytes) {
    return BigInt("0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
}
