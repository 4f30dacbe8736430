"""Somebody who chats, and where other servers of the site keep what is for a while."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.ai.chat.talk import Chatter, chatting
from tests.ai.site import AiSite


@pytest.fixture
async def ada(site: AiSite) -> AsyncIterator[Chatter]:
    async with chatting(site) as made:
        yield made


@pytest.fixture
def redis_url(worker_id: str) -> str:
    """The same as the site's."""
    number = int(worker_id.removeprefix("gw")) + 9 if worker_id != "master" else 8
    return f"{os.environ['TESTS_VALKEY'].partition('?')[0]}?db={number}"
