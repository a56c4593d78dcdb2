/** The verdict while it is being written: what was checked, what is wrong and where, what is not there yet. */
export class Report {
    constructor(onCheck = () => {}) {
        this.onCheck = onCheck;
        this.verdict = {
            ok: true,
            name: "",
            uuid: "",
            fingerprint: "",
            description: "",
            questions: [],
            credentials: 0,
            weights: new Map(), // by public credential
            ballots: 0,
            voters: 0,
            totalWeight: 0n,
            trackers: [], // {tracker, height, counts}
            result: null, // BigInt totals per question and option, the blank count first
            checks: [], // {name, ok, values}
            problems: [], // {code, what, record?, height?, member?, tracker?}
            pending: [], // words: end, tally, decryptions, result
        };
    }

    /** One thing that was checked, under a fixed name. */
    check(name, ok, values = {}) {
        this.verdict.ok &&= ok;
        this.verdict.checks.push({ name, ok, values });
        this.onCheck(this.verdict.checks.at(-1));
    }

    /** One thing that is wrong. */
    problem({ code, what, where }, more = {}) {
        this.verdict.ok = false;
        this.verdict.problems.push({ code, what, ...where, ...more });
    }

    pending(step) {
        this.verdict.pending.push(step);
    }

    note(facts) {
        Object.assign(this.verdict, facts);
    }
}
