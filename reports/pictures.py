"""The pictures of a run, as whoever looks may see them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from office.charts import Size
from office.i18n import N_, translate
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


async def league_picture(run: Run, size: Size) -> bytes:
    """The league table."""
    sound(run)
    return await asyncio.to_thread(lambda: league_table(result_from(run.inputs), size=size))


async def agency_picture(run: Run, code: str, size: Size) -> bytes:
    """One agency beside the mean and the best."""
    sound(run)
    return await asyncio.to_thread(lambda: comparison(shown_to(run, code), code, size=size))


async def votes_picture(run: Run, code: str, size: Size) -> bytes:
    """The votes of one agency's tasks."""
    sound(run)
    return await asyncio.to_thread(
        lambda: votes_bars(result_from(run.inputs).agency(code).options, size=size)
    )
