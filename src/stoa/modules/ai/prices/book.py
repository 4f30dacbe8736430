"""What models cost: as the owner says, else as genai-prices knows it. Micro-dollars for a million tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any, Final

from stoa.modules.ai.setup.snapshot import EMBEDDED, ProviderSetup, Snapshot
from stoa.modules.ai.terms import FREE, MILLION, Price
from stoa.shared.clock import utc_now

_SOURCES: Final[Mapping[str, str]] = {"openai": "openai", "gemini": "google"}
_LONGEST_ANSWERS: Final[Mapping[str, int]] = {EMBEDDED.model: 1_024}
_OWN_MACHINE: Final = {"embedded", "gguf", "vectors"}
_USUAL_WINDOW: Final = 8_192
_OWN_WINDOW: Final = 4_096


class PriceBook:
    def longest_answer(self, model: str) -> int | None:
        """The longest answer a model can give; None where only its provider knows."""
        return _LONGEST_ANSWERS.get(model)

    def window(self, provider: ProviderSetup, model: str) -> int:
        """How many tokens a model holds, question and answer together; 8,192 where nobody says."""
        said = provider.options.get("context")
        if isinstance(said, int) and not isinstance(said, bool) and said > 0:
            return said
        if provider.kind in _OWN_MACHINE:
            return _OWN_WINDOW
        source = _source_of(provider)
        return (_known_window(source, model) if source else None) or _USUAL_WINDOW

    @staticmethod
    def sources() -> frozenset[str]:
        """Whose prices are known, by the names that `price_as` takes."""
        from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 # its data takes 10 MiB

        return frozenset(provider.id for provider in get_snapshot().providers)

    def price(self, setup: Snapshot, provider: ProviderSetup, model: str, input_tokens: int = 0) -> Price | None:
        """None where nobody knows it. Some models cost more once the question is long: hence `input_tokens`."""
        said = setup.prices.get((provider.name, model))
        if said is not None:
            return said
        if provider.kind in _OWN_MACHINE:
            return FREE
        source = _source_of(provider)
        known = None if source is None else _known(source, model, utc_now().date())
        return None if known is None else known.at(input_tokens)

    def knows(self, provider: ProviderSetup, model: str) -> bool:
        """Whether a provider is known to have a model, without anybody listing it."""
        source = _SOURCES.get(provider.kind)
        return source is not None and _known(source, model, utc_now().date()) is not None


def _source_of(provider: ProviderSetup) -> str | None:
    """A compatible server may say whose prices it has: `{"price_as": "openrouter"}`."""
    named = provider.options.get("price_as")
    return _SOURCES.get(provider.kind) or (named if isinstance(named, str) else None)


@dataclass(frozen=True, slots=True)
class _Known:
    """Dollars for a million tokens as genai-prices has them: plain, or in tiers by the length of the question."""

    input: Any
    cached_input: Any
    output: Any

    def at(self, input_tokens: int) -> Price:
        taken = _micros(self.input, input_tokens)
        cached = taken if self.cached_input is None else _micros(self.cached_input, input_tokens)
        return Price(taken, cached, 0 if self.output is None else _micros(self.output, input_tokens))


@lru_cache(maxsize=1024)
def _known(source: str, model: str, day: date) -> _Known | None:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 # its data takes 10 MiB

    try:
        _, found = get_snapshot().find_provider_model(model, None, source, None)
    except (LookupError, ValueError):
        return None
    prices = found.get_prices(datetime.combine(day, time(12), UTC))
    if prices.input_mtok is None:
        return None
    return _Known(prices.input_mtok, prices.cache_read_mtok, prices.output_mtok)


@lru_cache(maxsize=1024)
def _known_window(source: str, model: str) -> int | None:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 # its data takes 10 MiB

    try:
        _, found = get_snapshot().find_provider_model(model, None, source, None)
    except (LookupError, ValueError):
        return None
    window: int | None = found.context_window
    return window


def _micros(price: Any, input_tokens: int) -> int:
    dollars = price
    if not isinstance(price, Decimal):
        dollars = price.base
        for tier in price.tiers:
            if input_tokens > tier.start:
                dollars = tier.price
    return int((Decimal(dollars) * MILLION).to_integral_value(ROUND_CEILING))
