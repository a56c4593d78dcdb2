"""What residents rated an agency from one to five: beside its result, never part of it."""

from __future__ import annotations

from ballots.ratings import AgencyRating, mean_text
from ballots.results import Tally
from office.decimals import shown
from reports.ranking import Result


def rating_in(tally: Tally | None, code: str) -> AgencyRating | None:
    """What the panel thinks of an agency, if it was asked."""
    ratings = tally.ratings if tally else ()
    return next((rating for rating in ratings if rating.agency_code == code), None)


def rating_facts(result: Result, rating: AgencyRating | None) -> dict[str, object]:
    """The rating as it is printed, in Korean; no note where nobody was asked, no counts where too few answered."""
    if rating is None:
        return {"note": "", "counts": []}
    if rating.counts is None or rating.mean is None:
        return {"note": "이 기관을 평가한 도민이 적어 점수를 공개하지 않습니다.", "counts": []}
    unit = "명" if result.people is None else "표"
    return {
        "note": f"{shown(rating.raters)}{unit} 평가, 평균 {mean_text(rating.mean)}점(5점 만점). "
        "이 점수는 순위에 들어가지 않습니다.",
        "counts": [f"{shown(count)}{unit}" for count in rating.counts],
    }
