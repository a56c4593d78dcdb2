"""The pictures of a run, drawn once and kept: results are read by many and never change."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import lru_cache

from office.i18n import N_, language, translate
from reports.figures import comparison, league_table, votes_bars
from reports.model import Run
from reports.ranking import Result
from reports.runs import result_from, sound

UNNAMED = N_("이름은 공개 뒤에")


def discreet(result: Result, code: str) -> Result:
    """The result as one agency may see it before publication: no other agency has a name."""
    return replace(
        result,
        agencies=tuple(
            agency if agency.code == code else replace(agency, name=translate(UNNAMED))
            for agency in result.agencies
        ),
    )


def shown_to(run: Run, code: str) -> Result:
    """A run's result for the report of one agency: discreet as long as the run is not public."""
    result = result_from(run.inputs)
    return result if run.published_at else discreet(result, code)


async def league_picture(run: Run) -> bytes:
    """The league table."""
    sound(run)
    return await asyncio.to_thread(_league, run.inputs, language.get())


async def agency_picture(run: Run, code: str) -> bytes:
    """One agency beside the mean and the best."""
    sound(run)
    return await asyncio.to_thread(_agency, run.inputs, code, run.published_at is not None, language.get())


async def votes_picture(run: Run, code: str) -> bytes:
    """The votes of one agency's tasks."""
    sound(run)
    return await asyncio.to_thread(_votes, run.inputs, code, language.get())


@lru_cache(maxsize=8)
def _league(inputs: str, _language: str) -> bytes:
    return league_table(result_from(inputs))


@lru_cache(maxsize=128)
def _agency(inputs: str, code: str, public: bool, _language: str) -> bytes:
    result = result_from(inputs)
    return comparison(result if public else discreet(result, code), code)


@lru_cache(maxsize=128)
def _votes(inputs: str, code: str, _language: str) -> bytes:
    return votes_bars(result_from(inputs).agency(code).options)
