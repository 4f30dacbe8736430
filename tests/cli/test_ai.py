"""`stoa ai` as an operator uses it: which models answer, whether one can be reached, whether the money adds up."""

import asyncio

import asyncpg

from tests.ai.site import running_upstream
from tests.cli.commands import stoa


class TestProviders:
    def test_names_who_answers_what_without_any_key(self, servers: dict[str, str]) -> None:
        done = stoa("ai", "providers", **servers)
        assert done.returncode == 0, done.stderr
        assert "embedded" in done.stdout
        assert [line for line in done.stdout.splitlines() if line.startswith("stoa-chat") and "embedded/" in line]

    def test_says_when_nobody_answers(self, servers: dict[str, str]) -> None:
        done = stoa("ai", "providers", STOA_AI_EMBEDDED="false", **servers)
        assert done.returncode == 0, done.stderr
        assert "nobody answers" in done.stdout


class TestTry:
    async def test_of_one_that_answers_names_its_models(self, servers: dict[str, str]) -> None:
        async with running_upstream() as (_, address):
            there = {"STOA_OPENAI_API_KEY": "sk-first", "STOA_OPENAI_BASE_URL": f"{address}/v1"}
            done = await asyncio.to_thread(stoa, "ai", "try", "openai", **servers, **there)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "fake-ok" in done.stdout
        assert "sk-first" not in done.stdout

    def test_of_one_that_is_away_says_why(self, servers: dict[str, str]) -> None:
        away = {"STOA_OPENAI_API_KEY": "sk-first", "STOA_OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
        done = stoa("ai", "try", "openai", **servers, **away)
        assert done.returncode == 1
        assert "does not answer as it should" in done.stdout
        assert "Traceback" not in done.stderr

    def test_of_none_of_that_name_is_one_line(self, servers: dict[str, str]) -> None:
        done = stoa("ai", "try", "nobody", **servers)
        assert (done.returncode != 0, done.stderr.startswith("error: ")) == (True, True)


class TestAudit:
    async def test_of_a_sound_ledger_and_of_one_that_does_not_add_up(
        self, servers: dict[str, str], own_database_url: str
    ) -> None:
        sound = stoa("ai", "audit", **servers)
        assert (sound.returncode, "Everything adds up." in sound.stdout) == (0, True), sound.stderr
        connection = await asyncpg.connect(own_database_url)
        try:
            await connection.execute(
                "INSERT INTO ai_accounts (scope, period, begins, spent_micros) VALUES ('site', 'day', current_date, 7)"
            )
        finally:
            await connection.close()
        wrong = stoa("ai", "audit", **servers)
        assert (wrong.returncode, "site" in wrong.stdout) == (1, True)
