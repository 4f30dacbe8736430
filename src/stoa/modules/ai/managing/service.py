"""Use cases of those who say which model does what, what it costs, and how much of it anybody may have."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.managing.errors import refused
from stoa.modules.ai.managing.repository import ChoiceRepository
from stoa.modules.ai.managing.schemas import BudgetIn, PriceIn, TierIn
from stoa.modules.ai.setup.snapshot import TASKS, Snapshot
from stoa.modules.ai.setup.store import SetupStore
from stoa.modules.ai.terms import Price, Target
from stoa.modules.audit.service import AuditService
from stoa.modules.users.service import UserService
from stoa.shared.errors import Conflict, NotFound
from stoa.shared.security import Actor

_MOST: Final = 1_000
"""Prices, and budgets."""


class ChoiceService:
    """Within the caller's unit of work. Each act leaves one audit row and has every process read anew."""

    def __init__(self, session: AsyncSession, store: SetupStore) -> None:
        self._session = session
        self._store = store
        self._rows = ChoiceRepository(session)

    async def set_route(self, task: str, places: Sequence[Target], actor: Actor) -> None:
        """No places: the usual order again. Raises NotFound for no task, InvalidInput for a provider that is not."""
        if task not in TASKS:
            raise NotFound(f"There is no task '{task}'; there are {', '.join(TASKS)}.")
        if len(set(places)) < len(places):
            raise refused("places", "The same model stands there twice.")
        setup = await self._store.fresh()
        for place in places:
            _check_place(place, setup)
        await self._rows.put_route(task, places)
        await self._record("route_set", task, actor, places=[str(place) for place in places])

    async def set_price(self, new: PriceIn, actor: Actor) -> None:
        """Counts for calls from now on. Raises InvalidInput for a provider that is not there, Conflict."""
        target = Target(new.provider, new.model)
        setup = await self._store.fresh()
        if new.provider not in setup.providers:
            raise refused("provider", f"There is no provider '{new.provider}'; there are {_names(setup)}.")
        if await self._rows.count_prices() >= _MOST:
            raise Conflict(f"There are {_MOST:,} prices already. Remove one first.")
        await self._rows.put_price(target, Price(new.input, new.cached_input, new.output))
        said = new.model_dump(exclude={"provider", "model"})
        await self._record("price_set", str(target), actor, **said)

    async def remove_price(self, target: Target, actor: Actor) -> None:
        """What the price data knows counts again. Raises NotFound."""
        if not await self._rows.delete_price(target):
            raise NotFound(f"No price of '{target}' was set here.")
        await self._record("price_removed", str(target), actor)

    async def change_tier(self, name: str, change: TierIn, actor: Actor) -> None:
        """Raises NotFound."""
        tier = await self._rows.tier(name)
        if tier is None:
            raise NotFound(f"There is no tier '{name}'.")
        for field, value in change.model_dump().items():
            setattr(tier, field, value)
        await self._session.flush()
        await self._record("tier_changed", name, actor, **change.model_dump())

    async def set_budget(self, new: BudgetIn, actor: Actor) -> None:
        """Counts at once, for what was spent in this period too. Raises InvalidInput for nobody and no tier."""
        scope = await self._scope(new.scope)
        if await self._rows.count_budgets() >= _MOST:
            raise Conflict(f"There are {_MOST:,} budgets already. Remove one first.")
        await self._rows.put_budget(scope, new.period, new.limit_micro_usd)
        await self._record("budget_set", scope, actor, period=new.period, limit_micro_usd=new.limit_micro_usd)

    async def remove_budget(self, scope: str, period: str, actor: Actor) -> None:
        """Raises NotFound."""
        stored = await self._scope(scope)
        if not await self._rows.delete_budget(stored, period):
            raise NotFound(f"There is no budget of '{scope}' for a {period}.")
        await self._record("budget_removed", stored, actor, period=period)

    async def _scope(self, written: str) -> str:
        """As it is stored: people by their ids, which stay when they are called otherwise."""
        kind, _, name = written.partition(":")
        if kind == "user":
            return f"user:{await self._user_id(name)}"
        if kind != "site" and await self._rows.tier(name) is None:
            raise refused("scope", f"There is no tier '{name}'. GET /api/v1/admin/ai/tiers lists those there are.")
        return written

    async def _user_id(self, username: str) -> UUID:
        try:
            return (await UserService(self._session).account_of(username)).id
        except NotFound:
            raise refused("scope", f"Nobody here is called '{username}'.") from None

    async def _record(self, what: str, subject: str, actor: Actor, **details: object) -> None:
        await self._store.announce(self._session)
        await AuditService(self._session).record(
            f"ai.{what}", actor=actor, subject_type="ai_setup", subject_id=subject, details=details
        )


def _check_place(place: Target, setup: Snapshot) -> None:
    provider = setup.providers.get(place.provider)
    if provider is None:
        raise refused("places", f"There is no provider '{place.provider}'; there are {_names(setup)}.")
    if not provider.offers(place.model):
        offered = ", ".join(provider.models[:10])
        raise refused("places", f"The provider '{place.provider}' has no model '{place.model}'; it has {offered}.")


def _names(setup: Snapshot) -> str:
    return ", ".join(setup.providers)
