/**
 * Reads JSON in its one allowed form only: compact, fields in the order of the format and no others, optional fields
 * left out instead of empty, numbers and texts as one program would write them.
 *
 * A reader is a function of a `Cursor` that moves it past one value and returns that value.  Anything that would be
 * written otherwise (blanks, another order, a field twice, 007, 1.0, \u0041) is a Misformed.
 */

export class Misformed extends Error {}

const INTEGER = /0|-?[1-9][0-9]{0,4299}/y; // as long as the server's parser reads
const DECIMAL = /^(0|[1-9][0-9]*)$/;
const SURROGATE = /\p{Surrogate}/u;

class Cursor {
    constructor(text) {
        this.text = text;
        this.at = 0;
    }

    /** Whether exactly this comes next; then it is passed. */
    passes(literal) {
        if (!this.text.startsWith(literal, this.at)) return false;
        this.at += literal.length;
        return true;
    }

    expect(literal) {
        if (!this.passes(literal)) throw new Misformed(`${literal} expected at ${this.at}`);
    }
}

/** The value that `read` finds in UTF-8 bytes, which must hold nothing else; throws Misformed. */
export function readCanonical(bytes, read) {
    let text;
    try {
        text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        throw new Misformed("not UTF-8");
    }
    return readCanonicalText(text, read);
}

/** The same for text that was itself a value. */
export function readCanonicalText(text, read) {
    const cursor = new Cursor(text);
    const value = read(cursor);
    if (cursor.at !== text.length) throw new Misformed("something follows");
    return value;
}

/** Any text. */
export function text(cursor) {
    const { text: source, at } = cursor;
    let end = source.startsWith('"', at) ? source.indexOf('"', at + 1) : -1;
    while (end > 0 && isEscaped(source, end)) end = source.indexOf('"', end + 1);
    if (end < 0) throw new Misformed(`text expected at ${at}`);
    const written = source.slice(at, end + 1);
    const value = parse(written);
    if (SURROGATE.test(value) || JSON.stringify(value) !== written) throw new Misformed(`text at ${at}`);
    cursor.at = end + 1;
    return value;
}

function isEscaped(source, place) {
    let before = place;
    while (source[before - 1] === "\\") before -= 1;
    return (place - before) % 2 === 1;
}

function parse(written) {
    try {
        return JSON.parse(written);
    } catch {
        throw new Misformed("not a text");
    }
}

/** A text without anything to escape that fits a pattern; as long as `longest` at most. */
export function plain(pattern, longest = Infinity) {
    return (cursor) => {
        const start = cursor.at + 1;
        const end = cursor.text.startsWith('"', cursor.at) ? cursor.text.indexOf('"', start) : -1;
        const value = cursor.text.slice(start, end);
        if (end < 0 || value.length > longest || !pattern.test(value)) throw new Misformed(`at ${cursor.at}`);
        cursor.at = end + 1;
        return value;
    };
}

/** A number of any size written in decimal as a text. */
export function decimal(longest) {
    return plain(DECIMAL, longest);
}

/** A whole number written as a number, as a BigInt. */
export function integer(least = 0n, most = null) {
    return (cursor) => {
        INTEGER.lastIndex = cursor.at;
        const found = INTEGER.exec(cursor.text);
        if (found === null) throw new Misformed(`number expected at ${cursor.at}`);
        const value = BigInt(found[0]);
        if (value < least || (most !== null && value > most)) throw new Misformed(`number at ${cursor.at}`);
        cursor.at += found[0].length;
        return value;
    };
}

/** One of these literals, as they are written. */
export function oneOf(values) {
    return (cursor) => {
        const found = values.find((value) => cursor.passes(JSON.stringify(value)));
        if (found === undefined) throw new Misformed(`at ${cursor.at}`);
        return found;
    };
}

/** `ifText` where a text begins, else `otherwise`. */
export function textOr(ifText, otherwise) {
    return (cursor) => (cursor.text[cursor.at] === '"' ? ifText(cursor) : otherwise(cursor));
}

/** A list of any length from `least` to `most`. */
export function list(read, { least = 0, most = Infinity } = {}) {
    return (cursor) => {
        cursor.expect("[");
        const values = [];
        while (!cursor.passes("]")) {
            if (values.length > 0) cursor.expect(",");
            values.push(read(cursor));
            if (values.length > most) throw new Misformed("list too long");
        }
        if (values.length < least) throw new Misformed("list too short");
        return values;
    };
}

/** A list with one reader for each place. */
export function tuple(...reads) {
    return (cursor) => {
        const values = reads.map((read, place) => {
            cursor.expect(place === 0 ? "[" : ",");
            return read(cursor);
        });
        cursor.expect("]");
        return values;
    };
}

/** An object with these fields in this order; a field wrapped in `optional` may be missing and is then undefined. */
export function object(fields) {
    const entries = Object.entries(fields);
    return (cursor) => {
        cursor.expect("{");
        const value = {};
        let separator = "";
        for (const [name, read] of entries) {
            const opening = `${separator}"${name}":`;
            if (read.optional && !cursor.text.startsWith(opening, cursor.at)) continue;
            cursor.expect(opening);
            value[name] = read(cursor);
            separator = ",";
        }
        cursor.expect("}");
        return value;
    };
}

export function optional(read) {
    const reader = (cursor) => read(cursor);
    reader.optional = true;
    return reader;
}
