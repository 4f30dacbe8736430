"""Where the site of the tests counts limits, and a site on which nothing is queued."""

import os

import pytest

from tests.ai.site import AiSite


@pytest.fixture
def redis_url(worker_id: str) -> str:
    number = int(worker_id.removeprefix("gw")) + 9 if worker_id != "master" else 8
    return f"{os.environ['TESTS_VALKEY'].partition('?')[0]}?db={number}"


@pytest.fixture
async def idle(site: AiSite) -> AiSite:
    await site.rows("DELETE FROM ai_batches")
    return site
