"""Use cases of those who set providers up. What a provider takes is checked by making one, which opens nothing."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.managing.answers import KeyOut, ProviderOut
from stoa.modules.ai.managing.errors import ProviderNotFound, StaleProvider, refused
from stoa.modules.ai.managing.repository import ProviderRepository
from stoa.modules.ai.managing.schemas import MOST_PROVIDERS, ProviderChange, ProviderIn
from stoa.modules.ai.prices.book import PriceBook
from stoa.modules.ai.providers.registry import kinds, make_provider
from stoa.modules.ai.setup.models import AiProvider
from stoa.modules.ai.setup.snapshot import ProviderSetup
from stoa.modules.ai.setup.store import SetupStore
from stoa.modules.audit.service import AuditService
from stoa.shared.errors import Conflict, InvalidInput
from stoa.shared.if_match import IfMatch
from stoa.shared.security import Actor
from stoa.shared.targets import Refused, check_target

_FACTS: Final = ("name", "kind", "base_url", "models", "options", "is_enabled", "version")


class ProviderService:
    """Within the caller's unit of work."""

    def __init__(self, session: AsyncSession, store: SetupStore) -> None:
        self._session = session
        self._store = store
        self._rows = ProviderRepository(session)

    async def create(self, new: ProviderIn, actor: Actor) -> ProviderOut:
        """Takes the place of one of the settings with this name. Raises InvalidInput for what cannot be, Conflict."""
        wanted = _written(new, exclude_unset=False)
        self._check(wanted)
        if await self._rows.count_alone() >= MOST_PROVIDERS:
            raise Conflict(f"There are {MOST_PROVIDERS} providers already. Delete one first.")
        if await self._rows.get(new.name) is not None:
            raise Conflict(f"There is a provider '{new.name}' already. Change that one, or choose another name.")
        provider = AiProvider(version=1, **wanted)
        await self._rows.add(provider)
        await self._record("created", provider.name, actor, kind=provider.kind)
        return _told(provider, [])

    async def change(self, name: str, change: ProviderChange, versions: IfMatch, actor: Actor) -> ProviderOut:
        """Raises ProviderNotFound, StaleProvider unless `versions` admit what is there, and as `create`."""
        provider = await self._found(name)
        if not versions.admits(provider.version):
            raise StaleProvider
        wanted = _written(change, exclude_unset=True)
        self._check({**_facts(provider), **wanted})
        changed = sorted(field for field, value in wanted.items() if getattr(provider, field) != value)
        for field in changed:
            setattr(provider, field, wanted[field])
        if changed:
            await self._rows.save(provider)
            await self._record("changed", name, actor, fields=changed)
        keys = await self._rows.keys(provider.id)
        return _told(provider, [KeyOut(id=str(key.id), **_of_key(key)) for key in keys])

    async def delete(self, name: str, actor: Actor) -> None:
        """With its keys; what still runs over it comes to its end. Raises ProviderNotFound."""
        await self._rows.delete(await self._found(name))
        await self._record("deleted", name, actor)

    async def note_try(self, name: str, actor: Actor, *, is_good: bool) -> None:
        await AuditService(self._session).record(
            "ai.provider_tried", actor=actor, subject_type="ai_provider", subject_id=name, details={"is_good": is_good}
        )

    async def _found(self, name: str) -> AiProvider:
        provider = await self._rows.get(name)
        if provider is None:
            raise ProviderNotFound
        return provider

    def _check(self, facts: dict[str, Any]) -> None:
        """Raises InvalidInput at the field that cannot be so."""
        if facts["kind"] not in kinds():
            raise refused("kind", f"There is no kind '{facts['kind']}'; there are {', '.join(kinds())}.")
        if facts["base_url"] is not None:
            _check_address(facts["base_url"])
        named = facts["options"].get("price_as")
        if named is not None and named not in PriceBook.sources():
            raise refused("options", f"No prices are known of '{named}'; price_as is openai, google, openrouter ...")
        setup = ProviderSetup(facts["name"], facts["kind"], facts["base_url"], tuple(facts["models"]), facts["options"])
        try:
            make_provider(setup, self._store.settings)
        except InvalidInput as error:
            raise refused("options" if facts["base_url"] else "base_url", error.detail) from None

    async def _record(self, what: str, name: str, actor: Actor, **details: object) -> None:
        await self._store.announce(self._session)
        await AuditService(self._session).record(
            f"ai.provider_{what}", actor=actor, subject_type="ai_provider", subject_id=name, details=details
        )


def _check_address(url: str) -> None:
    """A machine of one's own is as good as any: models often run inside."""
    try:
        check_target(url, allow_private=True)
    except Refused as error:
        raise refused("base_url", error.reason) from None
    if "?" in url:
        raise refused("base_url", "Write the address without a part after ?, such as http://localhost:11434/v1.")


def _written(sent: ProviderIn | ProviderChange, *, exclude_unset: bool) -> dict[str, Any]:
    """As it is stored: of the options those that were given."""
    wanted = sent.model_dump(exclude_unset=exclude_unset)
    if "options" in wanted:
        wanted["options"] = sent.options.model_dump(exclude_none=True)
    return wanted


def _facts(provider: AiProvider) -> dict[str, Any]:
    return {name: getattr(provider, name) for name in _FACTS}


def _of_key(key: Any) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ("label", "ending", "weight", "is_enabled")}


def _told(provider: AiProvider, keys: list[KeyOut]) -> ProviderOut:
    return ProviderOut(**_facts(provider), is_from_settings=False, keys=keys)
