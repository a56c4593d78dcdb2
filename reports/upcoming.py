"""What the performance office's desk keeps for later: work of a phase whose planned day is still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.model import Phase
from office.clock import SEOUL
from office.i18n import N_, translate
from reports.duties import Job


def apart(jobs: Sequence[Job], ahead: Mapping[Phase, datetime]) -> tuple[list[Job], list[Job]]:
    """The jobs of today, and those of a phase that is planned `ahead`, which say from when."""
    today, later = [], []
    for job in jobs:
        planned = ahead.get(job.serves) if job.serves else None
        if planned is None:
            today.append(job)
        else:
            later.append(replace(job, title=_from(job.later, planned), label=translate(N_("미리 살펴보기"))))
    return today, later


def _from(name: str, planned: datetime) -> str:
    day = planned.astimezone(SEOUL)
    return translate(
        N_("{work}: {year}년 {month}월 {day}일부터 예정"),
        work=translate(name),
        year=day.year,
        month=day.month,
        day=day.day,
    )
