"""Questions about the site by anybody: off until the owner lets them, quoted or by a model, within limits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from redis import Redis

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.ai.chat.test_answers_from_articles import LAMP, QUESTION, Author, author
from tests.ai.site import AiSite

__all__ = ["author"]


@asynccontextmanager
async def visiting(
    site: AiSite, redis_url: str, folder: Path, *, key: str = "", **chosen: str
) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody, at a server with those settings, in a minute in which nobody asked yet."""
    with Redis.from_url(redis_url) as valkey:
        for counted in valkey.scan_iter("stoa:ai:minute:*"):
            valkey.delete(counted)
    settings = Settings.load(env_file=None, environment="test", **{"ai_embedded": "false", **chosen})
    app = create_app(settings, database_url=site.database_url, redis_url=redis_url, data_dir=folder)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers) as client,
    ):
        yield client


class TestAskPage:
    async def test_is_not_there_until_the_owner_lets_people_ask(
        self, site: AiSite, redis_url: str, data_dir: Path
    ) -> None:
        async with visiting(site, redis_url, data_dir) as nobody:
            assert (await nobody.get("/ask", params={"q": QUESTION})).status_code == 404
            assert "/ask" not in (await nobody.get("/")).text

    async def test_quotes_the_articles_with_their_sources(
        self, site: AiSite, author: Author, redis_url: str, data_dir: Path
    ) -> None:
        slug = await author.write(LAMP)
        await author.write(LAMP.replace("whale oil", "secret oil"), title="Draft", status="draft")
        async with visiting(site, redis_url, data_dir, ask_site="quotes") as nobody:
            page = (await nobody.get("/ask", params={"q": QUESTION})).text
            nothing = (await nobody.get("/ask", params={"q": "Which visa do I need for Japan?"})).text
            home = (await nobody.get("/")).text
        assert "It burns two litres of whale oil every night." in page
        assert f'href="/articles/{slug}"' in page
        assert "without a model" in page
        assert "secret oil" not in page
        assert "I found nothing about this" in nothing
        assert 'href="/ask"' in home
        assert site.upstream.bill.calls == []

    async def test_is_answered_by_a_model_within_the_visitors_budget(
        self, site: AiSite, author: Author, redis_url: str, data_dir: Path
    ) -> None:
        await author.write(LAMP)
        await site.price("fake-ok", 1_000_000)
        await site.rows("DELETE FROM ai_routes")
        await site.rows("INSERT INTO ai_routes VALUES ('chat', 0, $1, 'fake-ok')", site.provider)
        async with visiting(site, redis_url, data_dir, ask_site="model") as nobody:
            written = (await nobody.get("/ask", params={"q": QUESTION})).text
            await site.rows("INSERT INTO ai_budgets (scope, period, limit_micros) VALUES ('tier:visitor', 'day', 1)")
            await site.told()
            quoted = (await nobody.get("/ask", params={"q": QUESTION})).text
        await site.rows("DELETE FROM ai_routes")
        assert "word12" in written
        assert f"{site.provider}/fake-ok" in written
        assert "two litres of whale oil" in quoted
        assert len(site.upstream.bill.calls) == 1

    @pytest.mark.parametrize("q", ["x" * 301])
    async def test_refuses_what_is_too_long(self, site: AiSite, redis_url: str, data_dir: Path, q: str) -> None:
        async with visiting(site, redis_url, data_dir, ask_site="quotes") as nobody:
            assert (await nobody.get("/ask", params={"q": q})).status_code == 422

    async def test_has_a_limit_for_all_visitors_together(
        self, site: AiSite, author: Author, redis_url: str, data_dir: Path
    ) -> None:
        await author.write(LAMP)
        async with visiting(site, redis_url, data_dir, ask_site="quotes") as nobody:
            answers = [await nobody.get("/ask", params={"q": QUESTION}) for _ in range(12)]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert "times a minute" in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 0
