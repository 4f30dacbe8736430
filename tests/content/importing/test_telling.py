"""How far an import from the command line is: told in its row while it runs, where it can be cancelled too."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from sqlalchemy import text

from stoa.modules.content.importing.errors import ImportCancelled
from stoa.shared.errors import StoaError
from stoa.shared.markdown.document import Rendered, RenderOptions
from stoa.shared.markdown.render import render

from .building import make_folder
from .conftest import Site

SOON = 20  # seconds that a sick machine may take


class Slow:
    """Renders the second batch once the row of the job says that the first is done; and that it is to be cancelled."""

    def __init__(self, site: Site, *, cancels: bool = False) -> None:
        self._site = site
        self._cancels = cancels
        self._batches = 0
        self.seen: list[tuple[object, ...]] = []

    async def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]:
        wanted = list(items)
        self._batches += bool(wanted)
        if wanted and self._batches == 2:
            async with asyncio.timeout(SOON):
                await self._told("done > 0")
                self.seen = await self._site.rows("SELECT status, phase, total, done FROM import_jobs")
                for _ in range(2 * self._cancels):  # the second is told by one who knows the answer to the first
                    await self._change("UPDATE import_jobs SET is_cancel_asked = true, done = -1")
                    await self._told("done >= 0")
        for source, options in wanted:
            yield render(source, options)

    async def _told(self, condition: str) -> None:
        while not await self._site.rows(f"SELECT 1 FROM import_jobs WHERE {condition}"):  # noqa: ASYNC110, S608 # nobody tells; written above
            await asyncio.sleep(0.05)

    async def _change(self, statement: str) -> None:
        async with self._site.database.unit_of_work() as session:
            await session.execute(text(statement))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "notes", {f"{n:03}.md": f"# Number {n:03}" for n in range(120)})


class TestTelling:
    async def test_the_row_says_how_far_it_is(self, site: Site, source: Path) -> None:
        renderer = Slow(site)
        await site.take(source, renderer=renderer)
        assert renderer.seen == [("running", "importing", 120, 50)]
        assert await site.rows("SELECT status, phase, total, done FROM import_jobs") == [
            ("finished", "importing", 120, 120)
        ]

    async def test_cancelled_on_the_page_it_ends_after_the_batch(self, site: Site, source: Path) -> None:
        with pytest.raises(ImportCancelled):
            await site.take(source, renderer=Slow(site, cancels=True))
        assert await site.rows("SELECT status FROM import_jobs") == [("cancelled",)]
        assert await site.rows("SELECT count(*) FROM articles") == [(100,)]
