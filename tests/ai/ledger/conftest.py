"""A database with real commits for each test, and what the tests of money do with it."""

from collections.abc import AsyncIterator

import pytest

from stoa.shared.database import Database
from tests.ai.ledger.money import Money
from tests.events.engine import opened


@pytest.fixture
async def database(own_database_url: str) -> AsyncIterator[Database]:
    async with opened(own_database_url) as made:
        yield made


@pytest.fixture
async def money(database: Database) -> AsyncIterator[Money]:
    """Without any budget to begin with."""
    made = Money(database)
    await made.run("DELETE FROM ai_budgets")
    yield made
    await made.ledger.close()
