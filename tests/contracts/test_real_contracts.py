"""571 real indicators of 17 agencies come in whole, and what is wrong in the file is named row by row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from contracts.files.exporting import write_csv
from contracts.files.importing import Parsed, parse
from contracts.terms.points import unbalanced
from contracts.terms.standing import met
from contracts.terms.tree import Method, indicators
from tests import nyc
from tests.data import acceptance_data

FOLDER = "contracts/nyc_mmr_fy23"


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse(nyc.import_csv(acceptance_data(f"{FOLDER}/indicators.csv")), "contracts.csv")


def test_seventeen_agencies_with_571_indicators_come_in(parsed: Parsed) -> None:
    assert parsed.rows_read == 735
    assert len(parsed.contracts) == 17
    assert sum(len(indicators(tree)) for tree in parsed.contracts) == 571
    assert parsed.withheld == ()


def test_the_164_rows_without_an_agency_are_refused_one_by_one(parsed: Parsed) -> None:
    assert len(parsed.refused_rows) == len(parsed.problems) == 164
    assert {problem.said() for problem in parsed.problems} == {"기관 코드와 이름이 없습니다"}


def test_five_rows_of_the_education_department_carry_the_polices_number_and_are_pointed_out(
    parsed: Parsed,
) -> None:
    other_name = [notice for notice in parsed.notices if notice.column == "기관명"]
    assert [notice.value for notice in other_name] == ["Department of Education"] * 5
    assert {notice.values["code"] for notice in other_name} == {"56"}


def test_equal_weights_add_up_to_a_hundred_in_every_agency(parsed: Parsed) -> None:
    for tree in parsed.contracts:
        assert unbalanced(tree) == ()
        weights = {node.weight for node in indicators(tree) if node.weight is not None}
        assert max(weights) - min(weights) <= Decimal("0.01")


def test_met_and_not_met_per_agency_equal_the_published_table(parsed: Parsed) -> None:
    published = nyc.published_table(acceptance_data(f"{FOLDER}/published_all_indicators_by_agency.csv"))
    assert published.pop("") == (28, 37, 99)
    counted = {}
    for tree in parsed.contracts:
        measures = [node.measure for node in indicators(tree) if node.measure]
        verdicts = Counter(met(each) for each in measures)
        counted[tree.agency_code] = (verdicts[True], verdicts[False], verdicts[None])
        assert verdicts[None] == sum(each.method is Method.SHOWN for each in measures)
    assert counted == published


def test_the_source_states_531_rows_without_a_verdict(parsed: Parsed) -> None:
    stated = nyc.stated_success(acceptance_data(f"{FOLDER}/indicators.csv"))
    assert stated == {"": 531, "Met_Goal": 99, "Did_Not_Meet": 105}


def test_the_contracts_go_out_and_come_back_unchanged(parsed: Parsed) -> None:
    again = parse(write_csv(parsed.contracts), "contracts.csv")
    assert (again.contracts, again.problems, again.notices) == (parsed.contracts, (), ())
