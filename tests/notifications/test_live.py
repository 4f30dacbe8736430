"""The stream of a served site, with real commits: nothing missing, nothing doubled, nothing for who may not hear."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.conftest import copy_of_template
from tests.events.engine import until
from tests.notifications.streams import listening
from tests.notifications.telling import API, tell
from tests.people import People, Person
from tests.running_site import served


@dataclass(frozen=True, slots=True)
class House:
    """A served site, and beside it an application on the same servers that writes as a worker would."""

    site: str
    writer: FastAPI
    database_url: str
    redis_url: str
    folder: Path


@pytest.fixture(scope="module")
async def house(house_redis_url: str) -> AsyncIterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="stoa-live-"))
    async with copy_of_template() as url:
        with served(url, house_redis_url, folder) as site:
            settings = Settings.load(env_file=None, public_url=site)
            app = create_app(settings, database_url=url, redis_url=house_redis_url, data_dir=folder)
            async with app.router.lifespan_context(app):
                yield House(site, app, url, house_redis_url, folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(house: House) -> str:
    return house.site


@pytest.fixture
def writer(house: House) -> FastAPI:
    return house.writer


@pytest.fixture
async def person(writer: FastAPI) -> Person:
    return await People(writer).person()


@pytest.fixture
async def headers(writer: FastAPI, person: Person) -> dict[str, str]:
    async with await People(writer).client_of(person) as client:
        return {"authorization": client.headers["authorization"]}


class TestStream:
    async def test_says_the_count_then_what_comes_and_what_is_read_elsewhere(
        self, site: str, writer: FastAPI, person: Person, headers: dict[str, str]
    ) -> None:
        await tell(writer, "welcome", person.id)
        async with listening(site, headers) as stream, httpx.AsyncClient(base_url=site, headers=headers) as other_tab:
            first = await stream.until("unread")
            assert (first.id, first.data) == (1, {"unread": 1})
            await tell(writer, "signed_out", person.id)
            told = await stream.until("notification")
            assert (told.id, told.data["number"], told.data["unread"]) == (2, 2, 2)
            assert told.data["title"] == "You were signed out everywhere"
            await other_tab.patch(f"{API}/{told.data['id']}/read")
            assert (await stream.until("unread")).data == {"unread": 1}

    async def test_after_cuts_nothing_is_missing_and_nothing_doubled(
        self, site: str, writer: FastAPI, person: Person, headers: dict[str, str]
    ) -> None:
        """Several write at once while the page is cut off again and again."""
        wanted = 60

        async def write(share: int) -> None:
            for _ in range(share):
                await tell(writer, "welcome", person.id)

        async with listening(site, headers) as stream:
            last = (await stream.until("unread")).id
        seen: list[int] = []
        writers = [asyncio.create_task(write(wanted // 4)) for _ in range(4)]
        while len(seen) < wanted:
            async with listening(site, headers, last) as stream:
                for _ in range(min(7, wanted - len(seen))):
                    told = await stream.until("notification")
                    seen.append(told.id)
                    last = told.id
        await asyncio.gather(*writers)
        assert seen == list(range(1, wanted + 1))

    async def test_too_much_to_tell_says_read_the_list(
        self, site: str, writer: FastAPI, person: Person, headers: dict[str, str]
    ) -> None:
        for _ in range(101):
            await tell(writer, "welcome", person.id)
        for unknown in (0, 5_000):
            async with listening(site, headers, unknown) as stream:
                told = await stream.next()
                assert told
                assert (told.event, told.id, told.data) == ("reset", 101, {"unread": 101})
        async with listening(site, headers, 1) as stream:
            assert (await stream.until("notification")).id == 2

    async def test_the_banned_hear_no_more(
        self, site: str, writer: FastAPI, person: Person, headers: dict[str, str]
    ) -> None:
        async with listening(site, headers) as stream, await People(writer).client("admin") as admin:
            await stream.until("unread")
            banned = await admin.post(f"/api/v1/admin/users/{person.username}/ban", json={"reason": "Spam"})
            assert banned.status_code == 200
            await tell(writer, "account_banned", person.id, reason="Spam", until="")
            assert await stream.next() is None

    async def test_another_role_is_told_on_the_open_stream(
        self, site: str, headers: dict[str, str], person: Person, writer: FastAPI
    ) -> None:
        async with listening(site, headers) as stream, await People(writer).client("admin") as admin:
            await stream.until("unread")
            await admin.patch(f"/api/v1/admin/users/{person.username}", json={"role": "creator"})
            await tell(writer, "role_changed", person.id, role="creator", former_role="viewer")
            assert (await stream.until("notification")).data["type"] == "role_changed"

    async def test_one_person_has_so_many_and_gets_room_back(self, site: str, headers: dict[str, str]) -> None:
        async with AsyncExitStack() as stack, httpx.AsyncClient(base_url=site, headers=headers) as client:
            open_ones = [await stack.enter_async_context(listening(site, headers)) for _ in range(8)]
            for stream in open_ones:
                await stream.until("unread")
            refused = await client.get(f"{API}/stream")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
            assert "8 streams open" in refused.json()["detail"]
            await stack.aclose()

            async def has_room() -> bool:
                return await _status(client) == 200

            await until(has_room, "room for a stream, once the server has seen that the others are gone")

    async def test_goes_on_while_the_listening_connection_is_cut(
        self, site: str, writer: FastAPI, person: Person, headers: dict[str, str], house: House
    ) -> None:
        async with listening(site, headers) as stream:
            await stream.until("unread")
            connection = await asyncpg.connect(house.database_url)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
            )
            await connection.close()
            await tell(writer, "welcome", person.id)
            assert (await stream.until("notification")).id == 1

    async def test_a_server_that_stops_ends_it_whole(self, house: House, person: Person) -> None:
        """Cut off by the server's last deadline, the chunks would have no end and reading would raise."""
        with served(house.database_url, house.redis_url, house.folder) as site:
            async with listening(site, await by_cookie(house.writer, person)) as stream:
                await stream.until("unread")
                [server] = [child for child in psutil.Process().children() if site.endswith(_port(child))]
                server.send_signal(signal.SIGTERM)
                assert await stream.next() is None


async def _status(client: httpx.AsyncClient) -> int:
    async with client.stream("GET", f"{API}/stream") as answer:
        return answer.status_code


async def by_cookie(writer: FastAPI, person: Person) -> dict[str, str]:
    """Tokens name their site as issuer; cookies are taken by every process on the same servers."""
    async with await People(writer).client_of(person, by="cookie") as client:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def _port(process: psutil.Process) -> str:
    words = process.cmdline()
    return f":{words[words.index('--port') + 1]}" if "serve" in words else "none"
