"""The command as people run it: a process of its own, with real servers."""

import csv
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .building import Files, entry, make_folder, make_zip, make_zip_of, patch_headers, png
from .conftest import Site

FILES: Files = {"go/one.md": "# One\n\n![p](p.png) [two](../two.md)\n", "go/p.png": png(), "two.md": "# Two\n"}
AUDITED = """
SELECT action, actor_kind, subject_id IN (SELECT id::text FROM import_jobs) FROM audit.events ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class Command:
    """`stoa` in a folder, speaking to the database of the test."""

    environment: dict[str, str]
    folder: Path

    def __call__(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "stoa", *map(str, arguments))

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment, cwd=self.folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip


@pytest.fixture
def stoa(own_database_url: str, redis_url: str, tmp_path: Path) -> Command:
    kept = {
        name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONDONTWRITEBYTECODE"}
    }
    data_dir = str(tmp_path / "data")
    return Command(
        {**kept, "DATABASE_URL": own_database_url, "REDIS_URL": redis_url, "STOA_DATA_DIR": data_dir}, tmp_path
    )


class TestImport:
    async def test_a_zip_then_again(self, stoa: Command, site: Site, tmp_path: Path) -> None:
        path = make_zip(tmp_path / "notes.zip", {**FILES, "LICENSE": "x"})

        first = stoa("import", path, "--report", "rows.csv")
        second = stoa("import", path)

        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        assert first.stdout.splitlines() == ["skipped LICENSE: not Markdown", "2 imported, 1 skipped."]
        assert second.stdout.splitlines()[-1] == "2 unchanged, 1 skipped."
        assert await site.rows("SELECT source, phase, done, total FROM import_jobs") == [
            ("notes", "importing", 2, 2), ("notes", "importing", 2, 2)
        ]  # fmt: skip
        assert await site.rows(AUDITED) == [("import.started", "shell", True), ("import.started", "shell", True)]
        ((body,),) = await site.rows("SELECT body FROM articles WHERE slug = 'one'")
        image = body.partition("(")[2].partition(")")[0]
        assert (tmp_path / "data" / image.removeprefix("/")).is_file()
        with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
            assert [(row["key"], row["outcome"]) for row in csv.DictReader(file)] == [
                ("LICENSE", "skipped"), ("go/one.md", "imported"), ("two.md", "imported")
            ]  # fmt: skip

    async def test_a_trial_writes_nothing(self, stoa: Command, site: Site, tmp_path: Path) -> None:
        done = stoa("import", make_folder(tmp_path / "notes", FILES), "--dry-run", "--verbose")

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            "imported go/one.md", "imported two.md", "Nothing was written. It would be: 2 imported."
        ]  # fmt: skip
        assert await site.everything() == []
        assert await site.rows("SELECT count(*) FROM import_jobs") == [(0,)]
        assert await site.rows(AUDITED) == []
        assert not (tmp_path / "data" / "media").exists()

    async def test_bad_items_are_named_and_the_rest_is_imported(
        self, stoa: Command, site: Site, tmp_path: Path
    ) -> None:
        path = make_folder(tmp_path / "notes", {
            "good.md": "# Good", "binary.md": b"\x89PNG\0\0", "broken.md": "---\ntitle: [\n---\n",
            "\x1b[31mred.md": "---\nno: end",
        })  # fmt: skip
        done = stoa("import", path)

        assert done.returncode == 2
        named = [line for line in done.stdout.splitlines() if line.startswith("failed ")]
        assert [line.split(":")[0] for line in named] == ["failed ?[31mred.md", "failed binary.md", "failed broken.md"]
        assert done.stdout.splitlines()[-1] == "1 imported, 3 failed."
        assert await site.rows("SELECT slug FROM articles") == [("good",)]


class TestRefusals:
    async def test_hostile_and_missing_sources_are_one_line_and_import_nothing(
        self, stoa: Command, site: Site, tmp_path: Path
    ) -> None:
        good = (entry("good.md"), b"# Good")
        outside = make_folder(tmp_path / "outside", {"good.md": "# Good"})
        (outside / "link.md").symlink_to("/etc/passwd")
        (tmp_path / "empty").mkdir()
        (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
        sources = [
            tmp_path / "missing", tmp_path / "empty", tmp_path / "text.zip", outside,
            make_zip_of(tmp_path / "up.zip", good, (entry("../evil.md"), b"x")),
            make_zip_of(tmp_path / "link.zip", good, (entry("l.md", mode=0o120777), b"/etc/passwd")),
            patch_headers(make_zip_of(tmp_path / "huge.zip", good), "size", 2 * 1024**3),
        ]  # fmt: skip

        for source in sources:
            done = stoa("import", source)

            assert (done.returncode, done.stdout) == (2, ""), source
            errors = [line for line in done.stderr.splitlines() if not line.startswith("reading ")]
            assert len(errors) == 1, done.stderr
            assert errors[0].startswith("error: ")
        assert await site.everything() == []

    @pytest.mark.parametrize(
        "arguments", [("--author", "nobody"), ("--report", "x.txt"), ("--old-site", "example"), ("--status", "gone")]
    )
    async def test_choices_that_cannot_be(
        self, stoa: Command, site: Site, tmp_path: Path, arguments: tuple[str, str]
    ) -> None:
        done = stoa("import", make_folder(tmp_path / "notes", FILES), *arguments)

        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert await site.everything() == []


KILLED_AT = """
import asyncio, os, signal, sys
from pathlib import Path
from stoa.modules.content.importing.choices import Choices
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
from stoa.modules.content.importing.report import Report
from stoa.modules.content.importing.service import ImportService
from stoa.shared.database import Database
from stoa.shared.markdown.render import render
from stoa.shared.media.folder import FolderStore
from stoa.shared.media.pool import PicturePool
from stoa.shared.settings import Settings

