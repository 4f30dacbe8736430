"""Keeps this process's picture of what is set up, read anew when somebody changed it. Opens the sealed keys."""

import asyncio
import time
from typing import Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.setup import queries
from stoa.modules.ai.setup.from_settings import providers_of
from stoa.modules.ai.setup.snapshot import KeySetup, ProviderSetup, Snapshot, TierSetup
from stoa.modules.ai.terms import Price, Target
from stoa.shared.changes import ChangeListener
from stoa.shared.database import ReadSession
from stoa.shared.keyring import CannotOpen, Keyring
from stoa.shared.settings_parts import AiSettings

log = structlog.get_logger("stoa.ai")
CHANNEL: Final = "stoa_ai_setup"
PURPOSE: Final = "ai provider key"
_TRUST_SECONDS: Final = 30.0


class SetupStore:
    """`keyring` seals the keys of providers, for those who set them up; `settings` are what providers are made with."""

    def __init__(self, reads: ReadSession, settings: AiSettings, keyring: Keyring) -> None:
        self._reads = reads
        self.settings = settings
        self.keyring = keyring
        self._kept = Snapshot()
        self._read_at = float("-inf")
        self._changes = 0
        self._lock = asyncio.Lock()

    def listener(self, database_url: str) -> ChangeListener:
        """While it does not hear, what is kept is trusted for half a minute as always."""
        return ChangeListener(
            database_url, connected=self.forget, changed=self.forget, disconnected=self.forget, channel=CHANNEL
        )

    def forget(self) -> None:
        self._changes += 1
        self._read_at = float("-inf")

    async def announce(self, session: AsyncSession) -> None:
        """Have every process read it anew once this transaction commits, and this one before anybody is answered."""
        await session.execute(text(f"NOTIFY {CHANNEL}"))
        event.listen(session.sync_session, "after_commit", lambda _: self.forget(), once=True)

    async def fresh(self) -> Snapshot:
        """As it is in the database now, for those who are about to change it."""
        self.forget()
        return await self.current()

    async def current(self) -> Snapshot:
        """Raises as reading does where nothing was read yet."""
        if time.monotonic() - self._read_at < _TRUST_SECONDS:
            return self._kept
        async with self._lock:
            if time.monotonic() - self._read_at >= _TRUST_SECONDS:
                began, changes = time.monotonic(), self._changes
                self._kept = await self._read()
                if changes == self._changes:  # else it changed while it was read
                    self._read_at = began
        return self._kept

    async def _read(self) -> Snapshot:
        keys: dict[UUID, list[KeySetup]] = {}
        for row in await self._reads.fetch(queries.KEYS):
            secret = self._opened(row["secret"], row["id"])
            if secret is not None:
                keys.setdefault(row["provider_id"], []).append(KeySetup(str(row["id"]), secret, row["weight"]))
        found = {provider.name: provider for provider in providers_of(self.settings)}
        for row in await self._reads.fetch(queries.PROVIDERS):
            found[row["name"]] = ProviderSetup(
                name=row["name"],
                kind=row["kind"],
                base_url=row["base_url"],
                models=tuple(row["models"]),
                options=_options(row["options"]),
                keys=tuple(keys.get(row["id"], ())),
                is_enabled=row["is_enabled"],
            )
        routes: dict[str, list[Target]] = {}
        for row in await self._reads.fetch(queries.ROUTES):
            routes.setdefault(row["task"], []).append(Target(row["provider"], row["model"]))
        prices = {
            (row["provider"], row["model"]): Price(row["input"], row["cached_input"], row["output"])
            for row in await self._reads.fetch(queries.PRICES)
        }
        tiers = {
            row["name"]: TierSetup(
                row["name"], row["rank"], row["requests_per_minute"], row["tokens_per_minute"], row["streams"],
                frozenset(row["roles"]),
            )
            for row in await self._reads.fetch(queries.TIERS)
        }  # fmt: skip
        return Snapshot(found, routes, prices, tiers)

    def _opened(self, sealed: bytes, key_id: UUID) -> str | None:
        try:
            return self.keyring.open(PURPOSE, sealed).decode()
        except CannotOpen as error:
            log.warning("a provider's key cannot be read", key=str(key_id), why=error.detail)
            return None


def _options(written: str | dict[str, object]) -> dict[str, object]:
    return orjson.loads(written) if isinstance(written, str) else written
