"""Following on the pages, as a browser without script uses it."""

import html as entities
import re

import httpx
import pytest

from stoa.shared.database import Database
from tests.factories import publish_all
from tests.people import People
from tests.web.forms import BROWSER

PAGES = {
    "/authors/ada-lovelace": "/authors/ada-lovelace/follow",
    "/tags/water": "/tags/water/follow",
    "/articles/ponds": "/authors/ada-lovelace/follow",
}


@pytest.fixture(autouse=True)
async def site(db: Database) -> None:
    await publish_all(
        db,
        [
            {"title": "Ponds", "tags": ["Water"], "author": "Ada Lovelace"},
            {"title": "Fires", "tags": ["Fire"], "author": "Grace Hopper"},
            *({"title": f"Lake {n}", "tags": ["Lakes"], "author": "Emmy Noether"} for n in range(15)),
        ],
    )


@pytest.fixture
async def reader(people: People) -> httpx.AsyncClient:
    return await people.client(by="cookie")


async def shown(person: httpx.AsyncClient, path: str) -> str:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def button(page: str, action: str) -> re.Match[str]:
    """The form with this address: its token, the way back, what the button does and how it is pressed."""
    found = re.search(
        rf'<form class="follow" method="post" action="{action}"[^>]*>'
        r'<input [^>]*name="csrf_token" value="(?P<token>[^"]+)">'
        r'<input [^>]*name="back" value="(?P<back>[^"]+)"><button [^>]*name="act" value="(?P<act>\w+)"'
        r'(?: aria-pressed="(?P<pressed>\w+)")?[^>]*><span data-follow-word>(?P<word>\w+)</span>',
        page,
    )
    assert found, action
    return found


async def press(person: httpx.AsyncClient, path: str, action: str, **changes: str) -> httpx.Response:
    """The button on that page, as a browser sends its form."""
    found = button(await shown(person, path), action)
    fields = {name: entities.unescape(found[name]) for name in ("act", "back")}
    fields["csrf_token"] = entities.unescape(found["token"])
    return await person.post(action, data={**fields, **changes}, headers=BROWSER)


def statements(answer: httpx.Response) -> int:
    found = re.search(r"(\d+) statements", answer.headers["server-timing"])
    assert found, answer.headers["server-timing"]
    return int(found[1])


class TestButton:
    @pytest.mark.parametrize(("path", "action"), PAGES.items())
    async def test_follows_and_unfollows_and_leads_back(
        self, reader: httpx.AsyncClient, path: str, action: str
    ) -> None:
        for act, word, pressed in (("follow", "Follow", "false"), ("unfollow", "Following", "true")):
            found = button(await shown(reader, path), action)
            assert (found["act"], found["word"], found["pressed"]) == (act, word, pressed)
            answer = await press(reader, path, action)
            assert answer.status_code == 303
            assert answer.headers["location"].partition("#")[0] == path
        assert button(await shown(reader, path), action)["act"] == "follow"

    async def test_leads_back_to_the_page_of_a_long_list(self, reader: httpx.AsyncClient) -> None:
        for path in ("/authors/emmy-noether", "/tags/lakes"):
            answer = await press(reader, f"{path}?page=2", f"{path}/follow")
            assert answer.headers["location"] == f"{path}?page=2"

    @pytest.mark.parametrize("path", PAGES)
    async def test_leads_strangers_to_the_sign_in_and_back(self, client: httpx.AsyncClient, path: str) -> None:
        page = await shown(client, path)
        assert 'class="follow"' not in page
        found = re.search(r'class="button button-secondary follow-button" href="([^"]+)"', page)
        assert found
        url = httpx.URL(entities.unescape(found[1]))
        assert url.path == "/sign-in"
        assert url.params["next"].partition("#")[0] == path
        assert (await client.get(str(url))).status_code == 200

    async def test_is_not_there_for_oneself(self, people: People, db: Database) -> None:
        person = await people.person("creator", display_name="Hedy Lamarr")
        me = await people.client_of(person, by="cookie")
        await publish_all(db, [{"title": "Mine", "author": "Hedy Lamarr"}])
        for path in (f"/authors/{person.username}", "/articles/mine"):
            assert "follow-button" not in await shown(me, path)

    @pytest.mark.parametrize("path", PAGES)
    async def test_takes_no_statement_too_many(self, reader: httpx.AsyncClient, path: str) -> None:
        await press(reader, path, PAGES[path])  # also: what the reader's role may do is read once in a process
        assert statements(await reader.get(path)) <= 5


