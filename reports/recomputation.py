"""A run as two files: its whole input and its result, in canonical JSON, so that anyone can compute it again."""

from __future__ import annotations

import json
from typing import Any

from contracts.terms.canonical import Json, canonical_bytes, sha256_hex, tree_from_record, tree_record
from evaluation.arithmetic.marks import Grade
from evaluation.arithmetic.outcomes import NotRated
from evaluation.arithmetic.scoring import ScoredNode, Source
from reports.bundle import Bundle
from reports.crediting import Option
from reports.doubts import doubted_record, doubts_from, doubts_record
from reports.heads import HeadLine, HeadResult
from reports.ranking import AgencyResult, Result, evaluate
from reports.rulebook import Rulebook, read_rulebook

INPUTS_FORMAT = "yaksok-run-inputs-1"
RESULT_FORMAT = "yaksok-run-result-1"
_GRADE_ORDER = {grade: place for place, grade in enumerate(Grade)}


def run_inputs(rulebook: Rulebook, bundle: Bundle) -> bytes:
    """The whole input of a run: the rulebook's own text and the bundle, in an order that is always the same."""
    return canonical_bytes(
        {
            "format": INPUTS_FORMAT,
            "rulebook": {"sha256": rulebook.sha256, "text": rulebook.text},
            "bundle": _bundle_record(bundle),
        }
    )


def recompute(inputs: bytes) -> bytes:
    """The result of a stored input, as canonical JSON; equal to the stored result byte for byte, or something is wrong."""
    rulebook, bundle = _read_inputs(inputs)
    return canonical_bytes(_result_record(evaluate(rulebook, bundle), rulebook))


def result_of(inputs: bytes) -> Result:
    """The result of a stored input as values, with the steps behind every rating."""
    return evaluate(*_read_inputs(inputs))


def rulebook_of(inputs: bytes) -> Rulebook:
    """The rulebook a run was made by."""
    return _read_inputs(inputs)[0]


def material_of(inputs: bytes) -> tuple[Rulebook, Bundle]:
    """The rulebook and the bundle a run was made of."""
    return _read_inputs(inputs)


def run_fingerprint(inputs: bytes, result: bytes) -> str:
    """One number for a run: SHA-256 of the two files' SHA-256, written `<inputs>:<result>`."""
    return sha256_hex(f"{sha256_hex(inputs)}:{sha256_hex(result)}".encode())


def _read_inputs(inputs: bytes) -> tuple[Rulebook, Bundle]:
    record = json.loads(inputs)
    if record.get("format") != INPUTS_FORMAT:
        raise ValueError("not the inputs of a run")
    text = record["rulebook"]["text"].encode()
    if sha256_hex(text) != record["rulebook"]["sha256"]:
        raise ValueError("the rulebook is not the one that was hashed")
    return read_rulebook(text), _bundle_from(record["bundle"])


def _bundle_record(bundle: Bundle) -> dict[str, Json]:
    def in_order(marks: Any) -> list[Json]:
        return sorted(marks, key=lambda mark: len(Grade) if mark is None else _GRADE_ORDER[mark])

    options = sorted(bundle.options, key=lambda option: (option.agency_code, option.task_code))
    return {
        "cycle": bundle.cycle,
        "year": bundle.year,
        "contracts": [
            tree_record(tree) for tree in sorted(bundle.contracts, key=lambda tree: tree.agency_code)
        ],
        "grades": {
            agency: {code: in_order(marks) for code, marks in grades.items()}
            for agency, grades in bundle.grades.items()
        },
        "options": [
            {
                "agency_code": each.agency_code,
                "task_code": each.task_code,
                "title": each.title,
                "votes": each.votes,
            }
            for each in options
        ],
        "voters": bundle.voters,
        "contracts_sha256": bundle.contracts_sha256,
        "election": bundle.election,
        "simulated": sorted(bundle.simulated),
        **_people(bundle.people),
        **doubts_record(bundle.doubts),
    }


def _people(people: int | None) -> dict[str, Json]:
    """The number of people stands in a record only where it is not that of the votes."""
    return {} if people is None else {"people": people}


