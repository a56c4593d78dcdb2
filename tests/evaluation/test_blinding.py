"""No name of the body is left in what the committee reads, however it is spaced, and no particle tells how it ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.difficulty.blinding import blinded

OWN = ["충남교통공사", "TR-01", "김담당"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("충남교통공사의 버스", "A기관의 버스"),
        ("충남 교통공사 버스", "A기관 버스"),
        ("충남교통공사는 줄입니다", "A기관은 줄입니다"),
        ("충남교통공사가, 문화국을", "A기관이, B기관을"),
        ("충남교통공사와 문화국", "A기관과 B기관"),
        ("충남교통공사로 오십시오", "A기관으로 오십시오"),
        ("문화국은 그대로", "B기관은 그대로"),
        ("과제 tr-01 (김담당)", "과제 A기관 (A기관)"),
        ("TR-012와 XTR-01은 다른 말", "TR-012와 XTR-01은 다른 말"),
        ("가나다라", "가나다라"),
    ],
)
def test_names_are_replaced_and_particles_fit(text: str, hidden: str) -> None:
    assert blinded(text, OWN, ["문화국"]) == hidden


def test_the_longer_name_is_found_before_the_shorter_in_it() -> None:
    assert blinded("교통공사와 교통", ["교통"], ["교통공사"]) == "B기관과 A기관"
    assert blinded("교통공사", ["교통공사"], ["교통"]) == "A기관"


def test_a_name_of_one_letter_and_no_name_change_nothing() -> None:
    assert blinded("도 도민", ["도", "", " "], []) == "도 도민"


@given(
    name=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=6),
    before=st.text(max_size=20),
    after=st.text(max_size=20),
)
def test_the_name_never_survives(name: str, before: str, after: str) -> None:
    if name in "A기관B기관은이을과으로이라이나이랑":
        return
    hidden = blinded(f"{before}{name} {after}", [name], [])
    assert name not in hidden
    assert "A기관" in hidden
