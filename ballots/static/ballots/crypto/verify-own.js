/** What a voter can check alone: that a ballot on the board is the one this booth made. */

import { hashToBase64 } from "./hash.js";

/** The tracker of a ballot, from its text or its bytes as they stand on the board. */
export function trackerOf(ballot) {
    return hashToBase64(ballot);
}
