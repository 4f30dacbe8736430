"""The search page and its filters: by author, topics and days, in an order, kept in the address."""

import html
import re
from datetime import UTC, datetime

import httpx
import pytest

from stoa.shared.database import Database
from tests.factories import publish
from tests.people import People
from tests.web.test_pages import Outline, statements


def found(answer: httpx.Response) -> list[str]:
    """The slugs of what was found, in its order."""
    assert answer.status_code == 200, answer.text[:300]
    rows = answer.text.partition('aria-label="Results"')[2].partition("</main>")[0]
    return [path.rpartition("/")[2] for path in dict.fromkeys(Outline(rows).links) if path.startswith("/articles/")]


def field(page: str, name: str) -> str:
    """What stands in a field of the form, or is chosen there."""
    value = re.search(rf'<input [^>]*name="{name}" value="([^"]*)"', page)
    if value is None:
        options = page.partition(f'name="{name}">')[2].partition("</select>")[0]
        value = re.search(r'value="([^"]*)" selected', options)
    assert value
    return html.unescape(value[1])


@pytest.fixture(autouse=True)
async def herons(db: Database) -> None:
    """Three articles about herons, and one of something else."""
    days = {number: datetime(2025, 3, number, 23, 30, tzinfo=UTC) for number in (10, 11, 12)}
    both = ["Slow travel", "Rivers"]
    await publish(db, "Grey heron", "A heron.", slug="ten", tags=["Rivers"], published_at=days[10])
    await publish(db, "White heron", "A heron.", slug="eleven", tags=both, author="Mary", published_at=days[11])
    await publish(db, "Night heron", "A heron.", slug="twelve", tags=["Slow travel"], published_at=days[12])
    await publish(db, "Bridges", "Iron.", slug="bridges", tags=["Rivers"], author="Mary")


class TestFilters:
    @pytest.mark.parametrize(
        ("given", "slugs"),
        [
            ({}, {"ten", "eleven", "twelve"}),
            ({"author": "mary"}, {"eleven"}),
            ({"author": "@Mary"}, {"eleven"}),
            ({"author": "Ada Lovelace"}, {"ten", "twelve"}),
            ({"tags": "rivers"}, {"ten", "eleven"}),
            ({"tag": "rivers"}, {"ten", "eleven"}),
            ({"tags": "Slow Travel, rivers"}, {"ten", "eleven", "twelve"}),
            ({"tags": "Slow Travel, rivers", "tags_match": "all"}, {"eleven"}),
            ({"from_date": "2025-03-11"}, {"eleven", "twelve"}),
            ({"to_date": "2025-03-11"}, {"ten", "eleven"}),
            ({"from_date": "2025-03-11", "to_date": "2025-03-11"}, {"eleven"}),
            ({"tags": "nothing"}, set()),
            ({"author": "nobody"}, set()),
        ],
    )
    async def test_narrow_what_is_found(
        self, client: httpx.AsyncClient, given: dict[str, str], slugs: set[str]
    ) -> None:
        assert set(found(await client.get("/search", params={"q": "heron", **given}))) == slugs

    async def test_order_by_date(self, client: httpx.AsyncClient) -> None:
        newest = await client.get("/search", params={"q": "heron", "sort": "newest"})
        oldest = await client.get("/search", params={"q": "heron", "sort": "oldest"})
        assert found(newest) == ["twelve", "eleven", "ten"]
        assert found(oldest) == ["ten", "eleven", "twelve"]

    async def test_alone_list_the_newest(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/search", params={"q": "", "tags": "rivers"})
        assert found(answer) == ["eleven", "ten", "bridges"]

    async def test_stand_in_the_form_again_and_each_may_be_taken_off(self, client: httpx.AsyncClient) -> None:
        given = {
            "q": "heron", "tags": "slow-travel,rivers", "tags_match": "all", "author": "mary",
            "from_date": "2025-03-01", "to_date": "2025-03-31", "sort": "oldest",
        }  # fmt: skip
        page = (await client.get("/search", params=given)).text
        for name, value in given.items():
            assert field(page, name) == value.replace(",", ", "), name
        offered = [
            httpx.URL(link) for link in Outline(html.unescape(page)).links if link.startswith("/search?q=heron&")
        ]
        fewer = [dict(url.params) for url in offered]
        assert len(fewer) == 6
        assert {k: v for k, v in given.items() if k != "author"} in fewer
        assert {**given, "tags": "rivers"} in fewer
        assert "in Slow travel" in page
        assert "by Mary" in page

    async def test_are_kept_on_the_next_page(self, client: httpx.AsyncClient, db: Database) -> None:
        for number in range(14):
            await publish(db, f"Egret {number}", "An egret.", tags=["Birds"])
        for words in ("egret", ""):
            first = await client.get("/search", params={"q": words, "tags": "birds", "sort": "oldest"})
            (onward,) = {link for link in Outline(first.text).links if "page=2" in link}
            second = await client.get(onward)
            assert len(found(first)) == 12
            assert len(found(second)) == 2
            assert field(second.text, "tags") == "birds"
            assert field(second.text, "sort") == "oldest"

    @pytest.mark.parametrize("role", ["nobody", "viewer"])
    async def test_cost_no_statement(self, client: httpx.AsyncClient, people: People, role: str) -> None:
        visitor = client if role == "nobody" else await people.client(role, by="cookie")
        await visitor.get("/")  # what a role may do is read once in a process
        for words in ("heron", ""):
            given = {"q": words, "tags": "rivers", "author": "mary", "from_date": "2025-01-01", "sort": "newest"}
            assert statements(await visitor.get("/search", params=given)) <= 5


class TestWrong:
    @pytest.mark.parametrize(
        "given",
        [
            {"from_date": "yesterday"},
            {"to_date": "9999-12-31"},
            {"from_date": "2025-02-30"},
            {"from_date": "2025-03-12", "to_date": "2025-03-11"},
            {"tags": ",".join(f"t{number}" for number in range(21))},
        ],
    )
    async def test_is_told_on_the_page(self, client: httpx.AsyncClient, given: dict[str, str]) -> None:
        answer = await client.get("/search", params={"q": "heron", **given})
        assert answer.status_code == 422
        assert 'class="notice' in answer.text or 'role="alert"' in answer.text
        for name, value in given.items():
            assert field(answer.text, name) == value.replace(",", ", ")

    @pytest.mark.parametrize(
        "given", [{"tags": "?!, ,"}, {"tags": "\u202e"}, {"sort": "x"}, {"tags_match": "x"}, {"author": "<script>"}]
    )
    async def test_finds_less_or_is_ignored(self, client: httpx.AsyncClient, given: dict[str, str]) -> None:
        for words in ("heron", ""):
            answer = await client.get("/search", params={"q": words, **given})
            assert answer.status_code == 200
            assert "<script>" not in answer.text.partition("</head>")[2]