class Killer:
    async def render_many(self, items):
        for source, options in items:
            if sys.argv[2] in source:
                os.kill(os.getpid(), signal.SIGKILL)
            yield render(source, options)

async def run():
    settings = Settings.load(env_file=None)
    async with Database(settings.database, settings.database.database_url.get_secret_value()) as database:
        with importer_for(Path(sys.argv[1])) as importer:
            survey = importer.survey(Silence())
            service = ImportService(database, FolderStore(Path("data/media")), PicturePool(), Killer())
            await service.run(importer, survey, Choices(importer.title), Report(), Silence())

asyncio.run(run())
"""


class TestKilled:
    async def test_the_next_run_goes_on_and_nothing_is_lost_or_doubled(
        self, stoa: Command, site: Site, tmp_path: Path
    ) -> None:
        path = make_folder(tmp_path / "notes", {f"{n:03}.md": f"# Number {n:03}\n\n[next](009.md)" for n in range(140)})

        for place in ("[next]", "Number 060", "Number 110"):
            marked = path / f"{place.removeprefix('Number ')}.md"
            if marked.exists():
                marked.write_text(f"# {place}\n\nKill here. [next](009.md)\n", encoding="utf-8")
            killed = stoa.python("-c", KILLED_AT, str(path), "Kill here." if marked.exists() else place)
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            if marked.exists():
                marked.write_text(f"# {place}\n\n[next](009.md)", encoding="utf-8")
        stopped = await site.rows("SELECT count(*) FROM articles")
        done = stoa("import", path)
        again = stoa("import", path)

        assert stopped == [(100,)]
        assert done.stdout.splitlines()[-1] == "40 imported, 100 unchanged."
        assert again.stdout.splitlines()[-1] == "140 unchanged."
        assert await site.rows("SELECT count(*), count(DISTINCT title), max(version) FROM articles") == [(140, 140, 1)]
        assert await site.rows("SELECT status FROM import_jobs ORDER BY started_at") == [
            ("stopped",), ("stopped",), ("stopped",), ("finished",), ("finished",)
        ]  # fmt: skip
