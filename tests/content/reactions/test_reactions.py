"""Reactions over HTTP, and a storm of them on real transactions."""

import asyncio
from typing import Any

import httpx
import pytest

from stoa.modules.content.reactions.schemas import Kind
from stoa.modules.content.reactions.service import ReactionService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.security import Actor
from stoa.shared.settings import Settings
from stoa.shared.throttle import Throttle
from tests.factories import publish
from tests.people import People

API = "/api/v1"


@pytest.fixture
async def slug(db: Database) -> str:
    return (await publish(db, title="Liked")).slug


async def article(client: httpx.AsyncClient, slug: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{API}/articles/{slug}")).json()
    return found


class TestReact:
    async def test_counts_once_for_each_person_and_kind(
        self, client: httpx.AsyncClient, people: People, slug: str
    ) -> None:
        ada, ben = await people.client(), await people.client()
        before = await article(client, slug)
        for _ in range(2):
            answer = await ada.put(f"{API}/articles/{slug}/reactions/like")
        assert answer.json() == {"reactions": {"like": 1}, "mine": ["like"]}
        await ada.put(f"{API}/articles/{slug}/reactions/insight")
        answer = await ben.put(f"{API}/articles/{slug}/reactions/like")
        assert answer.json() == {"reactions": {"insight": 1, "like": 2}, "mine": ["like"]}
        after = await article(client, slug)
        assert {k: v for k, v in after["reactions"].items() if v} == {"insight": 1, "like": 2}
        assert after["version"] == before["version"]

    async def test_taken_back_once(self, people: People, slug: str) -> None:
        ada, ben = await people.client(), await people.client()
        await ada.put(f"{API}/articles/{slug}/reactions/clap")
        assert (await ben.delete(f"{API}/articles/{slug}/reactions/clap")).json()["reactions"] == {"clap": 1}
        for _ in range(2):
            answer = await ada.delete(f"{API}/articles/{slug}/reactions/clap")
            assert answer.json() == {"reactions": {}, "mine": []}

    async def test_only_to_what_is_public_and_as_it_is_meant(
        self, client: httpx.AsyncClient, people: People, db: Database, slug: str
    ) -> None:
        ada = await people.client()
        draft = (await publish(db, title="Hidden", status="draft")).slug
        assert (await ada.put(f"{API}/articles/{draft}/reactions/like")).status_code == 404
        assert (await ada.put(f"{API}/articles/{slug}/reactions/hate")).status_code == 422
        assert (await client.put(f"{API}/articles/{slug}/reactions/like")).status_code == 401

    async def test_goes_with_the_account(self, client: httpx.AsyncClient, people: People, slug: str) -> None:
        person = await people.person(with_password=True)
        ada = await people.client_of(person)
        await ada.put(f"{API}/articles/{slug}/reactions/love")
        gone = await ada.request("DELETE", f"{API}/users/me", json={"password": person.password})
        assert gone.status_code == 204
        assert not any((await article(client, slug))["reactions"].values())


class TestStorm:
    async def test_neither_loses_nor_doubles(self, own_database_url: str, settings: Settings, redis_url: str) -> None:
        async with Database(settings.database, own_database_url) as db, Throttle(redis_url) as throttle:
            slug = (await publish(db, title="Storm")).slug
            people = [await self._person(db, number) for number in range(12)]

            async def act(person: Actor, kind: Kind, *, back: bool) -> None:
                async def work(session: Any) -> None:
                    service = ReactionService(session, throttle)
                    await (service.withdraw if back else service.react)(person, slug, kind)

                await db.transact(work)

            await asyncio.gather(
                *(act(person, kind, back=False) for person in people for kind in ("like", "clap") for _ in range(3))
            )
            await asyncio.gather(*(act(person, "clap", back=True) for person in people[:5] for _ in range(2)))
            async with db.unit_of_work() as session:
                state = await ReactionService(session, throttle).react(people[0], slug, "like")
        assert state.reactions == {"clap": 7, "like": 12}

    async def _person(self, db: Database, number: int) -> Actor:
        async with db.unit_of_work() as session:
            name = f"storm-{number}"
            new = NewUser(display_name=name, email=f"{name}@example.com", username=name, role="viewer")
            user = await UserService(session).create(new)
        return Actor(user.id, name, "viewer", frozenset({"create:comment"}), "token")
