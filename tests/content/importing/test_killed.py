"""An import that is killed again and again ends as one that never was: the same site, the same report."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.conftest import copy_of_template
from tests.content.exporting.building import export_of
from tests.events.engine import FAST

from .building import make_zip, png
from .conftest import Site
from .ghost.export import USER, post
from .ghost.export import write as write_ghost
from .reading import REAL_INPUT
from .test_jobs import PATH, WORKER, Importing, importing
from .wordpress.wxr import SITE, comment, item
from .wordpress.wxr import write as write_wxr

__all__ = ["importing"]
pytestmark = pytest.mark.slow
_OURS = re.compile(rb"^(?:created|updated)_at: .*\n", re.MULTILINE)  # of a text without a date: when it was imported
_POSTS = 260
_KILLS = (1, 40, 330, 600)
_PICTURE = "wp-content/uploads/2020/p{}.png"


def wordpress(folder: Path) -> Path:
    """Posts with threads below them, pictures and links to each other."""
    items = []
    for n in range(1, _POSTS + 1):
        body = f'Words of {n}. <a href="{SITE}/2020/post-{n % 7 + 1}/">next</a>'
        body += f'<img src="{SITE}/{_PICTURE.format(n % 9)}">' if n % 3 == 0 else ""
        thread = comment(2 * n) + comment(2 * n + 1, parent=2 * n, approved=str(n % 2), body=f"No, {n}!")
        tags = f'<category domain="post_tag" nicename="tag-{n % 5}"><![CDATA[Tag {n % 5}]]></category>'
        kind = "page" if n % 50 == 0 else "post"
        items.append(item(n, body, post_type=kind, status="draft" if n % 20 == 0 else "publish", extra=thread + tags))
    items.append(item(1, "The first number once more."))
    return bundled(folder, write_wxr(folder / "s.xml", *items), "wp-content/uploads/2020/p")


def ghost(folder: Path) -> Path:
    posts = []
    for n in range(1, _POSTS + 1):
        shown = f'<img src="__GHOST_URL__/content/images/p{n % 9}.png">' if n % 3 == 0 else ""
        posts.append(post(n, html=f'<p>Words of {n}. <a href="__GHOST_URL__/post-{n % 7 + 1}/">next</a></p>{shown}'))
    comments: list[dict[str, Any]] = [
        {"id": f"c{n}", "post_id": n // 2 + 1, "member_id": "m", "html": f"<p>{n}</p>", "status": "published",
         "parent_id": f"c{n - 1}" if n % 2 else None, "created_at": "2020-02-02T02:02:02.000Z"}
        for n in range(2 * _POSTS)
    ]  # fmt: skip
    tags = [{"id": n, "name": f"Tag {n}", "slug": f"tag-{n}"} for n in range(5)]
    source = write_ghost(
        folder / "s.json", *posts, {"id": 1}, comments=comments, tags=tags, members=[{"id": "m", "name": "Mem"}],
        posts_tags=[{"post_id": n, "tag_id": n % 5} for n in range(1, _POSTS)], users=[USER],
    )  # fmt: skip
    return bundled(folder, source, "content/images/p")


def bundled(folder: Path, source: Path, pictures: str) -> Path:
    shown = {f"{pictures}{n}.png": png(40 + n, 30) for n in range(9)}
    return make_zip(folder / "source.zip", {source.name: source.read_bytes(), **shown})


@pytest.fixture
async def unbroken(settings: Settings, site: Site, tmp_path: Path) -> AsyncIterator[Site]:
    """A second site, whose import nobody kills."""
    async with copy_of_template() as url, Database(settings.database, url) as database:
        yield Site(database, tmp_path / "unbroken-media", site.pool, site.pictures)


async def all_of(site: Site) -> tuple[dict[str, bytes], list[Path], list[Any]]:
    """Everything that is exported, the pictures, and what is known of the source."""
    with zipfile.ZipFile(BytesIO(await export_of(site))) as archive:
        files = {name: _OURS.sub(b"", archive.read(name)) for name in archive.namelist()}
    media = await asyncio.to_thread(
        lambda: sorted(path.relative_to(site.media) for path in site.media.rglob("*") if path.is_file())
    )
    known = await site.rows("SELECT key, kind, status, content_hash, article_version FROM import_items ORDER BY key")
    return files, media, known


async def killed_at(site: Site, told: int, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
    """Start one and kill it as soon as so many rows are told in all."""
    process = start()
    while (await site.rows("SELECT count(*) FROM import_rows"))[0][0] < told:
        await asyncio.sleep(0.005)
        assert process.poll() is None, "it was faster than we"
    os.kill(process.pid, signal.SIGKILL)
    assert await asyncio.to_thread(process.wait) == -signal.SIGKILL


SOURCES = [pytest.param(wordpress, id="wordpress"), pytest.param(ghost, id="ghost")]
REAL = [
    pytest.param(lambda _, name=name: REAL_INPUT / name, id=name, marks=pytest.mark.skipif(
        not (REAL_INPUT / name).is_file(), reason="no real input here: name its folder in TESTS_REAL_INPUT"))
    for name in ("theme-unit-test-data.xml", "ghost-theme-unit-test.json")
]  # fmt: skip


class TestCommand:
    @pytest.mark.parametrize("make", [*SOURCES, *REAL])
    async def test_killed_and_started_again(
        self, site: Site, unbroken: Site, redis_url: str, tmp_path: Path, make: Callable[[Path], Path]
    ) -> None:
        path = make(tmp_path)
        environment = {
            **os.environ, "DATABASE_URL": site.database.url, "REDIS_URL": redis_url,
            "STOA_DATA_DIR": str(tmp_path), "STOA_LOG_LEVEL": "error",
        }  # fmt: skip
        command = [sys.executable, "-m", "stoa", "import", str(path), "--source", "source"]

        def start() -> "subprocess.Popen[bytes]":
            return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        wanted = await unbroken.take(path, default_author="Stoa")
        for more in (1, 60, 330, 600) if make in {wordpress, ghost} else (1, 8, 12):
            ((before,),) = await site.rows("SELECT count(*) FROM import_rows")
            await killed_at(site, before + more, start)
        await asyncio.to_thread(lambda: start().wait())
        made = await all_of(site)
        await asyncio.to_thread(lambda: start().wait())

        assert made == await all_of(unbroken)
        assert await all_of(site) == made
        ((counts,),) = await site.rows("SELECT counts FROM import_jobs ORDER BY started_at DESC LIMIT 1")
        again = (await unbroken.take(path, default_author="Stoa")).tally.as_json()
        counts = json.loads(counts)
        assert counts == again
        assert wanted.counts.total() == sum(n for name, n in again.items() if name != "by_kind")


class TestWorker:
    @pytest.mark.parametrize("make", SOURCES)
    async def test_killed_and_started_again(  # noqa: PLR0917 # fixtures
        self, importing: Importing, unbroken: Site, site: Site, data_dir: Path, tmp_path: Path,
        make: Callable[[Path], Path],
    ) -> None:  # fmt: skip
        path = make(tmp_path)
        content = await asyncio.to_thread(path.read_bytes)
        wanted = await unbroken.take(path)
        asked = await importing.admin.post(PATH, files={"file": ("source.zip", content)})
        here = Site(importing.database, data_dir / "media", site.pool, site.pictures)
        worker = [sys.executable, "-c", WORKER, importing.database.url, str(data_dir)]

        for told in _KILLS:
            await killed_at(here, told, lambda: subprocess.Popen(worker, env={**os.environ, "STOA_LOG_LEVEL": "error"}))
        await asyncio.sleep(FAST.lease)
        await importing.work()

        job = await importing.job(asked.json()["id"])
        rows = await here.rows("SELECT kind, key, outcome, reason, title, slug FROM import_rows ORDER BY 1, 2")
        assert (job["status"], job["counts"]) == ("finished", dict(wanted.counts))
        assert await all_of(here) == await all_of(unbroken)
        assert rows == sorted((r.kind, r.key, r.outcome, r.reason, r.title, r.slug) for r in wanted.rows)
