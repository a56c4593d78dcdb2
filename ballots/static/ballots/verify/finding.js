/** What was found wrong on a board: a code for programs, a word for what exactly, and where. */
export class Finding extends Error {
    /**
     * @param {string} code  one of the codes of the server's verifier (`Reason`)
     * @param {string} [what]  a word for the particular case; the page has a sentence for it
     * @param {{record?: number, height?: number}} [where]  record from 1, the header; event from 0
     */
    constructor(code, what = "", where = {}) {
        super(what === "" ? code : `${code}: ${what}`);
        this.name = "Finding";
        this.code = code;
        this.what = what;
        this.where = where;
    }

    /** The same, at a place on the board. */
    at(where) {
        return new Finding(this.code, this.what, { ...this.where, ...where });
    }
}

/** The value of `attempt`, or the Finding it ended in; any other error is a fault of this program and goes on. */
export async function findingOf(attempt) {
    try {
        await attempt();
    } catch (error) {
        if (error instanceof Finding) return error;
        throw error;
    }
    return null;
}
