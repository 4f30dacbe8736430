"""Imports over the API, carried out as a worker does."""

import asyncio
import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from stoa.events.handlers.imports import import_tasks
from stoa.events.loops import Stop
from stoa.events.queue.registry import TaskRegistry
from stoa.events.queue.runner import TaskRunner
from stoa.main import create_app
from stoa.modules.content.importing.purging import purge_imports
from stoa.modules.content.importing.task import Workshop
from stoa.shared.clock import utc_now
from stoa.shared.database import Database
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.settings import Settings
from tests.events.engine import FAST
from tests.people import People

from .building import Files, make_zip, png

PATH = "/api/v1/imports"
FILES: Files = {"go/one.md": "# One\n\n![p](p.png)\n", "go/p.png": png(), "two.md": "# Two\n", "bad.md": b"\0"}


@dataclass(frozen=True, slots=True)
class Importing:
    """A site with real commits, an admin, and a worker on demand."""

    app: FastAPI
    database: Database
    admin: httpx.AsyncClient
    data_dir: Path
    folder: Path

    async def send(self, files: Files, name: str = "notes.zip", **fields: str) -> httpx.Response:
        content = await asyncio.to_thread(make_zip(self.folder / "made.zip", files).read_bytes)
        return await self.admin.post(PATH, files={"file": (name, content)}, data=fields)

    async def work(self) -> None:
        """Run the tasks that wait, as a worker does."""
        shop = Workshop(self.database, self.app.state.settings, self.data_dir)
        runner = TaskRunner(self.database, TaskRegistry(import_tasks(shop)), FAST, Stop())
        while await runner.run_one():
            pass

    async def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get(f"{PATH}/{job_id}")).json()
        return found

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.reads.connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql)]

    def files(self) -> list[Path]:
        return [path for path in (self.data_dir / "imports").rglob("*") if path.is_file()]


@pytest.fixture
async def importing(  # noqa: PLR0917 # fixtures
    own_database_url: str, settings: Settings, redis_url: str, data_dir: Path, tmp_path: Path, markdown: MarkdownPool,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Importing]:  # fmt: skip
    monkeypatch.setenv("STOA_IMPORT_MB", "2")
    chosen = Settings.load(env_file=None)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(settings.database, own_database_url))
        app = create_app(
            chosen, database_url=own_database_url, redis_url=redis_url, data_dir=data_dir, database=database,
            markdown=markdown,
        )  # fmt: skip
        await stack.enter_async_context(app.router.lifespan_context(app))
        admin = await stack.enter_async_context(await People(app).client("admin"))
        yield Importing(app, database, admin, data_dir, tmp_path)


