from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stoa.modules.content.importing.choices import Choices
from stoa.modules.content.importing.items import Importer
from stoa.modules.content.importing.preparing import Renderer
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.registry import importer_for
from stoa.modules.content.importing.report import Report
from stoa.modules.content.importing.service import ImportService
from stoa.shared.database import Database
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.media.folder import FolderStore
from stoa.shared.media.pool import PicturePool
from stoa.shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """A site to import into, with real commits."""

    database: Database
    media: Path
    pool: Renderer
    pictures: PicturePool

    async def take(self, path: Path, *, renderer: Renderer | None = None, **choices: Any) -> Report:
        """Import a source; the report with all its rows."""
        return await self.take_from(importer_for(path), renderer=renderer, **choices)

    async def take_from(self, source: Importer, *, renderer: Renderer | None = None, **choices: Any) -> Report:
        report = Report(keeps_all=True)
        with source as importer:
            survey = importer.survey(Silence())
            service = ImportService(self.database, FolderStore(self.media), self.pictures, renderer or self.pool)
            await service.run(importer, survey, Choices("source", **choices), report, Silence())
        return report

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.reads.connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql)]

    async def everything(self) -> list[tuple[Any, ...]]:
        """All that an import may change, to see whether anything did."""
        return [
            *await self.rows("SELECT * FROM articles ORDER BY id"),
            *await self.rows("SELECT * FROM article_redirects ORDER BY path"),
            *await self.rows("SELECT * FROM article_tags ORDER BY 1, 2"),
            *await self.rows("SELECT id, username FROM users ORDER BY id"),
            *await self.rows("SELECT * FROM import_items ORDER BY key"),
            *sorted((str(path.relative_to(self.media)),) for path in self.media.rglob("*")),
        ]


@pytest.fixture(scope="session")
async def pool() -> AsyncIterator[MarkdownPool]:
    made = MarkdownPool(workers=1, seconds=60)
    yield made
    await made.close()


@pytest.fixture
async def site(
    own_database_url: str, settings: Settings, pool: MarkdownPool, pictures: PicturePool, tmp_path: Path
) -> AsyncIterator[Site]:
    async with Database(settings.database, own_database_url) as database:
        yield Site(database, tmp_path / "media", pool, pictures)


def outcomes(report: Report) -> dict[str, str]:
    return {row.key: row.outcome for row in report.rows}
