"""Every grade has its own words, and what to look at is asked in words an expert who is new here understands."""

from evaluation.arithmetic.marks import POINTS, Grade
from evaluation.arithmetic.rubrics import PROCESS, RESULTS, RUBRICS


def test_every_grade_has_a_word_and_a_sentence_of_its_own() -> None:
    assert list(RUBRICS) == list(Grade) == list(POINTS)
    assert len({rubric.word for rubric in RUBRICS.values()}) == len(Grade)
    assert len({rubric.text for rubric in RUBRICS.values()}) == len(Grade)
    assert all(rubric.text.endswith(".") and len(rubric.text) <= 70 for rubric in RUBRICS.values())


def test_work_and_its_results_are_looked_at_from_four_sides_each() -> None:
    assert [term for term, _ in PROCESS] == ["접근", "전개", "학습", "통합"]
    assert [term for term, _ in RESULTS] == ["수준", "추세", "비교", "연계"]
    assert all(asked.endswith("?") for _, asked in (*PROCESS, *RESULTS))
