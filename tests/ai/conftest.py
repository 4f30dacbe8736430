"""One site for all tests of models, on a database of its own, with the fake provider behind it."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings
from tests.ai.site import AiSite, running_upstream
from tests.conftest import copy_of_template
from tests.running_site import served


@pytest.fixture(scope="session")
async def _site(worker_id: str) -> AsyncIterator[AiSite]:
    number = int(worker_id.removeprefix("gw")) + 9 if worker_id != "master" else 8
    redis_url = f"{os.environ['TESTS_VALKEY'].partition('?')[0]}?db={number}"
    with tempfile.TemporaryDirectory(prefix="stoa-ai-") as folder:
        async with copy_of_template() as url, running_upstream() as (upstream, address):
            running = served(
                url, redis_url, Path(folder), openai_api_key="sk-first", openai_base_url=f"{address}/v1",
                ai_embedded="false", ai_idle_seconds="1", ai_first_seconds="2", ai_drain_seconds="1",
            )  # fmt: skip
            where = await asyncio.to_thread(running.__enter__)
            try:
                async with Database(DatabaseSettings(), url) as database:
                    yield AiSite(where, url, database, upstream, address)
            finally:
                await asyncio.to_thread(running.__exit__, None, None, None)


@pytest.fixture
async def site(_site: AiSite) -> AsyncIterator[AiSite]:
    """The site with a new provider, its bill and the budgets as on the first day."""
    _site.upstream.bill.calls.clear()
    await _site.rows("DELETE FROM ai_budgets")
    await _site.rows("DELETE FROM ai_providers")
    yield await _site.with_provider()
    _site.upstream.manners.forget()