class TestForm:
    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a//b", ""])
    async def test_leads_to_no_other_site(self, reader: httpx.AsyncClient, back: str) -> None:
        answer = await press(reader, "/tags/water", "/tags/water/follow", back=back)
        assert answer.status_code == 303
        assert answer.headers["location"] in {"/", "/following"}

    async def test_needs_its_token(self, reader: httpx.AsyncClient) -> None:
        reader.headers.pop("x-csrf-token", None)
        answer = await reader.post("/tags/water/follow", data={"act": "follow", "back": "/"}, headers=BROWSER)
        assert answer.status_code == 403

    async def test_says_what_is_wrong(self, people: People) -> None:
        person = await people.person("creator")
        me = await people.client_of(person, by="cookie")
        wrong = (
            ("/tags/water/follow", "toggle", 422),
            ("/tags/nothing/follow", "follow", 404),
            ("/authors/nobody/follow", "unfollow", 404),
            (f"/authors/{person.username}/follow", "follow", 409),
        )
        token = entities.unescape(button(await shown(me, "/tags/water"), "/tags/water/follow")["token"])
        for path, act, status in wrong:
            answer = await me.post(path, data={"csrf_token": token, "act": act, "back": "/"}, headers=BROWSER)
            assert answer.status_code == status, path
            assert "<h1" in answer.text


class TestPage:
    async def test_tells_whoever_follows_nothing_how_to_begin(self, reader: httpx.AsyncClient) -> None:
        await reader.get("/")  # what the reader's role may do is read once in a process
        answer = await reader.get("/following")
        assert "press Follow" in answer.text
        for path in ("/tags/water", "/tags", "/authors/emmy-noether"):
            assert f'href="{path}"' in answer.text
        assert statements(answer) <= 5

    async def test_shows_the_newest_of_what_is_followed_and_what_that_is(self, reader: httpx.AsyncClient) -> None:
        await press(reader, "/authors/ada-lovelace", "/authors/ada-lovelace/follow")
        await press(reader, "/tags/fire", "/tags/fire/follow")
        answer = await reader.get("/following")
        feed, _, rest = answer.text.partition('id="followed"')
        assert feed.index("/articles/fires") < feed.index("/articles/ponds")
        assert "/articles/lake-1" not in feed
        assert rest.index('href="/tags/fire"') < rest.index('href="/authors/ada-lovelace"')
        assert statements(answer) <= 5
        assert "no-store" in answer.headers["cache-control"]

    async def test_unfollows_in_place(self, reader: httpx.AsyncClient) -> None:
        await press(reader, "/authors/ada-lovelace", "/authors/ada-lovelace/follow")
        assert button(await shown(reader, "/following"), "/authors/ada-lovelace/follow")["word"] == "Unfollow"
        answer = await press(reader, "/following", "/authors/ada-lovelace/follow")
        assert answer.headers["location"] == "/following#followed"
        assert "/articles/ponds" not in await shown(reader, "/following")

    async def test_goes_on_and_back(self, reader: httpx.AsyncClient) -> None:
        await press(reader, "/authors/emmy-noether", "/authors/emmy-noether/follow")
        page = await shown(reader, "/following")
        onwards = re.search(r'class="pagination-next" href="([^"]+)"', page)
        assert onwards
        rest = await shown(reader, entities.unescape(onwards[1]))
        on_each = [set(re.findall(r'row-title"><a href="(/articles/[^"]+)"', one)) for one in (page, rest)]
        assert [len(one) for one in on_each] == [12, 3]
        assert not on_each[0] & on_each[1]
        assert 'class="pagination-previous" href="/following"' in rest
        assert (await reader.get("/following?cursor=nonsense")).status_code == 400

    async def test_lists_many_that_are_followed_bit_by_bit(self, people: People, reader: httpx.AsyncClient) -> None:
        for number in range(31):
            person = await people.person("creator", username=f"writer-{number}")
            await reader.put(f"/api/v1/users/{person.username}/follow", headers=BROWSER)
        page = await shown(reader, "/following")
        more = re.search(r'href="(/following\?followed=[^"]+)#followed">Show more', page)
        assert more
        rest = await shown(reader, entities.unescape(more[1]))
        assert [one.count('class="followed-one"') for one in (page, rest)] == [30, 1]
        assert 'href="/following#followed">From the start' in rest

    async def test_is_in_ones_own_menu(self, client: httpx.AsyncClient, reader: httpx.AsyncClient) -> None:
        assert '<a href="/following">Following</a>' in await shown(reader, "/")
        assert "/following" not in await shown(client, "/")
