/** Seconds that run down beside a text. */

/**
 * Call `tick(secondsLeft)` now and every second until `end` (this device's clock, milliseconds).  Gives a function that
 * stops it.
 * It reads the clock instead of counting, for a phone sleeps while its owner reads a message.
 */
export function countdown(end, tick) {
    let timer = null;
    const step = () => {
        const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
        if (left === 0) clearInterval(timer);
        tick(left);
    };
    timer = setInterval(step, 1000);
    step();
    return () => clearInterval(timer);
}

/** "4:05" */
export function clock(seconds) {
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
