"""Welcome mail and nightly work, through a worker that has all the product's handlers."""

from datetime import timedelta

from sqlalchemy import text

from stoa.events.handlers.all import all_work
from stoa.events.repository import EventLog
from stoa.events.streams import RedisStreams
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.events.engine import catch, rows, throw, until, until_handled, work_of, working
from tests.factories import publish as publish_article

OLD = "now() - interval '31 days'"


class TestWelcome:
    async def test_one_mail_once_the_address_is_confirmed(
        self, url: str, database: Database, transport: RedisStreams, settings: Settings
    ) -> None:
        async with working(database, transport, all_work(settings)):
            async with database.unit_of_work() as session:
                new = NewUser(display_name="Ada", email="ada@example.com", username="ada")
                ada = await UserService(session).create(new)
            for _ in range(2):
                await database.transact(lambda session: UserService(session).verify(ada.id, "ada@example.com"))

            async def written() -> object:
                return await rows(url, "SELECT FROM deliveries WHERE channel = 'mail'")

            await until(written, "a mail")
        mails = await rows(url, "SELECT kind, recipient FROM deliveries WHERE channel = 'mail'")
        assert [(mail["kind"], mail["recipient"]) for mail in mails] == [("welcome", "ada@example.com")]


class TestNight:
    async def test_what_lies_in_the_bin_for_a_month_goes(
        self, url: str, database: Database, transport: RedisStreams, settings: Settings
    ) -> None:
        kept = await publish_article(database, "Kept", tags=("kept",))
        fresh = await publish_article(database, "Fresh in the bin")
        gone = await publish_article(database, "Gone", tags=("gone",))
        await rows(url, f"UPDATE articles SET deleted_at = {OLD} WHERE id = $1", gone.id)  # noqa: S608 # a constant
        await rows(url, "UPDATE articles SET deleted_at = now() WHERE id = $1", fresh.id)
        await rows(url, f"UPDATE tags SET deleted_at = {OLD} WHERE slug = 'gone'")  # noqa: S608 # a constant
        async with working(database, transport, all_work(settings)):

            async def emptied() -> bool:
                done = await rows(url, "SELECT FROM event_inbox")
                return len(done) == 7

            await until(emptied, "the night's work")
        assert {row["id"] for row in await rows(url, "SELECT id FROM articles")} == {kept.id, fresh.id}
        assert [row["slug"] for row in await rows(url, "SELECT slug FROM tags")] == ["kept"]
        assert not await rows(url, "SELECT FROM event_dead")

    async def test_handled_events_go_and_others_stay(
        self, url: str, database: Database, transport: RedisStreams
    ) -> None:
        async with working(database, transport, work_of(catch)):
            ids = await throw(database, 3)
            await until_handled(url, ids)
        old, dead, fresh = ids
        await rows(url, f"UPDATE event_log SET at = {OLD}, relayed_at = now() WHERE id <> $1", fresh)  # noqa: S608 # a constant
        await rows(url, "UPDATE event_sweep SET swept_to = now()")
        await rows(url, f"UPDATE event_inbox SET at = {OLD}")  # noqa: S608 # a constant
        async with database.unit_of_work() as session:
            await session.execute(
                text("INSERT INTO event_dead VALUES (:id, 'other', 'ball.thrown', '{}', 5, 'no')"), {"id": dead}
            )
        await database.transact(lambda session: EventLog(session).purge(timedelta(days=30)))
        assert {row["id"] for row in await rows(url, "SELECT id FROM event_log")} == {dead, fresh}
        assert {row["event_id"] for row in await rows(url, "SELECT event_id FROM event_inbox")} == {dead, fresh}
        assert old not in {row["event_id"] for row in await rows(url, "SELECT event_id FROM event_inbox")}
