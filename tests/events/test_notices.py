"""Who hears what: an act by one, and the notice that it leaves with another."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.events.dead_letters import HandlerGaveUp
from stoa.events.event import Event
from stoa.events.publisher import publish
from stoa.modules.ai.events import AiBatchDone, AiBudgetLow
from stoa.modules.content.importing.events import ImportFinished
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.users.service import UserService
from stoa.modules.webhooks.events import WebhookDisabled
from stoa.shared.database import Database
from stoa.shared.ids import new_id
from tests.content.articles.calls import act, change, write_and_publish
from tests.handling import handle_events
from tests.people import PASSWORD, People, Person

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Scene:
    """`own` is the one who hears, by a token; the others act."""

    own: httpx.AsyncClient
    admin: httpx.AsyncClient
    moderator: httpx.AsyncClient
    person: Person
    database: Database

    @property
    def account(self) -> str:
        return f"{API}/admin/users/{self.person.username}"


@pytest.fixture
async def scene(people: People, db: Database) -> Scene:
    person = await people.person("creator", with_password=True)
    own = await people.client_of(person)
    return Scene(own, await people.client("admin"), await people.client("moderator"), person, db)


async def heard(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found = await client.get(f"{API}/notifications")
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def take_down(scene: Scene) -> None:
    article = await write_and_publish(scene.own)
    await act(scene.moderator, article["slug"], "unpublish")


async def edit(scene: Scene) -> None:
    article = await write_and_publish(scene.own)
    await change(scene.moderator, article["slug"], title="Cleaned")


async def confirm(scene: Scene) -> None:
    async def verify(session: AsyncSession) -> None:
        await UserService(session).verify(scene.person.id, scene.person.email)

    await scene.database.transact(verify)


async def change_password(scene: Scene) -> None:
    body = {"current_password": PASSWORD, "password": "another long password"}
    assert (await scene.own.post(f"{API}/password/change", json=body)).is_success


async def guess(scene: Scene) -> None:
    for number in range(6):
        form = {"grant_type": "password", "username": scene.person.email, "password": f"guess {number}"}
        assert (await scene.own.post(f"{API}/token", data=form)).status_code == 400


ACTS: dict[str, Callable[[Scene], Awaitable[object]]] = {
    "role_changed": lambda scene: scene.admin.patch(scene.account, json={"role": "moderator"}),
    "password_changed": change_password,
    "sign_in_attempts": guess,
    "api_key_created": lambda scene: scene.own.post(f"{API}/api-keys", json={"name": "A key"}),
    "article_taken_down": take_down,
    "article_edited": edit,
}


class TestOnesOwn:
    @pytest.mark.parametrize("kind", ACTS)
    async def test_is_told(self, kind: str, scene: Scene, app: FastAPI) -> None:
        await ACTS[kind](scene)
        await handle_events(app)
        (notice,) = await heard(scene.own)
        assert notice["type"] == kind
        assert notice["read_at"] is None
        assert (await scene.own.get(f"{API}/notifications/unread-count")).json() == {"unread": 1}

    async def test_signed_out_and_banned_people_read_it_when_they_are_back(
        self, scene: Scene, app: FastAPI, people: People
    ) -> None:
        assert (await scene.admin.post(f"{scene.account}/sign-out")).is_success
        await scene.admin.post(f"{scene.account}/ban", json={"reason": "Spam"})
        await handle_events(app)
        await scene.admin.delete(f"{scene.account}/ban")
        await handle_events(app)
        back = await people.client_of(scene.person)
        assert {notice["type"] for notice in await heard(back)} == {"ban_lifted", "account_banned", "signed_out"}

    async def test_the_mail_says_why_and_for_how_long(self, scene: Scene, app: FastAPI) -> None:
        await scene.admin.post(f"{scene.account}/ban", json={"reason": "Spam", "until": "2099-03-01T12:00:00Z"})
        await handle_events(app)
        mails = (await scene.admin.get(f"{API}/admin/mail", params={"recipient": scene.person.email})).json()["items"]
        assert "Spam" in mails[0]["text"]
        assert "2099" in mails[0]["text"]

    async def test_what_one_does_oneself_to_a_text_is_no_news(self, scene: Scene, app: FastAPI) -> None:
        article = await write_and_publish(scene.own)
        await change(scene.own, article["slug"], title="Better")
        await act(scene.own, article["slug"], "unpublish")
        await handle_events(app)
        assert await heard(scene.own) == []

    async def test_a_new_account_is_welcomed_once_its_address_is_confirmed(
        self, app: FastAPI, people: People, scene: Scene
    ) -> None:
        person = await people.person(is_verified=False)
        await confirm(Scene(scene.own, scene.admin, scene.moderator, person, scene.database))
        await handle_events(app)
        assert [notice["type"] for notice in await heard(await people.client_of(person))] == ["welcome"]


OF_THE_SITE: dict[str, Event] = {
    "dead_letter": HandlerGaveUp(event_id=new_id(), event_type="user.verified", handler="notices.welcome"),
    "delivery_failed": DeliveryFailed(delivery_id=new_id(), channel="mail", kind="welcome", reason="No such user."),
    "webhook_disabled": WebhookDisabled(endpoint_id=new_id(), host="hooks.example.com", reason="It failed for 5 days."),
    "import_finished": ImportFinished(import_id=new_id(), imported=3, updated=0, unchanged=1, skipped=0, failed=2),
    "ai_budget_low": AiBudgetLow(scope="site", period="month", limit_micros=5_000_000, spent_micros=4_100_000),
}


class TestTheSite:
    @pytest.mark.parametrize("kind", OF_THE_SITE)
    async def test_is_told_to_admins_and_to_nobody_who_only_reads(self, kind: str, scene: Scene, app: FastAPI) -> None:
        async def record(session: AsyncSession) -> None:
            await publish(session, OF_THE_SITE[kind])

        await scene.database.transact(record)
        await handle_events(app)
        assert [notice["type"] for notice in await heard(scene.admin)] == [kind]
        assert await heard(scene.own) == []

    async def test_what_fails_again_and_again_is_one_notice_that_counts(self, scene: Scene, app: FastAPI) -> None:
        async def record(session: AsyncSession) -> None:
            for _ in range(3):
                event = HandlerGaveUp(event_id=new_id(), event_type="user.verified", handler="notices.welcome")
                await publish(session, event)

        await scene.database.transact(record)
        await handle_events(app)
        (notice,) = await heard(scene.admin)
        assert notice["times"] == 3

    async def test_a_budget_of_ones_own_is_ones_own_matter(self, scene: Scene, app: FastAPI) -> None:
        low = AiBudgetLow(scope=f"user:{scene.person.id}", period="day", limit_micros=50_000, spent_micros=41_000)

        async def record(session: AsyncSession) -> None:
            await publish(session, low)

        await scene.database.transact(record)
        await handle_events(app)
        (notice,) = await heard(scene.own)
        assert (notice["type"], notice["url"]) == ("own_ai_budget_low", "/settings/ai")
        assert "$0.041" in notice["message"]
        assert "$0.05" in notice["message"]
        assert await heard(scene.admin) == []

    @pytest.mark.parametrize(("status", "notices"), [("done", ["ai_batch_done"]), ("cancelled", [])])
    async def test_a_batch_that_is_answered_is_told_to_who_sent_it(
        self, scene: Scene, app: FastAPI, status: Any, notices: list[str]
    ) -> None:
        done = AiBatchDone(batch_id=new_id(), user_id=scene.person.id, status=status, done=38, failed=2, cancelled=0)

        async def record(session: AsyncSession) -> None:
            await publish(session, done)

        await scene.database.transact(record)
        await handle_events(app)
        told = await heard(scene.own)
        assert [notice["type"] for notice in told] == notices
        assert all("38 answered, 2 failed" in notice["message"] for notice in told)
        assert await heard(scene.admin) == []
