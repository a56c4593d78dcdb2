"""Put checked rows together into contracts, agency by agency, and compare what they say of each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from contracts.files.columns import korean
from contracts.files.one_contract import OneContract
from contracts.files.record import Record
from contracts.files.spreadsheet import RowProblem
from contracts.terms.joint import loose_ends
from contracts.terms.tree import ContractTree
from office.i18n import N_


@dataclass(frozen=True, slots=True)
class Assembled:
    """The contracts without a problem, what was wrong with the others, what to look at, who was withheld."""

    trees: tuple[ContractTree, ...]
    problems: tuple[RowProblem, ...]
    notices: tuple[RowProblem, ...]
    withheld: tuple[str, ...]


def assemble(
    records: Sequence[Record],
    tainted: Collection[str] = (),
    others: Sequence[ContractTree] = (),
    joined: Mapping[str, Collection[str]] | None = None,
) -> Assembled:
    """The contracts the rows make; agencies in `tainted` are checked as far as they go and withheld.

    `others` are contracts known already: a partner's side of a joint task may be among them.
    `joined` are, by agency code, the names of the bodies of the file that are taken as one.
    """
    by_agency: dict[str, list[Record]] = {}
    for record in records:
        by_agency.setdefault(record.agency_code, []).append(record)
    trees: list[ContractTree] = []
    problems: list[RowProblem] = []
    notices: list[RowProblem] = []
    withheld = [code for code in tainted if code not in by_agency]
    rows_of: dict[str, dict[str, int]] = {}
    for code, its_rows in by_agency.items():
        agency = OneContract(code, its_rows, (joined or {}).get(code, ()))
        tree = agency.tree(complete=code not in tainted)
        problems += agency.problems
        if code in tainted or agency.problems:
            withheld.append(code)
        else:
            trees.append(tree)
            notices += agency.notices
            rows_of[code] = agency.rows_of
    notices += _namesakes(trees, by_agency)
    for end in loose_ends((*trees, *(other for other in others if other.agency_code not in by_agency))):
        if not {end.agency_code, end.other} & set(by_agency):
            continue
        row = rows_of.get(end.agency_code, {}).get(end.task_code, 0)
        notices.append(RowProblem(row, korean("shares"), end.message, end.task_code, end.values))
    return Assembled(tuple(trees), tuple(problems), tuple(notices), tuple(withheld))


def _namesakes(trees: Sequence[ContractTree], by_agency: dict[str, list[Record]]) -> list[RowProblem]:
    """Agencies of one name under two codes: maybe two, maybe one twice; a person decides."""
    message = N_(
        "이름이 같은 기관이 다른 코드({codes})로도 있습니다. 같은 기관이면 코드를 하나로 하여 주십시오"
    )
    codes: dict[str, list[str]] = {}
    for tree in trees:
        codes.setdefault(tree.agency, []).append(tree.agency_code)
    return [
        RowProblem(
            by_agency[same[-1]][0].row, korean("agency_code"), message, name, {"codes": ", ".join(same)}
        )
        for name, same in codes.items()
        if len(same) > 1
    ]
