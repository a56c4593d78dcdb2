"""Pages of this department: what everybody may read, the performance office's cycle, an agency's own contract."""

from typing import Any

from contracts.web import (
    agency,
    amendment_desk,
    amendment_draft,
    amendments,
    api,
    checks,
    comparing,
    deadlines,
    editing,
    evidence,
    evidence_files,
    heads,
    indicators,
    listing,
    notices,
    office,
    open_data,
    public,
    replies,
    review,
    review_desk,
    timeline,
    uploads,
    versions,
)
from contracts.web.api_answering import open_to_all
from office.i18n import N_
from office.pages import Place
from office.people import Role

__all__ = ["PLACES", "ROUTES", "open_to_all"]

PLACES = (
    Place(N_("성과계약"), "/contracts"),
    Place(N_("우리 기관"), "/agency", (Role.OFFICER, Role.HEAD)),
    Place(N_("평가주기"), "/office/cycles", (Role.OFFICE,)),
    Place(N_("실적 확인"), "/checks", (Role.VERIFIER,)),
)
ROUTES: list[Any] = [
    *listing.ROUTES,
    *public.ROUTES,
    *indicators.ROUTES,
    *open_data.ROUTES,
    *comparing.ROUTES,
    *notices.ROUTES,
    *api.ROUTES,
    *amendments.ROUTES,
    *amendment_draft.ROUTES,
    *amendment_desk.ROUTES,
    *versions.ROUTES,
    *timeline.ROUTES,
    *deadlines.ROUTES,
    *agency.ROUTES,
    *editing.ROUTES,
    *review.ROUTES,
    *review_desk.ROUTES,
    *office.ROUTES,
    *uploads.ROUTES,
    *checks.ROUTES,
    *evidence.ROUTES,
    *heads.ROUTES,
    *evidence_files.ROUTES,
    *replies.ROUTES,
]
