"""The ways to get an export: over the API and by the command, which give the same."""

import asyncio
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.content.importing.conftest import Site

from .building import export_of, fill


class TestApi:
    async def test_a_zip_that_is_complete_and_private_and_written_into_the_log(self, admin: httpx.AsyncClient) -> None:
        body = {"title": "A title", "body": "Some words.", "tags": ["One"]}
        await admin.post("/api/v1/articles", json=body)

        answer = await admin.get("/api/v1/export")

        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert answer.headers["cache-control"] == "no-store"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == ["articles/a-title.md", "authors.yaml", "tags.yaml", "stoa.json"]
            assert archive.read("articles/a-title.md").decode().endswith("---\nSome words.")
            assert json.loads(archive.read("stoa.json"))["counts"]["articles"] == 1
        audit = (await admin.get("/api/v1/admin/audit", params={"action": "site.exported"})).json()
        assert len(audit["items"]) == 1


class TestCommand:
    @pytest.fixture
    def environment(self, own_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        return {
            **kept,
            "DATABASE_URL": own_database_url,
            "REDIS_URL": redis_url,
            "STOA_DATA_DIR": str(tmp_path / "data"),
        }

    def stoa(self, environment: dict[str, str], *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "stoa", *map(str, arguments)],
            env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    async def test_a_folder_or_a_zip_never_over_something_else(
        self, environment: dict[str, str], site: Site, tmp_path: Path
    ) -> None:
        await fill(site)
        wanted = await export_of(site)
        (tmp_path / "data").mkdir()
        await asyncio.to_thread(site.media.rename, tmp_path / "data" / "media")
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")

        made = [
            self.stoa(environment, "export", tmp_path / name) for name in ("out.zip", "out", "out.zip", "out", "mine")
        ]
        forced = [self.stoa(environment, "export", tmp_path / name, "--force") for name in ("out.zip", "out", "mine")]

        assert [one.returncode for one in made] == [0, 0, 2, 2, 2], [one.stderr for one in made]
        assert [one.returncode for one in forced] == [0, 0, 2]
        audited = await site.rows("SELECT actor_kind FROM audit.events WHERE action = 'site.exported'")
        assert audited == [("shell",)] * 4
        assert {len(one.stderr.splitlines()) for one in (*made[2:], forced[2])} == {1}
        assert (tmp_path / "out.zip").read_bytes() == wanted
        with zipfile.ZipFile(io.BytesIO(wanted)) as archive:
            for name in archive.namelist():
                assert (tmp_path / "out" / name).read_bytes() == archive.read(name)
        assert (tmp_path / "mine" / "notes.txt").read_text(encoding="utf-8") == "mine"

    async def test_it_comes_back_by_the_command_with_a_line_for_each_kind(
        self, environment: dict[str, str], site: Site, tmp_path: Path
    ) -> None:
        await fill(site)
        (tmp_path / "first.zip").write_bytes(await export_of(site))

        done = self.stoa(environment, "import", tmp_path / "first.zip", "--dry-run")

        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert "article:    5 imported" in lines
        assert "comment:    5 imported" in lines
        assert "page:       1 imported" in lines
