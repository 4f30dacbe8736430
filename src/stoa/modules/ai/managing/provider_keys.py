"""The keys of providers: a secret is sealed as it comes in and never read again here."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.managing.errors import KeyNotFound, ProviderNotFound
from stoa.modules.ai.managing.repository import ProviderRepository
from stoa.modules.ai.managing.schemas import MOST_KEYS, KeyChange, KeyIn
from stoa.modules.ai.setup.models import AiProvider, AiProviderKey
from stoa.modules.ai.setup.store import PURPOSE, SetupStore
from stoa.modules.audit.service import AuditService
from stoa.shared.errors import Conflict
from stoa.shared.security import Actor


class ProviderKeyService:
    """Within the caller's unit of work. A provider that the settings set up has its key there, and none here."""

    def __init__(self, session: AsyncSession, store: SetupStore) -> None:
        self._session = session
        self._store = store
        self._rows = ProviderRepository(session)

    async def add(self, name: str, new: KeyIn, actor: Actor) -> UUID:
        """Raises ProviderNotFound, Conflict where there is no room for another."""
        provider = await self._provider(name)
        if len(await self._rows.keys(provider.id)) >= MOST_KEYS:
            raise Conflict(f"A provider has at most {MOST_KEYS} keys. Delete one first.")
        secret = new.secret.get_secret_value()
        sealed = self._store.keyring.seal(PURPOSE, secret.encode())
        key = AiProviderKey(
            provider_id=provider.id, label=new.label, secret=sealed, ending=secret[-4:], weight=new.weight
        )
        await self._rows.add(key)
        await self._record("added", name, key.id, actor)
        return key.id

    async def change(self, name: str, key_id: UUID, change: KeyChange, actor: Actor) -> None:
        """Raises ProviderNotFound, KeyNotFound."""
        key = await self._key(name, key_id)
        wanted = {field: getattr(change, field) for field in change.model_fields_set}
        changed = sorted(field for field, value in wanted.items() if getattr(key, field) != value)
        for field in changed:
            setattr(key, field, wanted[field])
        if changed:
            await self._session.flush()
            await self._record("changed", name, key_id, actor, fields=changed)

    async def delete(self, name: str, key_id: UUID, actor: Actor) -> None:
        """Raises ProviderNotFound, KeyNotFound."""
        await self._rows.delete(await self._key(name, key_id))
        await self._record("deleted", name, key_id, actor)

    async def _key(self, name: str, key_id: UUID) -> AiProviderKey:
        key = await self._rows.key((await self._provider(name)).id, key_id)
        if key is None:
            raise KeyNotFound
        return key

    async def _provider(self, name: str) -> AiProvider:
        provider = await self._rows.get(name)
        if provider is None:
            raise ProviderNotFound
        return provider

    async def _record(self, what: str, name: str, key_id: UUID, actor: Actor, **details: object) -> None:
        await self._store.announce(self._session)
        await AuditService(self._session).record(
            f"ai.key_{what}",
            actor=actor,
            subject_type="ai_provider",
            subject_id=name,
            details={"key": str(key_id), **details},
        )
