"""What is recorded, and that the rows are one chain."""

import asyncio

import asyncpg
import orjson
import pytest

from stoa.modules.audit.schemas import AuditQuery
from stoa.modules.audit.service import AuditReads, AuditService
from stoa.shared.database import Database
from stoa.shared.errors import MalformedInput
from stoa.shared.sealing import unseal
from stoa.shared.security import Origin
from tests.audit.log import ADA, as_admin, check, connected, opened, record

CHANGES = (
    "UPDATE audit.events SET action = 'a.b'",
    "UPDATE audit.head SET position = 0",
    "DELETE FROM audit.events",
    "DELETE FROM audit.head",
    "TRUNCATE audit.events",
    "TRUNCATE audit.head",
)


async def items(db: Database, **asked: object) -> list[dict[str, object]]:
    page = await AuditReads(db.reads).page(AuditQuery.model_validate(asked))
    return [orjson.loads(item) for item in page.items]


async def fail_after_recording(database: Database) -> None:
    async with database.unit_of_work() as session:
        await AuditService(session).record("role.changed", actor=ADA)
        raise LookupError


class TestRecord:
    async def test_keeps_who_what_on_whom_and_from_where(self, db: Database) -> None:
        async with db.unit_of_work() as session:
            await AuditService(session).record(
                "user.banned", actor=ADA, subject_type="user", subject_id=ADA.id, details={"until": None, "days": 3}
            )
        (event,) = await items(db, action="user.banned")
        assert {name: event[name] for name in event if name not in {"position", "id", "at"}} == {
            "action": "user.banned",
            "actor_id": str(ADA.id),
            "actor_kind": "token",
            "subject_type": "user",
            "subject_id": str(ADA.id),
            "address": "192.0.2.7",
            "details": {"until": None, "days": 3},
        }

    async def test_somebody_unknown_is_nobody(self, db: Database) -> None:
        async with db.unit_of_work() as session:
            await AuditService(session).record("session.reused", actor=None, origin=Origin("192.0.2.9"))
        (event,) = await items(db, action="session.reused")
        assert (event["actor_id"], event["actor_kind"], event["address"]) == (None, "nobody", "192.0.2.9")

    async def test_details_are_bounded(self, db: Database) -> None:
        async with db.unit_of_work() as session:
            with pytest.raises(ValueError, match="4096 are the most"):
                await AuditService(session).record("user.banned", actor=ADA, details={"why": "x" * 5000})

    async def test_twenty_at_once_make_one_chain(self, own_database_url: str) -> None:
        async with opened(own_database_url) as database:
            await asyncio.gather(*(record(database, *["user.banned"] * 5) for _ in range(20)))
        report = await check(own_database_url)
        assert (report.is_whole, report.length) == (True, 100)

    async def test_an_act_that_is_rolled_back_leaves_no_row(self, own_database_url: str) -> None:
        async with opened(own_database_url) as database:
            await record(database, "user.banned")
            with pytest.raises(LookupError):
                await fail_after_recording(database)
            await record(database, "user.unbanned")
        async with connected(own_database_url) as connection:
            rows = await connection.fetch("SELECT position, action FROM audit.events ORDER BY position")
        assert [tuple(row) for row in rows] == [(1, "user.banned"), (2, "user.unbanned")]

    async def test_the_chain_is_the_same_in_every_time_zone(self, own_database_url: str) -> None:
        async with connected(own_database_url) as connection:
            await connection.execute("SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'")
            await connection.execute("SELECT audit.append('a.b', NULL, 'shell', NULL, NULL, NULL, NULL, '{}')")
        assert (await check(own_database_url)).is_whole

    async def test_a_chain_longer_than_a_batch_is_checked_whole(self, own_database_url: str) -> None:
        async with connected(own_database_url) as connection:
            await connection.execute(
                "SELECT audit.append('a.b', NULL, 'shell', NULL, NULL, NULL, NULL, '{}') FROM generate_series(1, 4000)"
            )
        report = await check(own_database_url)
        assert (report.is_whole, report.length) == (True, 4000)

    async def test_unsealed_it_still_refuses_changes(self, own_database_url: str) -> None:
        await asyncio.to_thread(unseal, as_admin(own_database_url))
        async with opened(own_database_url) as database:
            await record(database, "user.banned")
        async with connected(own_database_url) as connection:
            for statement in CHANGES:
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                    await connection.execute(statement)


class TestPage:
    async def test_newest_first_page_by_page(self, db: Database) -> None:
        await record(db, *[f"page.{letter}" for letter in "abcde"])
        first = await AuditReads(db.reads).page(AuditQuery(action="page.", limit=2, count=True))
        assert ([orjson.loads(i)["action"] for i in first.items], first.total) == (["page.e", "page.d"], 5)
        rest = await items(db, action="page.", cursor=first.next_cursor)
        assert [item["action"] for item in rest] == ["page.c", "page.b", "page.a"]

    async def test_filters(self, db: Database) -> None:
        await record(db, "page.a", "pages.b")
        (event,) = await items(db, action="page.", actor=str(ADA.id), subject_type="user", subject_id="someone")
        assert event["action"] == "page.a"
        assert await items(db, **{"action": "page.", "from": event["at"]}) == [event]
        assert await items(db, action="page.", to=event["at"]) == []
        assert await items(db, subject_id="another") == []

    async def test_a_foreign_cursor_is_refused(self, db: Database) -> None:
        with pytest.raises(MalformedInput):
            await items(db, cursor="WyJ0YWdzIiwxXQ")
