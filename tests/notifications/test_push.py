"""The browsers that take notices: whose they are, how long, and what is refused."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.push.keys import PushKeys
from stoa.modules.notifications.push.personal_data import DATA
from stoa.modules.notifications.push.service import PushService
from stoa.shared.database import Database
from stoa.shared.errors import Unavailable
from stoa.shared.keyring import Keyring
from tests.events.engine import opened
from tests.notifications.browser import TestBrowser, plain
from tests.people import People, Person

PUSH = "/api/v1/notifications/push"
ENDPOINT = "https://push.example.com/send/abc"
FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person()


@pytest.fixture
async def mine(people: People, ada: Person) -> httpx.AsyncClient:
    return await people.client_of(ada)


@pytest.fixture
def browser() -> TestBrowser:
    return TestBrowser()


async def receivers(db: Database, user_id: UUID) -> list[str]:
    return [str(one) for one in await db.transact(lambda session: PushService(session).receivers(user_id))]


async def listed(client: httpx.AsyncClient) -> list[str]:
    return [item["id"] for item in (await client.get(f"{PUSH}/subscriptions")).json()["items"]]


class TestSubscribing:
    async def test_a_browser_takes_notices_from_then_on(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, browser: TestBrowser
    ) -> None:
        made = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT), headers=FIREFOX)
        assert made.status_code == 201
        (item,) = (await mine.get(f"{PUSH}/subscriptions")).json()["items"]
        assert {**item, "created_at": ""} == {**made.json(), "created_at": ""}
        assert (item["device"], item["endpoint"]) == ("Firefox on Linux", ENDPOINT)
        assert await receivers(db, ada.id) == [item["id"]]

    async def test_the_same_browser_again_is_one_device(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, browser: TestBrowser
    ) -> None:
        first = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        again = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        assert first.json()["id"] == again.json()["id"]
        assert len(await receivers(db, ada.id)) == 1

    async def test_a_browser_goes_over_to_who_uses_it_now(
        self, mine: httpx.AsyncClient, ada: Person, people: People, db: Database, browser: TestBrowser
    ) -> None:
        eve = await people.person()
        first = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        second = await (await people.client_of(eve)).post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        assert first.json()["id"] != second.json()["id"]
        assert await receivers(db, ada.id) == []
        assert await receivers(db, eve.id) == [second.json()["id"]]

    async def test_removing_one(self, mine: httpx.AsyncClient, ada: Person, db: Database, browser: TestBrowser) -> None:
        made = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        assert (await mine.delete(f"{PUSH}/subscriptions/{made.json()['id']}")).status_code == 204
        assert (await mine.delete(f"{PUSH}/subscriptions/{made.json()['id']}")).status_code == 404
        assert await receivers(db, ada.id) == []

    async def test_anothers_is_none(
        self, mine: httpx.AsyncClient, ada: Person, people: People, db: Database, browser: TestBrowser
    ) -> None:
        made = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        other = await people.client("admin")
        assert (await other.delete(f"{PUSH}/subscriptions/{made.json()['id']}")).status_code == 404
        assert await listed(other) == []
        assert await receivers(db, ada.id) == [made.json()["id"]]

    async def test_ten_devices_are_the_most(self, mine: httpx.AsyncClient, browser: TestBrowser) -> None:
        for number in range(10):
            made = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(f"{ENDPOINT}-{number}"))
            assert made.status_code == 201
        refused = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(f"{ENDPOINT}-10"))
        assert (refused.status_code, "Remove one" in refused.json()["detail"]) == (409, True)
        assert len(await listed(mine)) == 10
        again = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(f"{ENDPOINT}-9"))
        assert again.status_code == 201


class TestSession:
    async def test_signing_out_ends_it(
        self, mine: httpx.AsyncClient, ada: Person, people: People, db: Database, browser: TestBrowser
    ) -> None:
        await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        elsewhere = await people.client_of(ada)
        other = await elsewhere.post(f"{PUSH}/subscriptions", json=TestBrowser().subscription(f"{ENDPOINT}-2"))
        assert len(await listed(elsewhere)) == 2
        assert (await mine.post("/api/v1/logout")).status_code == 204
        assert await listed(elsewhere) == [other.json()["id"]]
        assert await receivers(db, ada.id) == [other.json()["id"]]

    async def test_a_new_sign_in_in_that_browser_can_switch_it_on_again(
        self, mine: httpx.AsyncClient, ada: Person, people: People, db: Database, browser: TestBrowser
    ) -> None:
        await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        await mine.post("/api/v1/logout")
        back = await people.client_of(ada)
        made = await back.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        assert await receivers(db, ada.id) == [made.json()["id"]]

    async def test_devices_that_are_signed_out_do_not_count(
        self, people: People, ada: Person, browser: TestBrowser
    ) -> None:
        former = await people.client_of(ada)
        for number in range(10):
            await former.post(f"{PUSH}/subscriptions", json=browser.subscription(f"{ENDPOINT}-{number}"))
        await former.post("/api/v1/logout")
        now = await people.client_of(ada)
        assert (await now.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))).status_code == 201
        assert len(await listed(now)) == 1

    async def test_a_person_takes_devices_along_and_away(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, browser: TestBrowser
    ) -> None:
        await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        assert ENDPOINT.encode() in (await DATA.export(db.reads, ada.id))["devices.json"]
        await db.transact(lambda session: DATA.erase(session, ada.id))
        assert await receivers(db, ada.id) == []


class TestRefuses:
    @pytest.mark.parametrize(
        "endpoint",
        [
            "", "http://push.example.com/a", "https://127.0.0.1/a", "https://10.0.0.1/a", "https://localhost/a",
            "https://[::1]/a", "https://169.254.169.254/latest", "https://2130706433/", "https://user:pw@example.com/",
            "javascript:alert(1)", "https://push.example.com/" + "a" * 2000,
        ],
    )  # fmt: skip
    async def test_an_endpoint_that_nothing_is_sent_to(
        self, mine: httpx.AsyncClient, browser: TestBrowser, endpoint: str
    ) -> None:
        answer = await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(endpoint))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.endpoint"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("p256dh", ""), ("p256dh", plain(b"\x04" + b"\x01" * 64)), ("p256dh", plain(b"\x04" * 64)),
            ("p256dh", plain(b"\x02" + b"\x01" * 32)), ("p256dh", "not base64url!"), ("p256dh", "A" * 5000),
            ("auth", ""), ("auth", plain(b"\x01" * 15)), ("auth", plain(b"\x01" * 17)), ("auth", "\u00e9" * 22),
        ],
    )  # fmt: skip
    async def test_keys_that_nothing_can_be_encrypted_for(
        self, mine: httpx.AsyncClient, browser: TestBrowser, name: str, value: str
    ) -> None:
        body = browser.subscription(ENDPOINT)
        body["keys"][name] = value
        answer = await mine.post(f"{PUSH}/subscriptions", json=body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == f"body.keys.{name}"

    async def test_what_nobody_asked_for(self, mine: httpx.AsyncClient, browser: TestBrowser) -> None:
        body = {**browser.subscription(ENDPOINT), "user_id": "somebody"}
        assert (await mine.post(f"{PUSH}/subscriptions", json=body)).status_code == 422


class TestKey:
    async def test_stays_the_same(self, mine: httpx.AsyncClient) -> None:
        first = (await mine.get(f"{PUSH}/key")).json()["key"]
        assert (await mine.get(f"{PUSH}/key")).json()["key"] == first
        assert len(first) == 87

    async def test_is_one_when_several_processes_need_the_first_at_once(self, own_database_url: str) -> None:
        keyring = Keyring(["a" * 40])
        async with AsyncExitStack() as stack:
            databases = [await stack.enter_async_context(opened(own_database_url)) for _ in range(4)]
            made = await asyncio.gather(*(PushKeys(database, keyring).public() for database in databases))
        assert len(set(made)) == 1

    async def test_outlasts_a_change_of_the_secret_keys(self, db: Database) -> None:
        former, newest = "a" * 40, "b" * 40
        public = await PushKeys(db, Keyring([former])).public()
        await PushKeys(db, Keyring([newest, former])).pair()
        pair = await PushKeys(db, Keyring([newest])).pair()
        assert pair.public == public

    async def test_is_worthless_without_the_secret_keys(self, db: Database) -> None:
        await PushKeys(db, Keyring(["a" * 40])).public()
        with pytest.raises(Unavailable):
            await PushKeys(db, Keyring(["c" * 40])).pair()


class TestServiceWorker:
    async def test_stands_at_the_root_and_is_asked_for_anew(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/service-worker.js")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "no-cache"
        assert "notificationclick" in answer.text


class TestPurge:
    async def test_forgets_the_devices_of_ended_sessions_alone(
        self, mine: httpx.AsyncClient, ada: Person, people: People, db: Database, browser: TestBrowser
    ) -> None:
        await mine.post(f"{PUSH}/subscriptions", json=browser.subscription(ENDPOINT))
        other = await people.client_of(ada)
        await other.post(f"{PUSH}/subscriptions", json=browser.subscription(f"{ENDPOINT}-2"))
        await mine.post("/api/v1/logout")

        async def purge(session: AsyncSession) -> None:
            await PushService(session).purge()

        await db.transact(purge)
        assert len(await receivers(db, ada.id)) == 1
        assert ENDPOINT.encode() + b'"' not in (await DATA.export(db.reads, ada.id))["devices.json"]
