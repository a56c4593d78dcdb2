/** The screen that asks for the one-time code: how long it is good, when another can be asked for, what was typed. */

import { complain, fill, fillAll, sentence } from "../page/screens.js";
import { clock, countdown } from "./countdown.js";

const DIGITS = /^[0-9]{6}$/;

/**
 * @param {HTMLFormElement} form
 * @param {{onCode: (code: string) => void, onResend: () => void}} told
 */
export function codeScreen(form, { onCode, onResend }) {
    const input = form.elements.code;
    const resend = document.querySelector("[data-resend]");
    const expired = document.querySelector("[data-expired]");
    let stops = [];

    const stop = () => {
        for (const each of stops) each();
        stops = [];
    };

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const code = input.value.normalize("NFKC").replace(/[\s\p{Pd}]/gu, "");
        if (DIGITS.test(code)) onCode(code);
        else refuse(sentence("code-form"));
    });
    input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    resend.addEventListener("click", () => {
        if (resend.getAttribute("aria-disabled") !== "true") onResend();
    });

    /** Show the error, keep the screen, put the cursor where the code is to be corrected. */
    function refuse(text) {
        complain(text);
        input.setAttribute("aria-invalid", "true");
        input.focus();
        input.select();
    }

    /** Start the clocks of a challenge. */
    function start({ sentTo, shownUntil, resendFrom }) {
        stop();
        for (const place of document.querySelectorAll('[data-fill="sent-to"]')) place.hidden = sentTo === undefined;
        fillAll("sent-to", { sent_to: sentTo });
        stops = [
            countdown(shownUntil, (left) => {
                fillAll("time-left", { time: clock(left) });
                expired.hidden = left > 0;
            }),
            countdown(resendFrom, (left) => {
                resend.setAttribute("aria-disabled", String(left > 0));
                fill(resend, { seconds: left }, left > 0 ? resend.dataset.textWait : resend.dataset.text);
            }),
        ];
    }

    function clear() {
        stop();
        input.value = "";
        input.removeAttribute("aria-invalid");
    }

    return { start, clear, refuse };
}
