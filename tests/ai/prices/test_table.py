"""docs/ai.md says what the price data, the prompts and the database say."""

import re
from pathlib import Path

import asyncpg

from stoa.modules.ai import prompts_table
from stoa.modules.ai.prices.table import day_of, table

DOCUMENT = (Path(__file__).parents[3] / "docs" / "ai.md").read_text(encoding="utf-8")


class TestDocument:
    def test_has_the_prices_of_the_data(self) -> None:
        assert table(day_of(DOCUMENT)) in DOCUMENT, "run `make docs`"

    def test_has_the_prompts_word_for_word(self) -> None:
        assert prompts_table.table() in DOCUMENT, "run `make docs`"

    async def test_has_the_tiers_of_a_new_site(self, own_database_url: str) -> None:
        connection = await asyncpg.connect(own_database_url)
        try:
            tiers = await connection.fetch("SELECT * FROM ai_tiers ORDER BY rank")
        finally:
            await connection.close()
        for tier in tiers:
            limits = (tier["requests_per_minute"], tier["tokens_per_minute"], tier["streams"])
            row = " \\| ".join(f"{limit:,}" for limit in limits)
            assert re.search(rf"^\| `{tier['name']}` \|.*\| {row} \|$", DOCUMENT, re.MULTILINE), tier["name"]
