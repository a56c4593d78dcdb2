"""A vote in the test's database."""

import pytest

from office.database import Database
from office.settings import Settings
from tests.ballots.votes import Vote


@pytest.fixture
def vote(db: Database, settings: Settings) -> Vote:
    return Vote(db, settings)
