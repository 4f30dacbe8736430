"""The seal: what the application's role may not do, what a superuser's hand leaves behind, and the commands."""

import asyncio

import asyncpg
import pytest

from stoa.modules.audit.service import AuditReads
from stoa.shared.schema import downgrade, upgrade
from stoa.shared.sealing import seal, unseal
from tests.audit.log import as_admin, check, connected, opened, record
from tests.cli.commands import stoa

REFUSED = (
    "UPDATE audit.events SET action = 'a.b'",
    "UPDATE audit.head SET position = 0",
    "DELETE FROM audit.events",
    "DELETE FROM audit.head",
    "TRUNCATE audit.events",
    "INSERT INTO audit.events SELECT * FROM audit.events",
    "DROP TABLE audit.events",
    "DROP SCHEMA audit CASCADE",
    "ALTER TABLE audit.events DISABLE TRIGGER ALL",
    "ALTER TABLE audit.events OWNER TO stoa",
    "CREATE TRIGGER mine BEFORE INSERT ON audit.events FOR EACH ROW EXECUTE FUNCTION audit.refuse()",
    "CREATE TABLE audit.mine (a int)",
    """CREATE OR REPLACE FUNCTION audit.append(action text, actor_id uuid, actor_kind text, subject_type text,
    subject_id text, address text, request_id text, details jsonb) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'""",
    "SET ROLE stoa_audit",
    "SET session_replication_role = replica",
    "SELECT * FROM audit.head FOR UPDATE",
)
# What a superuser does with the triggers off, to a log of five rows; where that is found.
FORGERIES = {
    "changed": ("UPDATE audit.events SET actor_id = gen_random_uuid() WHERE position = 3", 3),
    "time changed": ("UPDATE audit.events SET at = at - interval '1 microsecond' WHERE position = 4", 4),
    "changed and hashed again": (
        """UPDATE audit.events SET action = 'a.b' WHERE position = 2;
        UPDATE audit.events e SET hash = audit.digest(e) WHERE position = 2""",
        3,
    ),
    "taken out": ("DELETE FROM audit.events WHERE position = 2", 2),
    "taken out, gap closed": (
        "DELETE FROM audit.events WHERE position = 2; UPDATE audit.events SET position = 2 WHERE position = 3",
        2,
    ),
    "cut off": ("DELETE FROM audit.events WHERE position > 3", 4),
    "emptied": ("DELETE FROM audit.events", 1),
    "put in at the end": (
        """INSERT INTO audit.events SELECT 6, gen_random_uuid(), at, action, actor_id, actor_kind, subject_type,
        subject_id, address, request_id, details, hash, hash FROM audit.events WHERE position = 5;
        UPDATE audit.events e SET hash = audit.digest(e) WHERE position = 6""",
        6,
    ),
    "put in before the beginning": (
        """ALTER TABLE audit.events DROP CONSTRAINT ck_events_position;
        UPDATE audit.events SET position = 0 WHERE position = 1""",
        1,
    ),
    "last row replaced": (
        """UPDATE audit.events SET action = 'a.b' WHERE position = 5;
        UPDATE audit.events e SET hash = audit.digest(e) WHERE position = 5""",
        5,
    ),
    "head gone": ("DELETE FROM audit.head", 6),
}


@pytest.fixture
async def sealed_url(own_database_url: str) -> str:
    """A sealed log of five rows."""
    async with opened(own_database_url) as database:
        await record(database, *["user.banned"] * 5)
    assert await asyncio.to_thread(seal, as_admin(own_database_url))
    return own_database_url


async def forge(url: str, statement: str) -> None:
    async with connected(as_admin(url)) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(statement)


class TestSealed:
    async def test_the_application_may_append_and_read(self, sealed_url: str) -> None:
        async with opened(sealed_url) as database:
            await record(database, "user.unbanned")
            assert (await AuditReads(database.reads).seal()).words == "sealed"
        report = await check(sealed_url)
        assert (report.is_whole, report.length) == (True, 6)

    @pytest.mark.parametrize("statement", REFUSED)
    async def test_the_application_may_not(self, sealed_url: str, statement: str) -> None:
        async with connected(sealed_url) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        assert (await check(sealed_url)).length == 5

    async def test_sealing_twice_changes_nothing(self, sealed_url: str) -> None:
        assert await asyncio.to_thread(seal, as_admin(sealed_url))
        async with opened(sealed_url) as database:
            assert (await AuditReads(database.reads).seal()).is_sealed

    async def test_down_and_up_again(self, sealed_url: str) -> None:
        await asyncio.to_thread(downgrade, sealed_url, "0002", admin_url=as_admin(sealed_url))
        async with connected(sealed_url) as connection:
            assert await connection.fetchval("SELECT to_regnamespace('audit')") is None
        await asyncio.to_thread(upgrade, sealed_url, admin_url=as_admin(sealed_url))
        async with opened(sealed_url) as database:
            await record(database, "user.banned")
            assert (await AuditReads(database.reads).seal()).is_sealed
        assert (await check(sealed_url)).length == 1


class TestForgery:
    @pytest.mark.parametrize("name", FORGERIES)
    async def test_is_found(self, sealed_url: str, name: str) -> None:
        statement, position = FORGERIES[name]
        await forge(sealed_url, statement)
        report = await check(sealed_url)
        assert (report.is_whole, report.broken_at) == (False, position), report


class TestCommands:
    async def test_doctor_tells_the_state(self, own_database_url: str, redis_url: str) -> None:
        await asyncio.to_thread(unseal, as_admin(own_database_url))
        servers = {"DATABASE_URL": own_database_url, "REDIS_URL": redis_url}
        assert "0 events, chain whole, not sealed: run `stoa migrate seal" in stoa("doctor", **servers).stdout
        refused = stoa("migrate", "seal", **servers)
        assert (refused.returncode, "--admin-url" in refused.stderr) == (2, True)
        done = stoa("migrate", "seal", "--admin-url", as_admin(own_database_url), **servers)
        assert (done.returncode, done.stdout) == (0, "The audit log is sealed.\n"), done.stderr
        assert "0 events, chain whole, sealed" in stoa("doctor", **servers).stdout
        superuser = stoa("doctor", **{**servers, "DATABASE_URL": as_admin(own_database_url)})
        assert (superuser.returncode, "as a superuser" in superuser.stdout) == (0, True)

    async def test_doctor_finds_a_forgery(self, sealed_url: str, redis_url: str) -> None:
        await forge(sealed_url, FORGERIES["changed"][0])
        done = stoa("doctor", DATABASE_URL=sealed_url, REDIS_URL=redis_url)
        assert done.returncode == 1
        assert "FAIL audit log      broken at position 3: the row was changed" in done.stdout

    async def test_taking_a_sealed_log_down_is_refused_in_one_line(self, sealed_url: str, redis_url: str) -> None:
        done = stoa("migrate", "down", "0002", "--yes", DATABASE_URL=sealed_url, REDIS_URL=redis_url)
        assert (done.returncode, done.stderr.count("\n"), "--admin-url" in done.stderr) == (2, 1, True), done.stderr

    async def test_the_application_cannot_seal(self, own_database_url: str, redis_url: str) -> None:
        done = stoa(
            "migrate", "seal", "--admin-url", own_database_url, DATABASE_URL=own_database_url, REDIS_URL=redis_url
        )
        assert (done.returncode, "superuser" in done.stderr, "Traceback" in done.stderr) == (2, True, False)
