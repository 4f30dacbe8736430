"""The pages of webhooks: from the first endpoint to its end, as forms without scripts send it."""

import re

import httpx
import pytest

from tests.people import People
from tests.webhooks.receiver import Receiver, answer
from tests.webhooks.sending import Site

HERE = "/admin/webhooks"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@pytest.fixture
async def browser(people: People) -> httpx.AsyncClient:
    return await people.client("admin", by="cookie")


async def shown(browser: httpx.AsyncClient, path: str) -> str:
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return page.text


async def add(browser: httpx.AsyncClient, url: str, **more: object) -> tuple[str, str]:
    """Its page's address, and the page that was answered."""
    made = await browser.post(f"{HERE}/new", data={"url": url, "event_types": ["*"], "description": "The shop", **more})
    assert made.status_code == 201, made.text
    found = re.search(rf"{HERE}/[0-9a-f-]{{36}}", made.text)
    assert found
    return found[0], made.text


async def press(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    """A form that has nothing but its token."""
    return await browser.post(path, data={"csrf_token": browser.headers["x-csrf-token"]})


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


class TestPages:
    async def test_lead_from_nothing_to_an_endpoint_whose_secret_is_shown_once(
        self, browser: httpx.AsyncClient
    ) -> None:
        assert "No endpoints yet" in await shown(browser, HERE)
        assert f'href="{HERE}"' in await shown(browser, "/")
        path, page = await add(browser, "https://hooks.example.com/a?b=<script>")
        assert SECRET.search(page)
        assert "<script>" not in page.partition("<main")[2]
        again = await shown(browser, path)
        assert not SECRET.search(again)
        assert "Nothing yet" in again
        listed = await shown(browser, HERE)
        assert "The shop" in listed
        assert "hears all events" in listed

    async def test_what_is_refused_stays_in_the_form(self, browser: httpx.AsyncClient) -> None:
        body = {"url": "https://user@example.com/", "description": "The shop", "event_types": ["article.published"]}
        page = await browser.post(f"{HERE}/new", data=body)
        assert page.status_code == 422
        assert "must not hold a user name" in page.text
        assert 'value="https://user@example.com/"' in page.text
        assert 'value="article.published" checked' in page.text
        nothing = await browser.post(f"{HERE}/new", data={"url": "https://example.com/"})
        assert 'id="event_types-error"' in nothing.text

    async def test_changing_it_and_a_second_who_comes_too_late(self, browser: httpx.AsyncClient) -> None:
        path, _ = await add(browser, "https://hooks.example.com/")
        form = {
            "url": "https://hooks.example.com/b", "description": "", "event_types": ["user.verified"],
            "version": version(await shown(browser, path)),
        }  # fmt: skip
        saved = await browser.post(path, data=form)
        assert (saved.status_code, saved.headers["location"]) == (303, f"{path}?done=saved")
        page = await shown(browser, f"{path}?done=saved")
        assert "Saved." in page
        assert "switched off" in page
        late = await browser.post(path, data={**form, "is_enabled": "on", "description": "Mine"})
        assert late.status_code == 412
        assert "Somebody changed this endpoint" in late.text
        assert 'value="Mine"' in late.text
        assert (await browser.post(path, data={**form, "version": "x"})).status_code == 400

    async def test_log_shows_how_it_was_answered_and_sends_again(
        self, browser: httpx.AsyncClient, site: Site, receiver: Receiver
    ) -> None:
        path, _ = await add(browser, receiver.url)
        receiver.answers = [answer(500)]
        assert (await press(browser, f"{path}/test")).status_code == 303
        await site.deliver()
        page = await shown(browser, path)
        assert "Answered 500" in page
        assert "Nothing has arrived since" in page
        found = re.search(rf"{path}/deliveries/[0-9a-f-]{{36}}", page)
        assert found
        one = await shown(browser, found[0])
        assert "It is sent again after" in one
        assert "Try 1" in one
        assert "webhook.test" in one
        assert "/replay" not in one
        await site.deliver(now=True)
        assert (await press(browser, f"{found[0]}/replay")).headers["location"] == f"{found[0]}?done=replayed"
        await site.deliver()
        assert len(receiver.got) == 3
        assert "Try 3" in await shown(browser, found[0])

    async def test_new_secret_and_the_end(self, browser: httpx.AsyncClient) -> None:
        path, made = await add(browser, "https://hooks.example.com/")
        assert "24 hours" in await shown(browser, f"{path}/rotate-secret")
        rotated = await press(browser, f"{path}/rotate-secret")
        first, second = SECRET.search(made), SECRET.search(rotated.text)
        assert first
        assert second
        assert first[0] != second[0]
        assert "former secret signs as well until" in rotated.text
        assert "cannot be undone" in await shown(browser, f"{path}/delete")
        ended = await press(browser, f"{path}/delete")
        assert ended.headers["location"] == f"{HERE}?done=deleted"
        assert (await browser.get(path)).status_code == 404

    async def test_who_may_not_sees_no_link(self, people: People) -> None:
        moderator = await people.client("moderator", by="cookie")
        assert HERE not in await shown(moderator, "/")
        assert (await moderator.get(HERE)).status_code == 403
