"""Who writes, reads and moderates in these tests."""

import httpx
import pytest

from tests.people import People

Strangers = tuple[httpx.AsyncClient, httpx.AsyncClient, httpx.AsyncClient]


@pytest.fixture
async def author(people: People) -> httpx.AsyncClient:
    """The creator whose articles these are."""
    return await people.client("creator")


@pytest.fixture
async def other(people: People) -> httpx.AsyncClient:
    """Another creator."""
    return await people.client("creator")


@pytest.fixture
async def viewer(people: People) -> httpx.AsyncClient:
    return await people.client("viewer")


@pytest.fixture
async def moderator(people: People) -> httpx.AsyncClient:
    return await people.client("moderator")


@pytest.fixture
def strangers(client: httpx.AsyncClient, viewer: httpx.AsyncClient, other: httpx.AsyncClient) -> Strangers:
    """Nobody, a viewer and another creator."""
    return client, viewer, other
