import asyncio
import io
import json
import os
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stoa.shared.database import Database
from stoa.shared.settings import Settings
from tests.conftest import copy_of_template
from tests.content.importing.conftest import Site

from .building import export_of, fill

SAME = (
    """
    SELECT slug, title, body, html, toc::text, excerpt, status, created_at, updated_at, published_at, publish_at,
      comment_count, reading_minutes
    FROM articles WHERE deleted_at IS NULL ORDER BY slug
    """,
    "SELECT slug, name, article_count FROM tags WHERE deleted_at IS NULL ORDER BY slug",
    "SELECT path, slug FROM article_redirects JOIN articles ON id = article_id WHERE deleted_at IS NULL ORDER BY 1",
    "SELECT r.slug, t.slug FROM tag_redirects r JOIN tags t ON t.id = tag_id",
    """
    SELECT c.body, p.body, c.depth, c.status, c.html, c.edited_at, u.username, c.guest_name, c.guest_url
    FROM comments c LEFT JOIN comments p ON p.id = c.parent_id LEFT JOIN users u ON u.id = c.author_id ORDER BY 1
    """,
)
ARTICLES, COMMENTS = "SELECT * FROM articles ORDER BY id", "SELECT * FROM comments ORDER BY id"
REAL = Path(os.environ.get("TESTS_REAL_INPUT", "/nowhere"))


@pytest.fixture
async def other(settings: Settings, site: Site, tmp_path: Path) -> AsyncIterator[Site]:
    """A second site, empty."""
    async with copy_of_template() as url, Database(settings.database, url) as database:
        yield Site(database, tmp_path / "other-media", site.pool, site.pictures)


async def taken_by(other: Site, archive: bytes, path: Path) -> list[str]:
    """The rows of an import that are not `imported`."""
    await asyncio.to_thread(path.write_bytes, archive)
    report = await other.take(path)
    return sorted(
        f"{row.outcome} {row.kind} {row.key}: {row.reason}" for row in report.rows if row.outcome != "imported"
    )


def assert_same(first: bytes, second: bytes) -> None:
    """File by file, so that a difference is seen; then every byte."""
    with zipfile.ZipFile(io.BytesIO(first)) as one, zipfile.ZipFile(io.BytesIO(second)) as two:
        assert one.namelist() == two.namelist()
        for name in one.namelist():
            assert two.read(name).decode("latin-1") == one.read(name).decode("latin-1"), name
    assert first == second


def pictures(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestRoundTrip:
    async def test_photos_come_back_bit_by_bit_and_their_smaller_forms_are_made_again(
        self, site: Site, other: Site, tmp_path: Path
    ) -> None:
        await fill(site)
        export = await export_of(site)
        await taken_by(other, export, tmp_path / "first.zip")

        with zipfile.ZipFile(io.BytesIO(export)) as archive:
            assert len([name for name in archive.namelist() if name.startswith("media/")]) == 2
        kept = await asyncio.to_thread(pictures, site.media)
        assert len(kept) == 4
        assert await asyncio.to_thread(pictures, other.media) == kept

    async def test_an_export_imported_elsewhere_and_exported_again_is_byte_equal(
        self, site: Site, other: Site, tmp_path: Path
    ) -> None:
        await fill(site)
        first = await export_of(site)

        assert await taken_by(other, first, tmp_path / "first.zip") == []
        second = await export_of(other)

        assert_same(first, second)

    async def test_the_other_site_is_the_same_site(self, site: Site, other: Site, tmp_path: Path) -> None:
        await fill(site)
        await taken_by(other, await export_of(site), tmp_path / "first.zip")

        for statement in SAME:
            found = await other.rows(statement)
            assert found == await site.rows(statement)
            assert found
        assert await other.rows("SELECT username, role, email, bio FROM users ORDER BY 1") == [
            ("ann", "creator", None, 'Two\nlines, "quoted"'), ("bob", "creator", None, "")
        ]  # fmt: skip

    async def test_the_second_import_changes_nothing(self, site: Site, other: Site, tmp_path: Path) -> None:
        await fill(site)
        archive = await export_of(site)
        await taken_by(other, archive, tmp_path / "first.zip")
        before = [await other.rows(ARTICLES), await other.rows(COMMENTS)]

        again = await other.take(tmp_path / "first.zip")

        assert set(again.counts) == {"unchanged"}
        assert [await other.rows(ARTICLES), await other.rows(COMMENTS)] == before

    async def test_nothing_private_and_nothing_from_the_bin_is_in_it(self, site: Site) -> None:
        await fill(site)
        with zipfile.ZipFile(io.BytesIO(await export_of(site))) as archive:
            names = archive.namelist()
            everything = b"".join(archive.read(name) for name in names)
            about = json.loads(archive.read("stoa.json"))

        assert b"bob@example.com" not in everything
        assert b"lurker" not in everything
        assert "articles/gone.md" not in names
        assert about["counts"] == {
            "articles": 5, "pages": 1, "comments": 5, "pictures": 2, "tags": 3, "authors": 2
        }  # fmt: skip

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["til-articles.zip", "theme-unit-test-data.xml", "ghost-theme-unit-test.json"])
    async def test_real_sites(self, site: Site, other: Site, tmp_path: Path, name: str) -> None:
        if not (REAL / name).is_file():
            pytest.skip("no real input here: name its folder in TESTS_REAL_INPUT")
        await site.take(REAL / name)
        first = await export_of(site)

        await taken_by(other, first, tmp_path / "first.zip")

        assert_same(first, await export_of(other))
