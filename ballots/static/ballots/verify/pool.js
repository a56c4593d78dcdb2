/** Workers that share the tasks of one verification; where a browser gives none, the page's own thread works alone. */

import { pauses } from "../crypto/pause.js";
import { TASKS } from "./tasks.js";

const MOST = 8;
const PATIENCE = 15_000; // milliseconds for a worker to answer at all
const AHEAD = 2; // tasks that wait at each worker, so that it is never idle

/** How many workers this device is good for. */
export function workersHere() {
    return Math.max(1, Math.min(MOST, navigator.hardwareConcurrency || 2));
}

/** Tasks done one after the other on this thread, with pauses that let the page paint. */
export function alone() {
    const pause = pauses();
    let turn = Promise.resolve();
    const run = (name, details) => {
        const answer = turn.then(() => TASKS[name](details, pause));
        turn = answer.catch(() => {}); // told to whoever asked; the next has its turn
        return answer;
    };
    return { size: 1, run, all: run, close() {} };
}

/**
 * A pool of `size` workers made by `start`; a worker that cannot start at all leaves the work to this thread.
 *
 * `run` gives a task to the first that is free, `all` the same task to each of them.
 */
export async function workerPool(start, size = workersHere()) {
    const workers = [];
    try {
        for (let i = 0; i < size; i += 1) workers.push(await greeted(start()));
    } catch {
        for (const worker of workers) worker.terminate();
        return alone();
    }
    return poolOf(workers.map(asked));
}

/** The worker once it has answered, for a worker that may not be loaded fails only later. */
function greeted(worker) {
    return new Promise((resolve, reject) => {
        worker.addEventListener("message", () => resolve(worker), { once: true });
        worker.addEventListener("error", (event) => {
            event.preventDefault();
            worker.terminate();
            reject(new Error("no worker"));
        });
        setTimeout(() => reject(new Error("no worker")), PATIENCE);
        worker.postMessage({ id: -1, name: "checkMembers", details: { credentials: [] } });
    });
}

/** {ask(name, details), close()} of a worker: each answer goes to whoever asked. */
function asked(worker) {
    const waiting = new Map();
    let last = 0;
    worker.addEventListener("message", ({ data: { id, answer, error } }) => {
        const { resolve, reject } = waiting.get(id);
        waiting.delete(id);
        if (error === undefined) resolve(answer);
        else reject(new Error(error));
    });
    worker.addEventListener("error", (event) => {
        for (const { reject } of waiting.values()) reject(new Error(event.message || "worker failed"));
        waiting.clear();
    });
    return {
        busy: 0,
        ask(name, details) {
            last += 1;
            return new Promise((resolve, reject) => {
                waiting.set(last, { resolve, reject });
                worker.postMessage({ id: last, name, details });
            });
        },
        close: () => worker.terminate(),
    };
}

function poolOf(workers) {
    const queue = [];

    function next() {
        const worker = workers.reduce((least, each) => (each.busy < least.busy ? each : least));
        if (queue.length === 0 || worker.busy >= AHEAD) return;
        const { name, details, resolve, reject } = queue.shift();
        worker.busy += 1;
        worker
            .ask(name, details)
            .then(resolve, reject)
            .finally(() => {
                worker.busy -= 1;
                next();
            });
        next();
    }

    return {
        size: workers.length,
        run: (name, details) =>
            new Promise((resolve, reject) => {
                queue.push({ name, details, resolve, reject });
                next();
            }),
        all: (name, details) => Promise.all(workers.map((worker) => worker.ask(name, details))),
        close: () => workers.forEach((worker) => worker.close()),
    };
}
