"""The writing SQL of what is set up, inside the caller's unit of work."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.setup.models import AiBudget, AiPrice, AiProvider, AiProviderKey, AiRoute, AiTier
from stoa.modules.ai.terms import Price, Target

_TURN = 0x5760_0A10  # the advisory lock of those who add: of many at once none counts past another


class ProviderRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count_alone(self) -> int:
        """How many there are; until this transaction ends nobody else adds one."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_TURN)))
        return await self._session.scalar(select(func.count()).select_from(AiProvider)) or 0

    async def get(self, name: str) -> AiProvider | None:
        """The provider, locked."""
        return await self._session.scalar(select(AiProvider).where(AiProvider.name == name).with_for_update())

    async def add(self, made: AiProvider | AiProviderKey) -> None:
        self._session.add(made)
        await self._session.flush()

    async def save(self, provider: AiProvider) -> None:
        """What was changed in it, under the next version."""
        provider.version += 1
        await self._session.flush()
        await self._session.refresh(provider)

    async def delete(self, thing: AiProvider | AiProviderKey) -> None:
        await self._session.delete(thing)
        await self._session.flush()

    async def key(self, provider_id: UUID, key_id: UUID) -> AiProviderKey | None:
        found = select(AiProviderKey).where(AiProviderKey.provider_id == provider_id, AiProviderKey.id == key_id)
        return await self._session.scalar(found.with_for_update())

    async def keys(self, provider_id: UUID) -> Sequence[AiProviderKey]:
        """Oldest first."""
        found = select(AiProviderKey).where(AiProviderKey.provider_id == provider_id)
        return (await self._session.scalars(found.order_by(AiProviderKey.created_at, AiProviderKey.id))).all()


class ChoiceRepository:
    """Routes, prices, tiers and budgets: rows by their names."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def put_route(self, task: str, places: Sequence[Target]) -> None:
        """In place of what was there; none takes it away."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_TURN)))
        await self._session.execute(delete(AiRoute).where(AiRoute.task == task))
        rows = [
            {"task": task, "place": at, "provider": place.provider, "model": place.model}
            for at, place in enumerate(places)
        ]
        if rows:
            await self._session.execute(insert(AiRoute), rows)

    async def put_price(self, target: Target, price: Price) -> None:
        values = {"input": price.input, "cached_input": price.cached_input, "output": price.output}
        statement = insert(AiPrice).values(provider=target.provider, model=target.model, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["provider", "model"], set_={**values, "updated_at": func.now()}
            )
        )

    async def delete_price(self, target: Target) -> bool:
        where = (AiPrice.provider == target.provider, AiPrice.model == target.model)
        return await self._session.scalar(delete(AiPrice).where(*where).returning(AiPrice.model)) is not None

    async def count_prices(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(AiPrice)) or 0

    async def tier(self, name: str) -> AiTier | None:
        """The tier, locked."""
        return await self._session.scalar(select(AiTier).where(AiTier.name == name).with_for_update())

    async def put_budget(self, scope: str, period: str, micros: int) -> None:
        statement = insert(AiBudget).values(scope=scope, period=period, limit_micros=micros)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["scope", "period"], set_={"limit_micros": micros, "updated_at": func.now()}
            )
        )

    async def delete_budget(self, scope: str, period: str) -> bool:
        where = (AiBudget.scope == scope, AiBudget.period == period)
        return await self._session.scalar(delete(AiBudget).where(*where).returning(AiBudget.scope)) is not None

    async def count_budgets(self) -> int:
        return await self._session.scalar(select(func.count()).select_from(AiBudget)) or 0
