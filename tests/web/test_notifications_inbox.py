"""The bell, the list and the page of one notification, as a browser without scripts uses them."""

import re
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.notifications.telling import tell, unread
from tests.people import People
from tests.web.forms import BROWSER, send

ITEM = re.compile(r'<p class="news-title"><a href="(/notifications/[0-9a-f-]{36})">([^<]+)</a>')


@pytest.fixture
async def ada_id(ada: httpx.AsyncClient) -> UUID:
    return UUID((await ada.get("/api/v1/users/me")).json()["id"])


async def news(client: httpx.AsyncClient, show: str = "") -> list[tuple[str, str]]:
    """Address and title of each in the list."""
    answer = await client.get("/notifications", params={"show": show} if show else {})
    assert answer.status_code == 200, answer.text[:500]
    return ITEM.findall(answer.text)


async def act(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await send(client, path, fields, page="/notifications")


def bell(html: str) -> str:
    found = re.search(r'class="icon-button bell"[^>]* aria-label="([^"]+)"', html)
    assert found
    return found[1]


class TestList:
    async def test_shows_the_newest_first_and_what_is_unread(
        self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID
    ) -> None:
        await tell(app, "welcome", ada_id)
        await tell(app, "role_changed", ada_id, role="creator", former_role="viewer")
        page = (await ada.get("/notifications")).text
        assert [title for _, title in ITEM.findall(page)] == ["Your role is creator now", "Welcome to Stoa"]
        assert page.count('<span class="badge badge-accent">Unread</span>') == 2
        assert bell(page) == "Notifications, 2 unread"
        assert bell((await ada.get("/")).text) == "Notifications, 2 unread"

    async def test_is_filtered_by_links(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID) -> None:
        for kind in ("welcome", "signed_out", "password_changed"):
            await tell(app, kind, ada_id)
        changed, out, welcome = [path for path, _ in await news(ada)]
        await act(ada, f"{welcome}/read", read="yes")
        await act(ada, f"{out}/archive")
        assert [path for path, _ in await news(ada)] == [changed, welcome]
        assert [path for path, _ in await news(ada, "unread")] == [changed]
        assert [path for path, _ in await news(ada, "archived")] == [out]
        await act(ada, f"{welcome}/read", read="no")
        assert [path for path, _ in await news(ada, "unread")] == [changed, welcome]
        assert (await ada.get("/notifications?show=everything")).status_code == 422

    async def test_goes_on_on_another_page(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID) -> None:
        for _ in range(27):
            await tell(app, "signed_out", ada_id)
        first = (await ada.get("/notifications")).text
        older = re.search(r'class="pagination-next" href="([^"]+)"', first)
        assert older
        second = (await ada.get(older[1].replace("&amp;", "&"))).text
        paths = [path for page in (first, second) for path, _ in ITEM.findall(page)]
        assert [len(ITEM.findall(page)) for page in (first, second)] == [25, 2]
        assert len(set(paths)) == 27

    async def test_says_what_will_stand_there(self, ada: httpx.AsyncClient) -> None:
        for show, words in (
            ("", "No notifications yet"),
            ("unread", "Nothing unread"),
            ("archived", "Nothing archived"),
        ):
            assert words in (await ada.get("/notifications", params={"show": show} if show else {})).text

    async def test_mark_all_leaves_what_came_in_since(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID) -> None:
        await tell(app, "welcome", ada_id)
        page = (await ada.get("/notifications")).text
        up_to = re.search(r'name="up_to" value="(\d+)"', page)
        assert up_to
        await tell(app, "signed_out", ada_id)
        answer = await act(ada, "/notifications/read-all", up_to=up_to[1], back="/notifications?show=unread")
        assert answer.headers["location"] == "/notifications?show=unread"
        assert [title for _, title in await news(ada, "unread")] == [(await news(ada))[0][1]]
        assert await unread(ada) == 1

    @pytest.mark.parametrize("up_to", ["", "-1", "x", "9" * 30])
    async def test_refuses_a_number_that_is_none(self, ada: httpx.AsyncClient, up_to: str) -> None:
        assert (await act(ada, "/notifications/read-all", up_to=up_to)).status_code == 400

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/settings", "/notifications\\x", ""])
    async def test_leads_nowhere_else(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID, back: str) -> None:
        await tell(app, "welcome", ada_id)
        [(path, _)] = await news(ada)
        assert (await act(ada, f"{path}/archive", back=back)).headers["location"] == "/notifications"


class TestOne:
    async def test_is_read_by_being_opened(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID) -> None:
        await tell(app, "role_changed", ada_id, role="creator", former_role="viewer", url="/studio")
        [(path, _)] = await news(ada)
        page = await ada.get(path, headers={"sec-fetch-site": "same-origin"})
        assert "changed from viewer to creator" in page.text
        assert '<a class="button button-primary" href="/studio">' in page.text
        assert bell(page.text) == "Notifications, none unread"
        assert await unread(ada) == 0

    @pytest.mark.parametrize(
        "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-purpose": "prefetch"}]
    )
    async def test_a_foreign_link_changes_nothing(
        self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID, headers: dict[str, str]
    ) -> None:
        await tell(app, "welcome", ada_id)
        [(path, _)] = await news(ada)
        page = await ada.get(path, headers=headers)
        assert page.status_code == 200
        assert "Mark as read" in page.text
        assert await unread(ada) == 1

    async def test_says_how_it_reached_its_reader_and_why_not(
        self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID
    ) -> None:
        await send(ada, "/settings/notifications", {"on": ["account-in_app", "account-push"]})
        await tell(app, "welcome", ada_id)
        [(path, _)] = await news(ada)
        page = (await ada.get(path)).text
        assert "You switched Mail off for Account." in page
        assert "No device of yours takes push notices." in page
        assert page.count('<li class="way">') == 4
        assert 'href="/settings/notifications"' in page

    async def test_what_is_switched_off_for_the_site_can_still_be_found(
        self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID
    ) -> None:
        await send(ada, "/settings/notifications", {"on": ["account-mail"]})
        await tell(app, "welcome", ada_id)
        assert await news(ada) == []
        [(path, title)] = await news(ada, "hidden")
        assert title == "Welcome to Stoa"
        assert "You switched &#34;On the site&#34; off for Account." in (await ada.get(path)).text
        assert bell((await ada.get("/")).text) == "Notifications, none unread"

    async def test_anothers_is_not_there(self, app: FastAPI, ada: httpx.AsyncClient, people: People) -> None:
        bob = await people.person()
        await tell(app, "welcome", bob.id)
        [(path, _)] = await news(await people.client_of(bob, by="cookie"))
        assert (await ada.get(path)).status_code == 404
        for part in ("read", "archive"):
            assert (await act(ada, f"{path}/{part}")).status_code == 404
        assert (await ada.get(f"/notifications/{uuid4()}")).status_code == 404


class TestWhoSeesIt:
    async def test_a_stranger_gets_no_bell_and_is_led_to_sign_in(self, client: httpx.AsyncClient) -> None:
        assert "data-bell" not in (await client.get("/")).text
        assert (await client.get("/notifications")).headers["location"] == "/sign-in?next=%2Fnotifications"

    async def test_nothing_is_done_without_the_token(self, app: FastAPI, ada: httpx.AsyncClient, ada_id: UUID) -> None:
        await tell(app, "welcome", ada_id)
        assert (await ada.post("/notifications/read-all", data={"up_to": "9"}, headers=BROWSER)).status_code == 403
        assert await unread(ada) == 1

    async def test_a_page_costs_a_signed_in_person_one_statement_more(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        def statements(answer: httpx.Response) -> int:
            found = re.search(r'desc="(\d+) statements"', answer.headers["server-timing"])
            assert found
            return int(found[1])

        stranger = statements(await client.get("/tags"))
        await ada.get("/tags")  # what her role may do is kept from now on
        assert statements(await ada.get("/tags")) == stranger + 2  # who it is, and how much they have not read
