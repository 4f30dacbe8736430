"""The command line as an operator uses it: a process of its own, real servers, exit codes."""

from pathlib import Path

import asyncpg

from stoa.shared.migrations import head
from tests.cli.commands import stoa


async def tables(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return found
    finally:
        await connection.close()


class TestVersion:
    def test_is_told(self) -> None:
        done = stoa("--version")
        assert done.returncode == 0
        assert done.stdout.startswith("stoa 0.")


class TestFaults:
    def test_an_unknown_command_is_bad_input(self) -> None:
        assert stoa("nonsense").returncode == 2

    def test_a_wrong_setting_is_one_line(self) -> None:
        done = stoa("doctor", STOA_PROT="8000")
        assert done.returncode == 2
        assert done.stderr == "error: STOA_PROT: there is no such setting; did you mean STOA_PORT?\n"

    def test_a_database_that_is_not_there_is_one_line(self, servers: dict[str, str], tmp_path: Path) -> None:
        nowhere = f"postgresql://stoa@/stoa?host={tmp_path}"
        done = stoa("seed", **{**servers, "DATABASE_URL": nowhere})
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr


class TestMigrate:
    async def test_down_and_up_again(self, servers: dict[str, str], own_database_url: str) -> None:
        full = await tables(own_database_url)
        assert f"-> {head()}" in stoa("migrate", "status", **servers).stdout
        superuser = own_database_url.replace("//stoa@", "//postgres@", 1)
        down = stoa("migrate", "down", "base", "--yes", "--admin-url", superuser, **servers)
        assert down.returncode == 0, down.stderr
        assert await tables(own_database_url) == 1  # Alembic's own
        assert "empty" in stoa("migrate", "status", **servers).stdout
        done = stoa("seed", **servers)
        assert (done.returncode, "stoa migrate up" in done.stderr) == (2, True)
        assert stoa("migrate", "up", **servers).returncode == 0
        assert await tables(own_database_url) == full

    def test_down_asks_first(self, servers: dict[str, str]) -> None:
        assert stoa("migrate", "down", **servers).returncode == 1
        assert f"-> {head()}" in stoa("migrate", "status", **servers).stdout

    def test_an_unknown_revision_is_bad_input(self, servers: dict[str, str]) -> None:
        done = stoa("migrate", "up", "9999", **servers)
        assert (done.returncode, done.stderr.startswith("error: ")) == (2, True)


class TestDoctor:
    def test_names_every_part(self, servers: dict[str, str]) -> None:
        done = stoa("doctor", **servers)
        assert done.returncode == 0, done.stdout + done.stderr
        for part in ("settings", "data folder", "PostgreSQL", "schema", "Valkey"):
            assert f"ok   {part}" in done.stdout

    def test_says_how_to_mend(self, servers: dict[str, str]) -> None:
        done = stoa("doctor", **{**servers, "REDIS_URL": "redis://127.0.0.1:1/0"})
        assert done.returncode == 1
        assert "FAIL Valkey" in done.stdout
        assert "ok   PostgreSQL" in done.stdout


class TestSeed:
    async def test_fills_in_the_demo_once(self, servers: dict[str, str], own_database_url: str) -> None:
        first = stoa("seed", **servers)
        assert first.returncode == 0, first.stderr
        connection = await asyncpg.connect(own_database_url)
        try:
            articles = await connection.fetch("SELECT slug, version, status FROM articles ORDER BY slug")
            assert len(articles) >= 5
            assert {article["status"] for article in articles} == {"published"}
            assert "unchanged" in stoa("seed", **servers).stdout
            assert await connection.fetch("SELECT slug, version, status FROM articles ORDER BY slug") == articles
        finally:
            await connection.close()
