"""The tables of docs/ai.md, made from the price data: `python -m stoa.modules.ai.prices.table docs/ai.md`."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from stoa.shared.clock import utc_now

BEGIN, END = "<!-- made from the price data: begin -->", "<!-- made from the price data: end -->"
_PROVIDERS: Final = (("openai", "OpenAI"), ("google", "Gemini"))
_NO_TEXT: Final = re.compile(r"audio|image|tts|realtime|transcribe|vision|live|computer|robotics|omni|:")
_OF_OTHERS: Final = re.compile(r"claude|gemma|gpt-oss")
_AS_OF: Final = re.compile(r"on (\d{4}-\d{2}-\d{2})")


def table(day: date) -> str:
    """Models for text whose prices and context are known and that are not going away, dearest last."""
    lines = [
        BEGIN,
        "",
        f"As genai-prices {version('genai-prices')} knows them on {day}: US dollars for a million tokens.",
        "",
        "| provider | model | context, tokens | input | cached input | output |",
        "|---|---|---|---|---|---|",
    ]
    for source, name in _PROVIDERS:
        lines += [f"| {name} | {line} |" for line in _models(source, day)]
    return "\n".join([*lines, "", END])


def day_of(document: str) -> date:
    """On which day its tables were made."""
    found = _AS_OF.search(document.partition(BEGIN)[2])
    if found is None:
        raise ValueError("The document has no tables of prices yet.")
    return date.fromisoformat(found[1])


def _models(source: str, day: date) -> Iterator[str]:
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 # its data takes 10 MiB

    [provider] = [one for one in get_snapshot().providers if one.id == source]
    noon = datetime.combine(day, time(12), UTC)
    priced = [(model, model.get_prices(noon)) for model in provider.models if _is_for_text(model)]
    known = [(model, prices) for model, prices in priced if prices.input_mtok is not None]
    for model, prices in sorted(known, key=lambda one: (_base(one[1].input_mtok), one[0].id)):
        cells = (prices.input_mtok, prices.cache_read_mtok, prices.output_mtok)
        told = " | ".join(_dollars(price) for price in cells)
        yield f"`{model.id}` | {model.context_window:,} | {told}"


def _is_for_text(model: Any) -> bool:
    is_current = model.context_window and not model.deprecated
    return bool(is_current and not _NO_TEXT.search(model.id) and not _OF_OTHERS.match(model.id))


def _base(price: Any) -> Decimal:
    return price if isinstance(price, Decimal) else price.base


def _dollars(price: Any) -> str:
    """A price, and what it becomes for long questions."""
    if price is None:
        return ""
    if isinstance(price, Decimal):
        return f"{price.normalize():f}"
    longer = ", ".join(f"{tier.price.normalize():f} over {tier.start:,}" for tier in price.tiers)
    return f"{price.base.normalize():f}; {longer}"


def main() -> None:
    """Put the tables into the document."""
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    path.write_text(before + table(utc_now().date()) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
