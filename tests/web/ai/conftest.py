"""The browser of somebody who manages models."""

import httpx
import pytest

from tests.people import People


@pytest.fixture
async def owner(people: People) -> httpx.AsyncClient:
    return await people.client("admin", by="cookie")
