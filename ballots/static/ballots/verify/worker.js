/** A worker of the verifier: one message is one task, answered under its number. */

import { TASKS } from "./tasks.js";

const never = async () => {}; // here nobody waits to paint

export function serve(scope) {
    scope.addEventListener("message", async ({ data: { id, name, details } }) => {
        try {
            scope.postMessage({ id, answer: await TASKS[name](details, never) });
        } catch (error) {
            scope.postMessage({ id, error: String(error) });
        }
    });
}
