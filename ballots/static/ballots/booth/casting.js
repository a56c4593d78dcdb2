/** Sealing the vote, asking for a code, and casting: whatever fails, choices and ballot stay. */

import { encryptBallot } from "../crypto/ballot.js";
import { readElection } from "../crypto/election.js";
import { Problem, fetchBytes, post } from "../page/requests.js";
import { complain, say, sentence, showProgress, showScreen } from "../page/screens.js";
import { isOpen, noteRefusal, readChallenge } from "./challenge.js";
import { checkAgainstRecord } from "./guard.js";
import { showPrepared } from "./opening.js";
import { keepSealed } from "./sealed.js";

/**
 * @param {object} booth
 * @param {{electionUrl: string, ballotUrl: string, resendUrl: string, castUrl: string}} booth.addresses
 * @param {object} booth.voter  {credential, sealed, challenge, booth}
 * @param {object} booth.choices
 * @param {object} booth.ratings
 * @param {object} booth.code  the screen of the code
 * @param {object} booth.steps
 * @param {(occasion: string, seconds: number) => void} booth.onWait
 * @param {(answer: object, now: number) => void} booth.onCast
 */
export function castingOf({ addresses, voter, choices, ratings, code, steps, onWait, onCast }) {
    const { electionUrl, ballotUrl, resendUrl, castUrl } = addresses;
    let election = null; // a promise of {bytes, record}, fetched while the voter reads

    function load() {
        election ??= fetchBytes(electionUrl, onWait).then(async (bytes) => {
            say();
            return { bytes, record: await readElection(bytes) };
        });
        election.catch(() => (election = null)); // told when it is needed, and then fetched again
        return election;
    }

    /** Encrypt, unless nothing changed since the last time, and ask for a code. */
    async function seal() {
        const votes = [choices.vote(), ...ratings.votes()]; // one for each question of the record
        const text = JSON.stringify(votes);
        showScreen("encrypting");
        const { bytes, record } = await load();
        checkAgainstRecord(record, choices, ratings);
        if (voter.sealed?.text !== text) {
            showProgress(0, 1);
            const secrets = { credential: voter.credential, votes };
            const made = await encryptBallot({ electionBytes: bytes, ...secrets, onProgress: showProgress });
            voter.sealed = { text, votes, ...made };
            voter.challenge = null;
        }
        if (!isOpen(voter.challenge)) await openChallenge();
        code.start(voter.challenge);
        showPrepared(voter.sealed);
        steps.go("code");
    }

    async function openChallenge() {
        voter.challenge = readChallenge(await post(ballotUrl, voter.sealed.ballot, onWait));
        keep();
    }

    function keep() {
        const { sealed, challenge } = voter;
        keepSealed({ castUrl, ballot: sealed.ballot, tracker: sealed.tracker, challenge });
    }

    async function askAgain() {
        if (isOpen(voter.challenge)) {
            const body = JSON.stringify({ challenge: voter.challenge.id });
            voter.challenge = readChallenge(await post(resendUrl, body, onWait), voter.challenge);
            keep();
        } else {
            await openChallenge();
        }
        complain();
        code.start(voter.challenge);
        say(sentence("sent-again"));
    }

    async function cast(digits) {
        complain();
        const request = { challenge: voter.challenge.id, code: digits, ballot: voter.sealed.ballot };
        const body = JSON.stringify(voter.booth === null ? request : { ...request, booth: voter.booth });
        const { content, now } = await post(castUrl, body, onWait);
        onCast(content, now);
    }

    /** The code, or the ballot, was refused. */
    function refused(text, error) {
        say();
        if (error instanceof Problem && error.status !== 0) noteRefusal(voter.challenge, error.status);
        keep();
        code.refuse(text);
    }

    return { load, seal, askAgain, cast, refused };
}