def _bundle_from(record: Any) -> Bundle:
    return Bundle(
        cycle=record["cycle"],
        year=record["year"],
        contracts=tuple(tree_from_record(tree) for tree in record["contracts"]),
        grades={
            agency: {
                code: tuple(None if mark is None else Grade(mark) for mark in marks)
                for code, marks in grades.items()
            }
            for agency, grades in record["grades"].items()
        },
        options=tuple(Option(**option) for option in record["options"]),
        voters=record["voters"],
        contracts_sha256=record["contracts_sha256"],
        election=record["election"],
        simulated=tuple(record["simulated"]),
        people=record.get("people"),
        doubts=doubts_from(record.get("doubts", {})),
    )


def _result_record(result: Result, rulebook: Rulebook) -> dict[str, Json]:
    return {
        "format": RESULT_FORMAT,
        "cycle": result.cycle,
        "year": result.year,
        "rulebook_sha256": rulebook.sha256,
        "voters": result.voters,
        **_people(result.people),
        "simulated": list(result.simulated),
        "agencies": [_agency_record(agency) for agency in result.agencies],
    }


def _agency_record(agency: AgencyResult) -> dict[str, Json]:
    return {
        "code": agency.code,
        "name": agency.name,
        "kind": agency.kind,
        "total": agency.total,
        "rank": agency.rank,
        "tied": agency.tied,
        "reason": agency.reason,
        "parts": [
            {
                "id": part.id,
                "weight": part.weight,
                "points": part.points,
                "rating": part.rating,
                "reason": part.reason,
            }
            for part in agency.parts
        ],
        "met": agency.met,
        "missed": agency.missed,
        "without_verdict": agency.without_verdict,
        "mean_votes": agency.mean_votes,
        "score": agency.tree.score,
        "available": agency.tree.available,
        "nodes": [_node_record(node) for node in agency.tree.children],
        **doubted_record(agency.doubted),
        **_beside_record(agency),
        **_joint_record(agency),
        **({} if agency.head_points is None else {"head_points": agency.head_points}),
        **({} if agency.head is None else {"head": _head_record(agency.head)}),
    }


def _head_record(head: HeadResult) -> dict[str, Json]:
    """The result of the agency's head; nothing of it stands in a record where the head has no contract."""
    return {
        "months": head.months,
        "total": head.total,
        "grade": head.grade,
        "reason": head.said_in_korean(),
        "parts": [
            {
                "id": part.id,
                "weight": part.weight,
                "points": part.points,
                "tasks": [_head_line(line) for line in part.lines],
            }
            for part in head.parts
        ],
    }


def _head_line(line: HeadLine) -> dict[str, Json]:
    reason = line.outcome.said_in_korean() if isinstance(line.outcome, NotRated) else ""
    return {"code": line.code, "weight": line.weight, "rating": line.rating, "reason": reason}


def _beside_record(agency: AgencyResult) -> dict[str, Json]:
    """Bonus and penalty stand in a record only where the contract has one."""
    beside = agency.beside
    if beside is None:
        return {}
    return {
        "beside": {
            "bonus": beside.bonus,
            "bonus_counted": beside.bonus_counted,
            "penalty": beside.penalty,
            "penalty_counted": beside.penalty_counted,
            "counted": beside.counted,
        }
    }


def _joint_record(agency: AgencyResult) -> dict[str, Json]:
    """The joint tasks whose votes an agency shares, with its share as a fraction."""
    if not agency.joint:
        return {}
    return {
        "joint": [
            {
                "agency_code": credit.option.agency_code,
                "task_code": credit.option.task_code,
                "share": f"{credit.share.numerator}/{credit.share.denominator}",
            }
            for credit in agency.joint
        ]
    }


def _node_record(node: ScoredNode) -> dict[str, Json]:
    record: dict[str, Json] = {
        "code": node.code,
        "weight": node.weight,
        "available": node.available,
        "score": node.score,
        "rating": node.rating,
    }
    reason = node.outcome.said_in_korean() if isinstance(node.outcome, NotRated) else ""
    if node.led_by:
        return record | {"led_by": node.led_by, "reason": reason, "nodes": []}
    if node.source is None:
        return record | {"nodes": [_node_record(child) for child in node.children]}
    if node.source is Source.BESIDE:
        record["points"] = node.points
    return record | {"source": node.source.value, "met": node.met, "reason": reason}
