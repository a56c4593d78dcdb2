/** The records of a ceremony as the server keeps them: in the order of the members, each exactly as it was sent. */

import { fetchBytes } from "../page/requests.js";
import { parsed, waiting } from "./work.js";

/** {certificates, dealings, threshold, nameOf}; a step that somebody has not taken yet is null. */
export async function fetchRecords(url) {
    const { members, threshold } = parsed(await fetchBytes(url, waiting));
    return {
        threshold,
        certificates: members.map(({ certificate }) => certificate),
        dealings: members.map(({ dealing }) => dealing),
        nameOf: (member) => members[member - 1]?.name ?? String(member),
    };
}
