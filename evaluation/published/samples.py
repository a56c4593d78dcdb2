"""Published sizes of a survey's samples: names beside numbers, often two such columns side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from evaluation.published.cells import Line, figure, lost_letters, refuse_wrong_cells, squeezed
from evaluation.published.flags import Flag


@dataclass(frozen=True, slots=True)
class Sample:
    """How many people were asked about one facility, and how."""

    row: int
    name: str
    people: Decimal | None
    how: str = ""


def is_samples(header: Line) -> bool:
    """Whether this heading is one of sample sizes."""
    return bool(_blocks(header))


def _blocks(header: Line) -> list[tuple[int, int, int | None]]:
    """Columns of name, number and manner of asking, for each block that stands side by side."""
    headings = [squeezed(heading) for heading in header.cells]
    return [
        (at, at + 1, at + 2 if headings[at + 2 : at + 3] == ["조사방법"] else None)
        for at, pair in enumerate(pairwise(headings))
        if pair == ("구분", "표본")
    ]


def read_samples(lines: Sequence[Line]) -> tuple[tuple[Sample, ...], tuple[Flag, ...]]:
    """The samples, block by block.  `Unusable` names rows it cannot take."""
    header, body = lines[0], lines[1:]
    blocks = _blocks(header)
    refuse_wrong_cells(header, body, [column for block in blocks for column in block if column is not None])
    flags: list[Flag] = []
    samples = [
        Sample(line.row, name, figure(line, people, header.cell(people), flags), line.cell(how))
        for at, people, how in blocks
        for line in body
        if (name := line.cell(at))
    ]
    for sample in samples:
        flags += lost_letters(sample.row, sample.name)
    return tuple(samples), tuple(flags)
