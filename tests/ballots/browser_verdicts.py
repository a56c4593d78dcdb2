"""Verdicts of the verifier in the browser, beside the server's own."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from ballots.protocol.verdict import Verdict
from ballots.protocol.verifier import verify

OPEN = """async (alone) => {
    const {verify} = await import("/static/ballots/verify/verifier.js");
    const {alone: onThisThread, workerPool} = await import("/static/ballots/verify/pool.js");
    const start = () => new Worker("/static/ballots/verify/worker-module.js", {type: "module"});
    const pool = alone ? onThisThread() : await workerPool(start);
    const plain = (key, value) => typeof value === "bigint" ? Number(value) : value;
    window.judge = async (text) => {
        const raw = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const began = performance.now();
        const verdict = await verify(raw, {pool});
        return {...JSON.parse(JSON.stringify(verdict, plain)), seconds: (performance.now() - began) / 1000};
    };
    return pool.size;
}"""
JUDGE = "async (boards) => { const all = []; for (const each of boards) all.push(await judge(each)); return all; }"


@dataclass(frozen=True)
class Judged:
    """What can be compared of a verdict, in one form for both programs."""

    ok: bool
    checks: tuple[tuple[str, bool, tuple[tuple[str, object], ...]], ...]
    problems: tuple[tuple[str, object, object], ...]
    pending: int
    facts: tuple[object, ...]
    trackers: tuple[str, ...]


async def open_verifier(page: Page, *, alone: bool = False) -> int:
    """Load the modules into a page; the number of workers."""
    size: int = await page.evaluate(OPEN, alone)
    return size


async def judged_in_browser(page: Page, raws: Sequence[bytes]) -> list[dict[str, Any]]:
    """The browser's verdict of each board, as it comes."""
    found: list[dict[str, Any]] = await page.evaluate(JUDGE, [base64.b64encode(raw).decode() for raw in raws])
    return found


def of_browser(found: dict[str, Any]) -> Judged:
    return Judged(
        ok=found["ok"],
        checks=tuple((c["name"], c["ok"], _values(c["values"])) for c in found["checks"]),
        problems=tuple((p["code"], p.get("record"), p.get("height")) for p in found["problems"]),
        pending=len(found["pending"]),
        facts=(
            *(found[name] for name in ("name", "uuid", "fingerprint", "credentials", "ballots", "voters")),
            found["totalWeight"],
            found["result"] and tuple(map(tuple, found["result"])),
        ),
        trackers=tuple(each["tracker"] for each in found["trackers"]),
    )


def of_server(raw: bytes) -> Judged:
    verdict = verify(raw, jobs=1)
    return Judged(
        ok=verdict.ok,
        checks=tuple((c.name, c.ok, _values(c.values)) for c in verdict.checks),
        problems=tuple((p.code, p.values.get("record"), p.values.get("height")) for p in verdict.problems),
        pending=len(verdict.pending),
        facts=(*_facts(verdict), verdict.total_weight, verdict.result),
        trackers=verdict.trackers,
    )


def _facts(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.name,
        verdict.uuid,
        verdict.fingerprint,
        verdict.credentials,
        verdict.ballots,
        verdict.voters,
    )


def _values(values: Any) -> tuple[tuple[str, object], ...]:
    return tuple(sorted((name, value) for name, value in values.items() if name != "why"))


async def differing(page: Page, boards: Sequence[tuple[str, bytes]], *, at_once: int = 20) -> list[str]:
    """The boards on which browser and server disagree in anything, with both opinions."""
    found = []
    for i in range(0, len(boards), at_once):
        part = boards[i : i + at_once]
        answers = await judged_in_browser(page, [raw for _, raw in part])
        for (name, raw), answer in zip(part, answers, strict=True):
            ours, theirs = of_browser(answer), of_server(raw)
            if ours != theirs:
                found.append(f"{name}\n  browser {ours}\n  server  {theirs}")
    return found
