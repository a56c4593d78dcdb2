/** The one error of these modules: a reason in one word, which the page turns into a sentence. */

export class Refusal extends Error {
    /**
     * @param {string} reason  randomness | credential-length | credential-character | credential-check | election |
     *     election-differs | choices | opening-form | opening-differs |
     *     opening-unlisted | key-file | key-file-missing | key-file-election | key-file-mismatch | tally |
     *     board | board-late
     */
    constructor(reason) {
        super(reason);
        this.name = "Refusal";
        this.reason = reason;
    }
}
