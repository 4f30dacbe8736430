"""What models cost: the owner's word before what is known, and nothing made up."""

from decimal import Decimal

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from stoa.modules.ai.prices.book import PriceBook
from stoa.modules.ai.setup.snapshot import ProviderSetup, Snapshot
from stoa.modules.ai.terms import FREE, Price, Usage

_BOOK = PriceBook()
_OPENAI, _GEMINI = ProviderSetup("openai", "openai"), ProviderSetup("gemini", "gemini")
_OWN = ProviderSetup("own", "compatible")


class TestPrice:
    def test_is_what_the_price_data_says(self) -> None:
        for provider, model, source in ((_OPENAI, "gpt-4o-mini", "openai"), (_GEMINI, "gemini-2.5-flash", "google")):
            known = calc_price(PricedUsage(input_tokens=1_000_000, output_tokens=1_000_000), model, provider_id=source)
            price = _BOOK.price(Snapshot(), provider, model)
            assert price is not None
            assert price.cost(Usage(1_000_000, 1_000_000)) == known.total_price * Decimal(1_000_000)

    def test_long_questions_cost_more_where_they_do(self) -> None:
        short, long = (_BOOK.price(Snapshot(), _GEMINI, "gemini-2.5-pro", tokens) for tokens in (1_000, 300_000))
        assert short is not None
        assert long is not None
        assert long.input == 2 * short.input

    def test_the_owner_s_word_comes_first(self) -> None:
        said = Price(1, 2, 3)
        setup = Snapshot(prices={("openai", "gpt-4o-mini"): said, ("own", "mine"): said})
        assert _BOOK.price(setup, _OPENAI, "gpt-4o-mini") == said
        assert _BOOK.price(setup, _OWN, "mine") == said

    def test_what_nobody_knows_is_unknown_and_never_free(self) -> None:
        assert _BOOK.price(Snapshot(), _OPENAI, "no-such-model") is None
        assert _BOOK.price(Snapshot(), _OWN, "gpt-4o-mini") is None
        assert _BOOK.price(Snapshot(), ProviderSetup("x", "compatible", options={"price_as": ["a"]}), "m") is None

    def test_one_s_own_machine_costs_nothing(self) -> None:
        assert _BOOK.price(Snapshot(), ProviderSetup("embedded", "embedded"), "smollm2-135m") == FREE

    def test_another_server_may_have_known_prices(self) -> None:
        assert _BOOK.price(Snapshot(), ProviderSetup("x", "compatible", options={"price_as": "openai"}), "gpt-4o-mini")


def test_cost_is_rounded_up_and_cached_tokens_are_cheaper() -> None:
    price = Price(input=150_000, cached_input=75_000, output=600_000)
    assert price.cost(Usage(1, 0)) == 1
    assert price.cost(Usage(1_000_000, 0, cached_input=1_000_000)) == 75_000
    assert price.cost(Usage(0, 0)) == 0
