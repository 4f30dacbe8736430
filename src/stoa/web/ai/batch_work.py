"""Joins what batches need in a worker: an engine of its own, and the texts of articles."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from stoa.events.loops import Stop
from stoa.events.worker import Loop
from stoa.modules.ai.batches.calls import Features
from stoa.modules.ai.batches.working import AT_ONCE, BatchWork
from stoa.modules.ai.engine.parts import running_engine
from stoa.modules.auth.absent import AbsentPeople
from stoa.shared.cache import Cache
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.settings_parts import AiSettings
from stoa.web.ai.texts import ArticleTexts


@asynccontextmanager
async def running_batches(
    settings: AiSettings, database: Database, redis_url: str, keyring: Keyring, stop: Stop
) -> AsyncIterator[list[Loop]]:
    """The loops of a worker that do the items of batches; a model of this machine is started by the first that asks."""
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(Cache(redis_url))
        markdown = MarkdownPool()
        stack.push_async_callback(markdown.close)
        engine = await stack.enter_async_context(running_engine(settings, database, redis_url, keyring))
        features = Features(engine, cache, ArticleTexts(database, markdown), database.reads)
        work = BatchWork(database, features, AbsentPeople(database.reads), stop)
        yield [(f"batches of models {number}", work.once) for number in range(AT_ONCE)]
