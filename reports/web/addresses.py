"""How an agency is called in an address."""

from contracts.writing.drafting import public_id_of
from office.errors import NotFound
from office.i18n import N_
from reports.ranking import AgencyResult, Result


def place_of(year: int, code: str) -> str:
    """The last part of an agency's report address: its code, or a safe form of a code that fits no address."""
    return public_id_of(year, code).removeprefix(f"{year}-")


def agency_at(result: Result, place: str) -> AgencyResult:
    """The agency an address means; `NotFound` for one that is not in the result."""
    for agency in result.agencies:
        if place_of(result.year, agency.code) == place:
            return agency
    raise NotFound(N_("이 결과에 그런 기관이 없습니다"))
