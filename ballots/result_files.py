"""The result of a vote as files for programs: CSV for spreadsheets, JSON with the same figures."""

from __future__ import annotations

import csv
import io

from ballots.ratings import ANSWERS, mean_text
from ballots.results import Tally, places
from contracts.terms.canonical import Json, canonical_bytes

FORMAT = "yaksok-vote-result-1"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(tally: Tally) -> bytes:
    """Every figure of the result as canonical JSON; what is not disclosed is null."""
    options: list[Json] = [
        {
            "agency": option.agency,
            "agency_code": option.agency_code,
            "rank": rank,
            "task": option.title,
            "task_code": option.task_code,
            "votes": option.votes,
        }
        for option, rank in zip(tally.options, places([o.votes for o in tally.options]), strict=True)
    ]
    ratings: list[Json] = [
        {
            "agency": rating.agency,
            "agency_code": rating.agency_code,
            "counts": None if rating.counts is None else list(rating.counts),
            "mean": None if rating.mean is None else mean_text(rating.mean),
            "raters": rating.raters,
        }
        for rating in tally.ratings
    ]
    return canonical_bytes(
        {
            "format": FORMAT,
            "election": {"uuid": tally.uuid, "fingerprint": tally.fingerprint},
            "listed": tally.listed,
            "voters": tally.voters,
            "weight": tally.weight,
            "blank": tally.blank,
            "options": options,
            "ratings": ratings,
        }
    )


def as_csv(tally: Tally) -> bytes:
    """One line a task, then one an agency that was rated, in the order of the ballot; no cell is ever a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["구분", "순위", "기관코드", "기관", "과제코드", "과제", "표", *ANSWERS, "평가 수", "평균"]
    )
    for option, rank in zip(tally.options, places([o.votes for o in tally.options]), strict=True):
        named = map(_cell, (option.agency_code, option.agency, option.task_code, option.title))
        writer.writerow(["과제", rank, *named, option.votes, *[""] * 7])
    for rating in tally.ratings:
        named = map(_cell, (rating.agency_code, rating.agency))
        counts = rating.counts or [""] * len(ANSWERS)
        mean = "" if rating.mean is None else mean_text(rating.mean)
        writer.writerow(["기관 평가", "", *named, "", "", "", *counts, rating.raters, mean])
    return out.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
