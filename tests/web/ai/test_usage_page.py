"""The page of one's own usage, as a browser without scripts uses it."""

import re
from datetime import timedelta

import httpx
import pytest

from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from tests.people import People, Person
from tests.web.ai.spending import Spent, noon, put, put_account
from tests.web.forms import Shown

HERE = "/settings/ai"


@pytest.fixture
async def eve(people: People) -> Person:
    return await people.person("viewer", username="eve")


@pytest.fixture
async def browser(people: People, eve: Person) -> httpx.AsyncClient:
    return await people.client_of(eve, by="cookie")


async def page(browser: httpx.AsyncClient, path: str = HERE) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text[:400]
    return answer.text


def words(html: str) -> str:
    return re.sub(r"\s+", " ", Shown(html.partition("<main")[2] or html).text)


class TestMyUsage:
    async def test_of_somebody_new_says_what_is_left_and_what_to_do(self, browser: httpx.AsyncClient) -> None:
        html = await page(browser)
        told = words(html)
        assert "Your tier is free" in told
        assert "$0.00 of $0.05 spent" in told
        assert "$0.50 left" in told
        assert "Nothing used in these days" in told
        assert "No calls yet." in told
        assert f'href="{HERE}" aria-current="page"' in await page(browser)

    async def test_adds_up_by_day_feature_and_model(
        self, browser: httpx.AsyncClient, db: Database, eve: Person, people: People
    ) -> None:
        today = utc_now()
        other = await people.person()
        await put(
            db,
            Spent(eve.id, 12_300, at=today),
            Spent(eve.id, 700, model="gpt-5", feature="chat", at=noon(today.date() - timedelta(days=2))),
            Spent(other.id, 5_000_000, model="somebody-elses"),
        )
        by_day = words(await page(browser))
        assert "$0.013 in 30 days, most on" in by_day
        assert "Calls 2" in by_day
        assert "$0.0123" in by_day
        assert "$0.0007" in by_day
        assert "somebody-elses" not in by_day
        by_feature = words(await page(browser, f"{HERE}?by=feature"))
        assert by_feature.index("gateway 1 1,204 88 $0.0123") < by_feature.index("chat 1 1,204 88 $0.0007")
        by_model = words(await page(browser, f"{HERE}?by=model"))
        assert "openai/gpt-5-mini 1 1,204 88 $0.0123" in by_model

    async def test_shows_the_days_asked_for_and_gives_them_as_csv(
        self, browser: httpx.AsyncClient, db: Database, eve: Person
    ) -> None:
        today = utc_now().date()
        await put(
            db, Spent(eve.id, 100, at=noon(today)), Spent(eve.id, 900, model="old", at=noon(today - timedelta(days=8)))
        )
        html = await page(browser, f"{HERE}?by=model&from_date={today - timedelta(days=6)}&to_date={today}")
        usage = html.partition('id="used-title"')[2].partition('id="calls"')[0]
        assert "openai/old" not in usage
        assert 'aria-current="true">7 days</a>' in usage
        found = re.search(r'href="(/api/v1/ai/usage[^"]+)"', usage)
        assert found
        sheet = await browser.get(found[1].replace("&amp;", "&"))
        assert sheet.headers["content-type"].startswith("text/csv")
        assert "usage-by-model.csv" in sheet.headers["content-disposition"]
        assert sheet.text.splitlines()[1].startswith("openai/gpt-5-mini,1,0,0,0,1204,0,88,100")
        assert len(sheet.text.splitlines()) == 2

    async def test_tells_what_is_wrong_with_the_days(self, browser: httpx.AsyncClient) -> None:
        answer = await browser.get(f"{HERE}?from_date=tomorrow&to_date=2026-01-01")
        assert answer.status_code == 422
        assert Shown(answer.text).error("from_date") == "Write a date such as 1990-05-17."
        assert Shown(answer.text).typed["to_date"] == "2026-01-01"
        backwards = await browser.get(f"{HERE}?from_date=2026-02-01&to_date=2026-01-01")
        assert backwards.status_code == 422
        assert "must not lie after" in backwards.text
        for query in ("by=colour", "after=me"):
            assert (await browser.get(f"{HERE}?{query}")).status_code == 422
        for query in ("to_date=0001-01-01", "from_date=9999-12-31"):
            assert (await browser.get(f"{HERE}?{query}")).status_code == 200
        long = await browser.get(f"{HERE}?from_date=2000-01-01&to_date=2026-01-01")
        assert "at most 400 days" in long.text

    async def test_names_a_budget_that_is_nearly_or_wholly_spent(
        self, browser: httpx.AsyncClient, db: Database, eve: Person
    ) -> None:
        await put_account(db, f"user:{eve.id}", "day", spent=30_000, reserved=12_000)
        await put_account(db, f"user:{eve.id}", "month", spent=500_000)
        told = words(await page(browser))
        assert "$0.03 of $0.05 spent, $0.012 held for calls that still run. It begins anew on" in told
        assert "00:00 UTC. Nearly used up." in told
        assert "Nothing is answered for money until it begins anew on 1 " in told

    async def test_tells_of_each_call_how_it_ended_and_who_counted(
        self, browser: httpx.AsyncClient, db: Database, eve: Person
    ) -> None:
        await put(
            db,
            Spent(eve.id, 41, status="cut", source="estimated", fault="The provider broke off.", model="a"),
            Spent(eve.id, 0, input_price=None, model="b", provider="house"),
        )
        told = words((await page(browser)).partition('id="calls"')[2])
        assert "openai/a Broke off 640 msThe provider broke off. 1,204, 88 estimated < $0.0001" in told
        assert "house/b Complete 640 ms 1,204, 88 unknown" in told
        assert "whose price nobody knows" in words(await page(browser))

    async def test_goes_on_to_older_calls(self, browser: httpx.AsyncClient, db: Database, eve: Person) -> None:
        start = utc_now() - timedelta(hours=1)
        await put(
            db, *(Spent(eve.id, at, model=f"model-{at:02}", at=start + timedelta(minutes=at)) for at in range(25))
        )
        newest = await page(browser)
        assert "openai/model-24" in newest
        found = re.search(r'href="([^"]+)" rel="next"', newest)
        assert found
        older = await page(browser, found[1].replace("&amp;", "&").partition("#")[0])
        calls = older.partition('id="calls"')[2]
        assert "openai/model-04" in calls
        assert "openai/model-05" not in calls

    async def test_draws_the_figures_it_tells(self, browser: httpx.AsyncClient, db: Database, eve: Person) -> None:
        today = utc_now().date()
        await put(
            db,
            Spent(eve.id, 4_000, at=noon(today)),
            Spent(eve.id, 1_000, at=noon(today - timedelta(days=1)), model="b"),
        )
        html = await page(browser)
        heights = [float(found) for found in re.findall(r'class="chart-bar"[^>]* height="([\d.]+)"', html)]
        assert heights == [35.0, 140.0]
        assert 'style="' not in html

    async def test_shows_hostile_names_as_words(self, browser: httpx.AsyncClient, db: Database, eve: Person) -> None:
        await put(db, Spent(eve.id, 1, model="<script>alert(1)</script>", feature="<b>x", fault="<img src=x>"))
        for by in ("model", "feature", "day"):
            main = (await page(browser, f"{HERE}?by={by}")).partition("<main")[2]
            assert "<script>alert" not in main
            assert "<img src=x" not in main
            assert "<b>x" not in main

    async def test_is_for_people_not_for_keys_or_strangers(self, client: httpx.AsyncClient, people: People) -> None:
        assert (await client.get(HERE)).headers["location"] == "/sign-in?next=%2Fsettings%2Fai"
        key = await people.client("viewer", by="key")
        assert (await key.get(HERE)).status_code == 403
