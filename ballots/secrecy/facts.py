"""What the page "내 투표는 비밀인가요?" is made of: the facts of one election, and sentences that say what backs them.

Every sentence names its backing: a claim of docs/protocol.md (checked by tests/ballots/test_claims.py), a `fact:` read
from this election, or a `limit:`, something the same document says is not protected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from ballots import retention
from ballots.model import AssistedBooth, Election, ElectionState
from ballots.protocol.batches import BATCH
from ballots.ratings import DISCLOSED_FROM
from ballots.setup import trustees_of
from office import codes
from office.i18n import translate
from office.settings import Settings

BEFORE = (ElectionState.SETUP, ElectionState.ISSUED)


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, or a few that belong together, in the language of the request, and what backs it."""

    text: str
    backed: tuple[str, ...]


def said(sentence: str, *backed: str, **values: object) -> Said:
    """A sentence with its fields filled in, and what backs it."""
    return Said(translate(sentence, **values), backed)


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the page: sentences, named rows of a list, and what stands behind "자세히"."""

    id: str
    title: str
    said: Sequence[Said] = ()
    rows: Sequence[tuple[str, Said]] = ()
    more: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Keeper:
    """A trustee: whether nothing opens without them, and whether their key is there."""

    name: str
    mandatory: bool
    has_key: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one election that the page says."""

    title: str
    state: ElectionState
    demonstration: bool
    keepers: tuple[Keeper, ...]
    threshold: int | None
    ratings: bool
    disclosed_from: int
    booths: int
    batch: int
    code_minutes: int
    code_tries: int
    planned_close_at: datetime | None
    due_at: datetime | None
    deleted_at: datetime | None
    days_after_final: int
    days_after_close: int

    @property
    def needed(self) -> int:
        """How many people must come together to open the totals."""
        return sum(keeper.mandatory for keeper in self.keepers) + (self.threshold or 0)

    @property
    def agreed(self) -> bool:
        """Whether everybody who is to hold a part of the key has made it."""
        return bool(self.keepers) and all(keeper.has_key for keeper in self.keepers)

    @property
    def begun(self) -> bool:
        """Whether the vote has been opened."""
        return self.state not in BEFORE


async def facts_of(session: AsyncSession, settings: Settings, election: Election) -> Facts:
    """Read the facts; four small statements."""
    booths = select(func.count(col(AssistedBooth.id))).where(col(AssistedBooth.election_id) == election.id)
    return Facts(
        title=election.title,
        state=election.state,
        demonstration=settings.demonstration,
        keepers=tuple(
            Keeper(person.name, trustee.mandatory, trustee.key_record is not None)
            for trustee, person in await trustees_of(session, election)
        ),
        threshold=election.threshold,
        ratings=election.ratings,
        disclosed_from=DISCLOSED_FROM,
        booths=(await session.exec(booths)).one(),
        batch=BATCH,
        code_minutes=int(codes.LIFE.total_seconds() // 60),
        code_tries=codes.FAILURES_A_CHALLENGE,
        planned_close_at=election.planned_close_at,
        due_at=retention.due_at(election, await retention.final_at(session, election)),
        deleted_at=election.personal_data_deleted_at,
        days_after_final=retention.KEPT_AFTER_FINAL.days,
        days_after_close=retention.KEPT_AFTER_CLOSE.days,
    )