class TestImport:
    async def test_an_upload_is_imported_by_the_worker_and_told_row_by_row(self, importing: Importing) -> None:
        asked = await importing.send(FILES, source="My notes")
        waiting = asked.json()
        await importing.work()

        assert asked.status_code == 202
        assert asked.headers["location"] == f"{PATH}/{waiting['id']}"
        assert (waiting["status"], waiting["source"], waiting["title"]) == ("waiting", "My notes", "notes")
        job = await importing.job(waiting["id"])
        assert (job["status"], job["kind"], job["phase"]) == ("finished", "markdown", "importing")
        assert (job["done"], job["total"], job["can_run"]) == (2, 2, False)
        assert job["counts"] == {"imported": 2, "failed": 1}
        assert job["by_kind"] == {"article": {"imported": 2, "failed": 1}}
        assert job["asked_by"]["username"].startswith("admin")
        assert await importing.rows("SELECT slug, status FROM articles ORDER BY 1") == [
            ("one", "published"), ("two", "published")
        ]  # fmt: skip
        assert importing.files() == []
        assert ("import.finished",) in await importing.rows("SELECT type FROM event_log")
        assert await importing.rows("SELECT action FROM audit.events WHERE action LIKE 'import%'") == [
            ("import.started",)
        ]

    async def test_the_report_by_pages_by_outcome_and_as_csv(self, importing: Importing) -> None:
        job_id = (await importing.send(FILES)).json()["id"]
        await importing.work()
        items = f"{PATH}/{job_id}/items"

        first = (await importing.admin.get(items, params={"limit": 2, "count": True})).json()
        rest = (await importing.admin.get(items, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        failed = (await importing.admin.get(items, params={"outcome": "failed", "kind": "article"})).json()
        report = await importing.admin.get(f"{PATH}/{job_id}/report.csv")

        assert first["total"] == 3
        assert [row["key"] for row in first["items"] + rest["items"]] == ["bad.md", "go/one.md", "two.md"]
        assert [(row["key"], row["number"]) for row in failed["items"]] == [("bad.md", 1)]
        assert "NUL" in failed["items"][0]["reason"]
        assert [row["key"] for row in csv.DictReader(io.StringIO(report.text))] == ["bad.md", "go/one.md", "two.md"]
        assert (await importing.admin.get(PATH)).json()["items"][0]["id"] == job_id

    async def test_a_trial_writes_rows_alone_and_can_then_be_run(self, importing: Importing) -> None:
        trial = (await importing.send(FILES, dry_run="true", status="draft")).json()
        await importing.work()
        nothing = await importing.rows("SELECT slug FROM articles")
        tried = await importing.job(trial["id"])
        real = await importing.admin.post(f"{PATH}/{trial['id']}/run")
        again = await importing.admin.post(f"{PATH}/{trial['id']}/run")
        await importing.work()

        assert nothing == []
        assert (tried["status"], tried["dry_run"], tried["can_run"]) == ("finished", True, True)
        assert tried["counts"] == {"imported": 2, "failed": 1}
        assert (real.status_code, again.status_code) == (202, 409)
        assert real.json()["id"] != trial["id"]
        done = await importing.job(real.json()["id"])
        assert (done["status"], done["dry_run"], done["counts"]) == ("finished", False, tried["counts"])
        assert await importing.rows("SELECT DISTINCT status FROM articles") == [("draft",)]
        assert importing.files() == []


class TestRefusals:
    async def test_a_refused_source_is_one_line_without_our_folders(self, importing: Importing) -> None:
        empty = (await importing.send({"LICENSE": "x"})).json()["id"]
        broken = (
            await importing.admin.post(PATH, files={"file": ("../../x/broken.zip", b"PK no zip")}, data={"source": "b"})
        ).json()["id"]  # fmt: skip
        await importing.work()

        assert (await importing.job(empty))["error"].startswith("There is no Markdown in 'notes'")
        failed = await importing.job(broken)
        assert failed["status"] == "failed"
        assert str(importing.data_dir) not in failed["error"]
        assert "\n" not in failed["error"]
        assert importing.files() == []
        assert ("import.failed",) in await importing.rows("SELECT type FROM event_log")

    async def test_what_can_be_refused_at_once_leaves_no_file(self, importing: Importing) -> None:
        faults = [
            await importing.send(FILES, name="notes.exe"),
            await importing.send(FILES, author="nobody"),
            await importing.send(FILES, old_site="example"),
            await importing.send(FILES, status="gone"),
            await importing.send(FILES, surprise="x"),
            await importing.admin.post(PATH, files={"file": ("large.zip", bytes(2 * 1024 * 1024 + 1))}),
            await importing.admin.post(PATH, files={"file": ("larger.zip", bytes(4 * 1024 * 1024))}),
        ]

        assert [fault.status_code for fault in faults] == [422, 422, 422, 422, 422, 413, 413]
        assert importing.files() == []
        assert await importing.rows("SELECT count(*) FROM import_jobs") == [(0,)]

    async def test_two_imports_of_one_source(self, importing: Importing) -> None:
        first = await importing.send(FILES)
        second = await importing.send(FILES)
        other = await importing.send(FILES, source="another")

        assert [one.status_code for one in (first, second, other)] == [202, 409, 202]
        assert len(importing.files()) == 2


class TestCancel:
    async def test_what_waits_never_begins(self, importing: Importing) -> None:
        job_id = (await importing.send(FILES)).json()["id"]

        cancelled = await importing.admin.post(f"{PATH}/{job_id}/cancel")
        again = await importing.admin.post(f"{PATH}/{job_id}/cancel")
        await importing.work()

        assert (cancelled.json()["status"], again.status_code) == ("cancelled", 409)
        assert await importing.rows("SELECT count(*) FROM articles") == [(0,)]

    async def test_what_runs_ends_and_keeps_what_it_did(self, importing: Importing) -> None:
        job_id = (await importing.send({f"{n:04}.md": f"# Number {n}" for n in range(4000)})).json()["id"]
        working = asyncio.create_task(importing.work())
        while (await importing.job(job_id))["counts"].get("imported", 0) < 50:  # noqa: ASYNC110 # it is elsewhere
            await asyncio.sleep(0.05)

        await importing.admin.post(f"{PATH}/{job_id}/cancel")
        await working

        job = await importing.job(job_id)
        ((articles,),) = await importing.rows("SELECT count(*) FROM articles")
        assert job["status"] == "cancelled"
        assert 50 <= articles == job["counts"]["imported"] < 4000
        assert importing.files() == []


WORKER = """
import asyncio, sys
from pathlib import Path
from stoa.events.handlers.imports import import_tasks
from stoa.events.loops import Stop
from stoa.events.queue.registry import TaskRegistry
from stoa.events.queue.runner import TaskRunner
from stoa.modules.content.importing.task import Workshop
from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.events.engine import FAST

async def run():
    settings = Settings.load(env_file=None)
    async with Database(settings.database, sys.argv[1]) as database:
        tasks = TaskRegistry(import_tasks(Workshop(database, settings, Path(sys.argv[2]))))
        runner = TaskRunner(database, tasks, FAST, Stop())
        while not await runner.run_one():
            await asyncio.sleep(0.05)

asyncio.run(run())
"""


class TestKilled:
    async def test_another_worker_goes_on_and_ends_the_same(self, importing: Importing) -> None:
        sources = {f"{n:03}.md": f"# Number {n:03}\n\n[next](009.md)" for n in range(400)}
        job_id = (await importing.send({**sources, "LICENSE": "x", "bad.md": b"\0"})).json()["id"]

        for told in (2, 100, 200):
            worker = self._worker(importing)
            while (await importing.rows("SELECT count(*) FROM import_rows"))[0][0] < told:
                await asyncio.sleep(0.01)
                assert worker.poll() is None
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        ((killed_at,),) = await importing.rows("SELECT count(*) FROM articles")
        await asyncio.sleep(FAST.lease)
        await importing.work()

        job = await importing.job(job_id)
        assert killed_at < 400
        assert (job["status"], job["counts"]) == ("finished", {"imported": 400, "skipped": 1, "failed": 1})
        assert await importing.rows("SELECT count(*), count(DISTINCT title), max(version) FROM articles") == [
            (400, 400, 1)
        ]
        assert await importing.rows(
            "SELECT count(*), count(DISTINCT key), max(number), count(*) FILTER (WHERE outcome = 'imported') "
            "FROM import_rows"
        ) == [(402, 402, 402, 400)]  # fmt: skip

    def _worker(self, importing: Importing) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", WORKER, importing.database.url, str(importing.data_dir)]
        return subprocess.Popen(command, env={**os.environ, "STOA_LOG_LEVEL": "error"}, stdout=subprocess.DEVNULL)


class TestPurge:
    async def test_old_rows_and_files_are_forgotten_and_counts_stay(self, importing: Importing) -> None:
        old = UUID((await importing.send(FILES, dry_run="true")).json()["id"])
        await importing.work()
        new = UUID((await importing.send(FILES, dry_run="true", source="new")).json()["id"])
        await importing.work()
        async with importing.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE import_jobs SET started_at = :then, finished_at = :then WHERE id = :id"),
                {"id": old, "then": utc_now() - timedelta(days=91)},
            )
        folder = importing.app.state.import_folder
        for place in folder.path.iterdir():
            os.utime(place, (0, 0))

        async with importing.database.unit_of_work() as session:
            await purge_imports(session, folder)

        assert await importing.rows("SELECT DISTINCT job_id FROM import_rows") == [(new,)]
        assert [(await importing.job(str(one)))["can_run"] for one in (old, new)] == [False, True]
        assert (await importing.job(str(old)))["counts"] == {"imported": 2, "failed": 1}
        assert len(importing.files()) == 1
