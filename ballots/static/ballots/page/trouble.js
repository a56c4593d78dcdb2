/** What to tell a person about an error: the server's own sentence, or the template's for its reason. */

import { Refusal } from "../crypto/refusal.js";
import { Problem } from "./requests.js";
import { sentence } from "./screens.js";

export function messageOf(error) {
    if (error instanceof Refusal) return sentence(error.reason);
    if (error instanceof Problem && error.status === 0) return sentence("no-answer");
    if (error instanceof Problem) return error.detail || sentence("unexpected");
    console.error(error);
    return sentence("unexpected");
}
