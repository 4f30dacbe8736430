"""The first page of those who manage models."""

import httpx

from stoa.shared.database import Database
from tests.people import People
from tests.web.ai.spending import Spent, put
from tests.web.ai.test_usage_page import page, words

HERE = "/admin/ai"


class TestOverview:
    async def test_first_says_what_answers_now_and_what_to_do(self, owner: httpx.AsyncClient) -> None:
        told = words(await page(owner, HERE))
        assert "A small model on this machine answers now" in told
        assert "Add a provider" in told
        assert "Talking embedded/smollm2-135m" in told.replace("Talkingembedded", "Talking embedded")

    async def test_tells_how_a_provider_did_in_the_last_hour(
        self, owner: httpx.AsyncClient, people: People, db: Database
    ) -> None:
        eve = await people.person()
        calls = [Spent(eve.id, 0, provider="embedded", model=f"m{at}") for at in range(3)]
        await put(db, *calls, Spent(eve.id, 0, provider="embedded", model="m4", status="error"))
        assert "Ready 4 75 % 640 ms" in words(await page(owner, HERE))

    async def test_is_for_those_who_manage_models(self, people: People, client: httpx.AsyncClient) -> None:
        moderator = await people.client("moderator", by="cookie")
        assert (await moderator.get(HERE)).status_code == 403
        assert (await client.get(HERE)).status_code == 303
