"""What is set up, for those who manage it: what was chosen here beside what the settings and the price data say."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import orjson

from stoa.modules.ai.managing import queries
from stoa.modules.ai.managing.answers import (
    BudgetOut,
    KeyOut,
    PlaceOut,
    PriceOut,
    ProviderOut,
    RouteOut,
    TierOut,
)
from stoa.modules.ai.managing.errors import ProviderNotFound
from stoa.modules.ai.prices.book import PriceBook
from stoa.modules.ai.setup.snapshot import TASKS, ProviderSetup, Snapshot
from stoa.modules.ai.terms import Target
from stoa.shared.clock import Clock, utc_now
from stoa.shared.database import ReadSession

_ON_THIS_MACHINE: Final = frozenset({"embedded", "gguf", "vectors"})


class SetupReads:
    """`setup` is what this process knows; rows are read anew."""

    def __init__(self, reads: ReadSession, setup: Snapshot, clock: Clock = utc_now) -> None:
        self._reads = reads
        self._setup = setup
        self._clock = clock

    async def providers(self) -> list[ProviderOut]:
        """Those set up here, oldest first, then those of the settings whose place none of them takes."""
        here = [ProviderOut.model_validate(one) for one in await self._json(queries.PROVIDERS)]
        names = {one.name for one in here}
        settings = [one for one in self._setup.providers.values() if one.is_from_settings and one.name not in names]
        return [*here, *(_of_settings(one) for one in settings)]

    async def provider(self, name: str) -> ProviderOut:
        """Raises ProviderNotFound."""
        found = next((one for one in await self.providers() if one.name == name), None)
        if found is None:
            raise ProviderNotFound
        return found

    async def tiers(self) -> list[TierOut]:
        """The lowest first."""
        return [TierOut.model_validate(one) for one in await self._json(queries.TIERS)]

    async def budgets(self) -> list[BudgetOut]:
        """With what is left now: of the site, then of tiers, then of people."""
        today = self._clock().date()
        first = today.replace(day=1)
        ends = {"day": today + timedelta(days=1), "month": (first + timedelta(days=32)).replace(day=1)}
        resets = {period: datetime.combine(end, time(), UTC) for period, end in ends.items()}
        found = await self._json(queries.BUDGETS, day=today, month=first)
        return [BudgetOut.model_validate({**one, "resets_at": resets[one["period"]]}) for one in found]

    def routes(self) -> list[RouteOut]:
        return [
            RouteOut(
                task=task,
                places=[PlaceOut(provider=one.provider, model=one.model) for one in self._setup.route(task)],
                is_own=bool(self._setup.routes.get(task)),
            )
            for task in TASKS
        ]

    def prices(self) -> list[PriceOut]:
        """Of the models that routes lead to, that providers list, and whose price was set here."""
        return [self._price(target) for target in dict.fromkeys(self._in_use())]

    def _in_use(self) -> Iterator[Target]:
        for task in TASKS:
            yield from self._setup.route(task)
        for provider in self._setup.providers.values():
            yield from (Target(provider.name, model) for model in provider.models)
        yield from (Target(*named) for named in self._setup.prices)

    def _price(self, target: Target) -> PriceOut:
        provider = self._setup.providers.get(target.provider)
        own = self._setup.prices.get((target.provider, target.model))
        price = own or (PriceBook().price(self._setup, provider, target.model) if provider else None)
        named = {"provider": target.provider, "model": target.model}
        if price is None:
            return PriceOut(**named, input=None, cached_input=None, output=None, source="unknown")
        is_free = own is None and provider is not None and provider.kind in _ON_THIS_MACHINE
        source: Any = "own" if own else "free" if is_free else "known"
        return PriceOut(**named, input=price.input, cached_input=price.cached_input, output=price.output, source=source)

    async def _json(self, query: Any, **values: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = orjson.loads(await self._reads.fetch_value(query, **values))
        return found


def _of_settings(one: ProviderSetup) -> ProviderOut:
    keys = [KeyOut(id=key.id, label="", ending=key.secret[-4:], weight=key.weight, is_enabled=True) for key in one.keys]
    return ProviderOut(
        name=one.name,
        kind=one.kind,
        base_url=one.base_url,
        models=list(one.models),
        options=dict(one.options),
        is_enabled=one.is_enabled,
        is_from_settings=True,
        version=0,
        keys=keys,
    )
