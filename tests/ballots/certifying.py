"""A vote to be certified, and the certificate it was given."""

from ballots import certificate, reconciliation
from ballots.protocol.ballot import Picks
from tests.ballots.votes import Vote, panel

VOTES: list[tuple[int, Picks, Picks]] = [(0, (0, 2), (4,)), (1, (1,), ()), (2, None, (0,)), (0, (2,), (3,))]
"""Three voters of twelve, one blank, one revote; two rate the first agency."""


async def begun(vote: Vote) -> None:
    await vote.begin(listed=panel(("", 12, 1)), ratings=True)
    await vote.box(VOTES)


async def read(vote: Vote) -> reconciliation.Certificate:
    return certificate.read(await vote.election())[1]
