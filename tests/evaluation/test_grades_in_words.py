"""The grades read in both languages, with the word that goes with their number."""

import pytest

from evaluation.web.desk import grade_options
from office.i18n import language


@pytest.mark.parametrize(
    ("lang", "best", "none"), [("ko", "100점", "점수 없음"), ("en", "100 points", "no score")]
)
def test_every_grade_says_its_points(lang: str, best: str, none: str) -> None:
    before = language.set(lang)
    try:
        options = grade_options()
    finally:
        language.reset(before)
    assert (options[0].points, options[-1].points.lower()) == (best, none)
    assert len({option.points for option in options}) == len(options)
