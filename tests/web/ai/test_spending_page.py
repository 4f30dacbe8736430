"""Who spends what, as those who manage models see it."""

import re

import httpx

from stoa.shared.database import Database
from tests.people import People
from tests.web.ai.spending import Spent, put
from tests.web.ai.test_usage_page import page, words

HERE = "/admin/ai/spending"


class TestSpending:
    async def test_names_who_spent_it_on_what(self, owner: httpx.AsyncClient, people: People, db: Database) -> None:
        eve = await people.person(username="eve")
        bob = await people.person("creator", username="bob")
        await put(
            db,
            Spent(eve.id, 100_000),
            Spent(bob.id, 900_000, feature="chat", model="gpt-5"),
            Spent(bob.id, 50, feature="summary", status="error"),
        )
        by_person = words(await page(owner, f"{HERE}?by=user"))
        assert "Cost $1.0001 Calls 3 1 failed" in by_person
        assert by_person.index("bob 2 1 failed 2,408 176 $0.9001") < by_person.index("eve 1 1,204 88 $0.1000")
        assert "summary 1 1 failed" in words(await page(owner, f"{HERE}?by=feature"))
        assert words(await page(owner, HERE)).count("most on") == 1
        html = await page(owner, f"{HERE}?by=user")
        found = re.search(r'href="(/api/v1/admin/ai/usage[^"]+)"', html)
        assert found
        sheet = (await owner.get(found[1].replace("&amp;", "&"))).text.splitlines()
        assert [line.partition(",")[0] for line in sheet] == ["user", "bob", "eve"]

    async def test_of_nobody_says_so_and_is_for_those_who_manage_models(
        self, owner: httpx.AsyncClient, people: People
    ) -> None:
        assert "Nothing was spent in these days" in await page(owner, HERE)
        assert f'href="{HERE}" aria-current="page"' in await page(owner, HERE)
        assert 'href="/admin/ai">AI</a>' in await page(owner, "/settings")
        moderator = await people.client("moderator", by="cookie")
        assert (await moderator.get(HERE)).status_code == 403
        assert 'href="/admin/ai"' not in await page(moderator, "/settings")
        assert (await owner.get(f"{HERE}?from_date=x")).status_code == 422
