"""A real site whose provider is the fake one, for tests of models over HTTP; commits are real."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.auth.api_keys.schemas import ApiKeyIn
from stoa.modules.auth.api_keys.service import ApiKeyService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.security import Actor
from tests.fakes.upstream.app import Upstream

_numbers = count(1)
QUESTION = [{"role": "user", "content": "one two three"}]
"""Three tokens, as the fake provider counts."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with an API key."""

    user_id: UUID
    key: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AiSite:
    address: str
    database_url: str
    database: Database
    upstream: Upstream
    upstream_address: str
    provider: str = "openai"

    def client(self, caller: Caller | None = None) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {caller.key}"} if caller else {}
        return httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30)

    async def caller(
        self, role: str = "creator", tier: str = "pro", scopes: tuple[str, ...] = ("use:gateway", "use:ai")
    ) -> Caller:
        """Somebody new."""
        name = f"{role}-of-models-{next(_numbers)}"

        async def make(session: AsyncSession) -> Caller:
            new = NewUser(display_name=name, email=f"{name}@example.com", username=name, role=role, is_verified=True)
            user = await UserService(session).create(new)
            await UserService(session).set_tier(user.id, tier)  # type: ignore[arg-type] # a test's word is a tier
            actor = Actor(user.id, name, role, frozenset(scopes), "shell")
            made = await ApiKeyService(session).create(ApiKeyIn(name="test", scopes=list(scopes)), actor)
            return Caller(user.id, made.key)

        return await self.database.transact(make)

    async def ask(self, caller: Caller, model: str = "fake-ok", **body: Any) -> httpx.Response:
        """One plain chat, or with `stream` all of its events."""
        async with self.client(caller) as client:
            return await client.post(
                "/v1/chat/completions", json={"model": f"{self.provider}/{model}", "messages": QUESTION, **body}
            )

    async def calls(self, caller: Caller) -> list[asyncpg.Record]:
        """The ledger's rows of somebody, oldest first."""
        return await self.rows("SELECT * FROM ai_calls WHERE user_id = $1 ORDER BY id", caller.user_id)

    async def settled(self, caller: Caller, number: int = 1) -> list[asyncpg.Record]:
        """The same, once there are so many and none of them is open."""
        for _ in range(200):
            found = await self.calls(caller)
            if len(found) >= number and all(row["status"] != "open" for row in found):
                break
            await asyncio.sleep(0.05)
        assert [row["status"] for row in found if row["status"] == "open"] == []
        assert len(found) == number
        return found

    async def limit(self, scope: str, micros: int, period: str = "day") -> None:
        await self.rows(
            "INSERT INTO ai_budgets (scope, period, limit_micros) VALUES ($1, $2, $3) "
            "ON CONFLICT (scope, period) DO UPDATE SET limit_micros = excluded.limit_micros RETURNING scope",
            scope, period, micros,
        )  # fmt: skip

    async def price(self, model: str, micros: int) -> None:
        """What a million tokens cost, in and out."""
        await self.rows(
            "INSERT INTO ai_prices (provider, model, input, cached_input, output) VALUES ($3, $1, $2, $2, $2) "
            "ON CONFLICT (provider, model) DO UPDATE SET input = $2, cached_input = $2, output = $2 RETURNING model",
            model, micros, self.provider,
        )  # fmt: skip
        await self.told()

    async def with_provider(self, kind: str = "compatible") -> "AiSite":
        """The same site with a provider that nobody asked yet: no breaker of another test is open."""
        name = f"fake-{next(_numbers)}"
        await self.rows(
            "INSERT INTO ai_providers (id, name, kind, base_url) VALUES (gen_random_uuid(), $1, $2, $3)",
            name, kind, self.upstream_address + ("" if kind == "gemini" else "/v1"),
        )  # fmt: skip
        await self.told()
        return replace(self, provider=name)

    async def told(self) -> None:
        """Have the site read what is set up anew."""
        await self.rows("NOTIFY stoa_ai_setup")
        await asyncio.sleep(0.1)

    async def rows(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()


@asynccontextmanager
async def running_upstream() -> AsyncIterator[tuple[Upstream, str]]:
    """The fake provider in this process, with its address."""
    upstream = Upstream()
    runner = web.AppRunner(upstream.app(), handler_cancellation=True)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    try:
        yield upstream, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
