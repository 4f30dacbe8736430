"""From a commit to the open page: `python -m benchmarks.live`. A real site, a real worker, readers with open streams.

An event is recorded, relayed, handled, the notice written and numbered, and sent down the reader's stream.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from tests.notifications.streams import Listener, listening
from tests.people import People
from tests.running_site import served

from stoa.events.publisher import publish
from stoa.local.servers import running_servers
from stoa.main import create_app
from stoa.modules.users.events import UserRoleChanged
from stoa.shared.database import Database
from stoa.shared.schema import upgrade
from stoa.shared.settings import Settings
from stoa.shared.settings_parts import DatabaseSettings


class Reader:
    """Notes when each notice arrives; their order is the reader's own."""

    def __init__(self, user_id: UUID, headers: dict[str, str]) -> None:
        self.user_id = user_id
        self.headers = headers
        self.arrived: list[float] = []

    async def hear(self, listener: Listener) -> None:
        while (told := await listener.next()) is not None:
            if told.event == "notification":
                self.arrived.append(time.time())


async def measure(site: str, database_url: str, redis_url: str, folder: Path, arguments: argparse.Namespace) -> None:
    readers = await _readers(site, database_url, redis_url, folder, arguments.readers)
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(listening(site, reader.headers)) for reader in readers]
        hearing = [asyncio.create_task(r.hear(one)) for r, one in zip(readers, listeners, strict=True)]
        settings = DatabaseSettings().model_copy(update={"database_pool": 4, "read_pool": 1})
        async with Database(settings, database_url) as database:
            await _tell(database, readers, 20, 20)  # warms everything up
            committed = await _tell(database, readers, arguments.rate, int(arguments.rate * arguments.seconds))
        for task in hearing:
            task.cancel()
    late = sorted((a - c) * 1000 for r in readers for c, a in zip(committed[r.user_id], r.arrived, strict=True))
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99)]
    print(
        f"live: {len(late)} notices to {len(readers)} open streams at {arguments.rate}/s, commit to stream "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, none missing"
    )


async def _tell(database: Database, readers: list[Reader], rate: int, count: int) -> dict[UUID, list[float]]:
    """One event at a time, each for the next reader, and when each was committed; until all have arrived."""
    committed: dict[UUID, list[float]] = {reader.user_id: [] for reader in readers}
    for reader in readers:
        reader.arrived.clear()
    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        user_id = readers[number % len(readers)].user_id
        event = UserRoleChanged(user_id=user_id, role="creator", former_role="viewer", by=None)

        async def record(session: AsyncSession, one: UserRoleChanged = event) -> None:
            await publish(session, one)

        await database.transact(record)
        committed[user_id].append(time.time())
    while any(len(reader.arrived) < len(committed[reader.user_id]) for reader in readers):  # noqa: ASYNC110 # others do it
        await asyncio.sleep(0.05)
    return committed


async def _readers(site: str, database_url: str, redis_url: str, folder: Path, count: int) -> list[Reader]:
    settings = Settings.load(env_file=None, public_url=site)
    app = create_app(settings, database_url=database_url, redis_url=redis_url, data_dir=folder)
    async with app.router.lifespan_context(app):
        people, made = People(app), []
        for _ in range(count):
            person = await people.person()
            async with await people.client_of(person) as client:
                made.append(Reader(person.id, {"authorization": client.headers["authorization"]}))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--rate", type=int, default=50, help="events a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="stoa-bench-"))
    folder.chmod(0o755)
    try:
        with running_servers(folder / "data") as servers:
            upgrade(servers.database_url, admin_url=servers.database_url.replace("//stoa@", "//postgres@", 1))
            with served(servers.database_url, servers.redis_url, folder, with_worker=True) as site:
                asyncio.run(measure(site, servers.database_url, servers.redis_url, folder, arguments))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
