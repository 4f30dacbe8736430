"""The worker as a process of its own, killed in the middle of an item."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from stoa.modules.ai.ledger.reaping import reap
from tests.ai.batches.working import asked, ended, once, queued, summarize
from tests.ai.site import AiSite


@asynccontextmanager
async def worker_process(site: AiSite, redis_url: str, folder: Path) -> "AsyncIterator[subprocess.Popen[bytes]]":
    environment = {
        **os.environ, "DATABASE_URL": site.database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": str(folder),
        "STOA_LOG_LEVEL": "error", "STOA_AI_EMBEDDED": "false", "STOA_AI_FIRST_SECONDS": "60",
    }  # fmt: skip
    process = await asyncio.to_thread(
        lambda: subprocess.Popen([sys.executable, "-m", "stoa", "worker"], env=environment)
    )
    try:
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


@pytest.mark.slow
class TestWorkerProcess:
    async def test_that_is_killed_leaves_its_item_to_the_next_and_both_tries_to_the_ledger(
        self, idle: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        caller = await idle.caller()
        idle.upstream.manners.tell(["first-50000"])
        batch_id = await queued(idle, caller, [summarize(idle, "A boat sails.")])
        async with worker_process(idle, redis_url, data_dir) as first:
            await asked(idle, 1)
            first.kill()
        told = await once(idle, caller, batch_id, status="running")
        assert told["items"][0]["tries"] == 1
        await idle.rows("UPDATE ai_batch_items SET due_at = now()")
        async with worker_process(idle, redis_url, data_dir):
            told = await ended(idle, caller, batch_id)
        [item] = told["items"]
        assert (item["status"], item["tries"]) == ("done", 2)
        await reap(idle.database, timedelta(0))
        assert {row["status"] for row in await idle.settled(caller, 2)} == {"lost", "complete"}
