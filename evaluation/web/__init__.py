"""Pages of the evaluators, and of the performance office that assigns them."""

from typing import Any

from evaluation.web import (
    answers,
    assignments,
    calibration,
    comments,
    committee,
    conflicts,
    difficulty,
    fields,
    marks,
    members,
    past,
    profile,
    rating,
    reconciling,
    reopening,
    replacing,
    rounds,
    sheets,
)
from office.i18n import N_
from office.pages import Place
from office.people import Role

PLACES = (Place(N_("평가"), "/evaluation", (Role.EVALUATOR,)),)
ROUTES: list[Any] = [
    *sheets.ROUTES,
    *assignments.ROUTES,
    *marks.ROUTES,
    *members.ROUTES,
    *calibration.ROUTES,
    *replacing.ROUTES,
    *committee.ROUTES,
    *conflicts.ROUTES,
    *difficulty.ROUTES,
    *fields.ROUTES,
    *past.ROUTES,
    *profile.ROUTES,
    *rating.ROUTES,
    *reconciling.ROUTES,
    *rounds.ROUTES,
    *reopening.ROUTES,
    *comments.ROUTES,
    *answers.ROUTES,
]
