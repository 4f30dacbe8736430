"""The engine of one process, made once in `main` or by a command."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from starlette.requests import Request

from stoa.modules.ai.engine.generation import Times
from stoa.modules.ai.engine.guarding import InputGuard
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.engine.stops import stop_listener
from stoa.modules.ai.engine.upstreams import Upstreams
from stoa.modules.ai.ledger.service import Ledger
from stoa.modules.ai.limits.limits import Limits
from stoa.modules.ai.prices.book import PriceBook
from stoa.modules.ai.setup.store import SetupStore
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring
from stoa.shared.settings_parts import AiSettings

_PATIENCE_SECONDS: Final = 5.0


@asynccontextmanager
async def running_engine(
    settings: AiSettings, database: Database, redis_url: str, keyring: Keyring
) -> AsyncIterator[Engine]:
    """Open until the block ends; then what runs is ended and settled."""
    async with AsyncExitStack() as stack:
        setup = SetupStore(database.reads, settings, keyring)
        limits = await stack.enter_async_context(Limits(redis_url))
        engine = Engine(
            setup,
            upstreams=Upstreams(settings),
            ledger=Ledger(database),
            limits=limits,
            prices=PriceBook(),
            times=Times(whole=settings.ai_call_seconds, drain=settings.ai_drain_seconds),
            hides_personal_data=settings.ai_hide_personal_data,
            guard=InputGuard(settings.ai_injection, frozenset(settings.ai_strict_tiers.split())),
        )
        stack.push_async_callback(engine.close, _PATIENCE_SECONDS)
        await stack.enter_async_context(setup.listener(database.url))
        await stack.enter_async_context(stop_listener(database.url, engine.running))
        yield engine


def engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine
