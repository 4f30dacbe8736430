"""What the pages of those who manage models show: what is set up, how it does, what it costs."""

from typing import Final

from starlette.requests import Request

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.answers import BudgetOut, PriceOut, ProviderOut, RouteOut
from stoa.modules.ai.managing.errors import ProviderNotFound
from stoa.modules.ai.managing.reading import SetupReads
from stoa.modules.ai.usage.reading import UsageReads
from stoa.shared.database import reads_of
from stoa.web.ai.admin_contexts import BudgetLine, KeyLine, PriceLine, ProviderLine, TaskAnswer
from stoa.web.ai.figures import amount, lasted, percent
from stoa.web.ai.usage_building import budget_bar

ABOUT: Final = {"chat": "Talking", "small": "Small work", "long": "Long work", "embed": "Vectors"}
_SCOPES: Final = {
    "site": "The whole site",
    "tier": "All of the tier {}",
    "each": "Each person of the tier {}",
    "user": "{}",
}
_PERIODS: Final = {"day": "a day", "month": "a month"}
_ORIGINS: Final = {"own": "yours", "known": "known", "free": "on this machine", "unknown": "nobody knows"}
_ON_THIS_MACHINE: Final = frozenset({"embedded", "gguf", "vectors"})


async def setup_reads(request: Request) -> SetupReads:
    return SetupReads(reads_of(request), await engine_of(request).setup.current())


async def provider_lines(request: Request) -> tuple[ProviderLine, ...]:
    """Those that are set up and those of the settings, each with its last hour."""
    lately = await UsageReads(reads_of(request)).health()
    providers = await (await setup_reads(request)).providers()
    states = engine_of(request).upstreams.state_of
    return tuple(_line(one, states(one.name), lately.get(one.name, {})) for one in providers)


async def provider_with_keys(request: Request, name: str) -> tuple[ProviderLine, tuple[KeyLine, ...]]:
    """Raises ProviderNotFound."""
    one = await (await setup_reads(request)).provider(name)
    lately = await UsageReads(reads_of(request)).health()
    line = _line(one, engine_of(request).upstreams.state_of(name), lately.get(name, {}))
    return line, tuple(KeyLine(key.id, key.label, key.ending, key.weight, key.is_enabled) for key in one.keys)


async def own_provider(request: Request, name: str) -> None:
    """Raises ProviderNotFound for those of the settings too, which no form changes."""
    if (await (await setup_reads(request)).provider(name)).is_from_settings:
        raise ProviderNotFound


def answers_now(routes: list[RouteOut]) -> tuple[TaskAnswer, ...]:
    return tuple(TaskAnswer(one.task, ABOUT[one.task], names_in(one)) for one in routes)


def names_in(route: RouteOut) -> tuple[str, ...]:
    return tuple(f"{place.provider}/{place.model}" for place in route.places)


def is_bare(providers: tuple[ProviderLine, ...]) -> bool:
    """Whether nobody but a model on this machine can answer."""
    return all(one.kind in _ON_THIS_MACHINE for one in providers)


def price_line(one: PriceOut) -> PriceLine:
    return PriceLine(
        provider=one.provider,
        model=one.model,
        input=_told(one.input),
        cached_input=_told(one.cached_input),
        output=_told(one.output),
        origin=_ORIGINS[one.source],
        is_own=one.source == "own",
    )


def budget_line(one: BudgetOut) -> BudgetLine:
    """For each of a tier there is no single account that could be shown."""
    kind, _, name = one.scope.partition(":")
    label = f"{_SCOPES[kind].format(name)}, {_PERIODS[one.period]}"
    bar = None if one.spent_micro_usd is None else budget_bar(one.model_dump(mode="json"), label)
    return BudgetLine(one.scope, one.period, label, amount(one.limit_micro_usd), bar)


def _told(micros: int | None) -> str:
    return "" if micros is None else amount(micros)


def _line(one: ProviderOut, state: str, lately: dict[str, float | None]) -> ProviderLine:
    success, fallback, median = (lately.get(name) for name in ("success_rate", "fallback_rate", "median_ms"))
    return ProviderLine(
        name=one.name,
        kind=one.kind,
        base_url=one.base_url or "",
        models=tuple(one.models),
        is_enabled=one.is_enabled,
        is_from_settings=one.is_from_settings,
        version=one.version,
        keys=sum(key.is_enabled for key in one.keys),
        state=state,
        calls=int(lately.get("calls") or 0),
        success="" if success is None else percent(success),
        fallback="" if fallback is None else percent(fallback),
        median=lasted(None if median is None else int(median)),
    )
