from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from stoa.modules.content.articles.schemas import ArticleDraft
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.importing.errors import ImportRunning
from stoa.modules.content.importing.repository import only_import_of
from stoa.modules.users.service import UserService
from stoa.shared.errors import InvalidInput, StoaError, TooSlow, Unavailable
from stoa.shared.markdown.document import Rendered, RenderOptions
from stoa.shared.markdown.render import render
from tests.factories import publish

from .building import Files, make_folder, make_zip, png
from .conftest import Site, outcomes

ONE = "---\ntitle: One\ndate: 2024-03-01\ntags: [a, b]\nauthor: Ann\naliases: [/old/one]\n---\nWords.\n"


async def edit(site: Site, slug: str, body: str) -> None:
    """What an author does here: save the article with another text."""
    ((article_id, author_id),) = await site.rows(f"SELECT id, author_id FROM articles WHERE slug = '{slug}'")  # noqa: S608
    when = datetime(2025, 1, 1, tzinfo=UTC)
    draft = ArticleDraft(
        id=UUID(str(article_id)), slug=slug, title="Edited", body=body, rendered=render(body), status="published",
        author_id=UUID(str(author_id)), published_at=when, updated_at=when,
    )  # fmt: skip
    async with site.database.unit_of_work() as session:
        await ArticleService(session).save_many([draft])


class TestImport:
    async def test_an_article_with_all_that_the_source_says(self, site: Site, tmp_path: Path) -> None:
        report = await site.take(make_folder(tmp_path / "s", {"one.md": ONE, "py/two.md": "# Two\n\n[x](../one.md)"}))

        assert outcomes(report) == {"one.md": "imported", "py/two.md": "imported"}
        found = await site.rows(
            "SELECT a.slug, title, body, html, status, a.published_at, u.display_name FROM articles a "
            "JOIN users u ON u.id = a.author_id ORDER BY a.slug"
        )
        assert found[0] == (
            "one", "One", "Words.\n", "<p>Words.</p>\n", "published", datetime(2024, 3, 1, tzinfo=UTC), "Ann",
        )  # fmt: skip
        assert found[1][:2] == ("two", "Two")
        assert found[1][2] == "[x](/articles/one)"
        assert 'href="/articles/one"' in found[1][3]
        assert await site.rows("SELECT slug, article_count FROM tags ORDER BY slug") == [("a", 1), ("b", 1), ("py", 1)]
        assert await site.rows("SELECT path FROM article_redirects ORDER BY path") == [
            ("/old/one",), ("/one",), ("/py/two",)
        ]  # fmt: skip

    async def test_images_come_along(self, site: Site, tmp_path: Path) -> None:
        files: Files = {
            "p/index.md": "---\ncover: big.png\n---\n![dog](dog.png) ![gone](gone.png)",
            "p/dog.png": png(), "p/big.png": png(20, 10), "p/bad.md": "![b](bad.png)", "p/bad.png": b"no image",
        }  # fmt: skip
        report = await site.take(make_zip(tmp_path / "s.zip", files))

        (body, cover), (broken, _) = await site.rows("SELECT body, cover_url FROM articles ORDER BY slug DESC")
        dog = body.partition("![dog](")[2].partition(")")[0]
        assert dog.startswith("/media/")
        assert (site.media / dog.removeprefix("/media/")).is_file()
        assert (site.media / str(cover).removeprefix("/media/")).is_file()
        assert "![gone](gone.png)" in body
        assert broken == "![b](bad.png)"
        warnings = {row.key: row.warnings for row in report.rows}
        assert "gone.png" in warnings["p/index.md"][0]
        assert "bad.png" in warnings["p/bad.md"][0]

    async def test_a_slug_that_an_article_here_has_is_numbered_and_links_follow(
        self, site: Site, tmp_path: Path
    ) -> None:
        await publish(site.database, title="One", slug="one")

        await site.take(make_folder(tmp_path / "s", {"one.md": ONE, "two.md": "[x](one.md)"}))

        assert await site.rows("SELECT slug FROM articles ORDER BY slug") == [("one",), ("one-2",), ("two",)]
        assert await site.rows("SELECT body FROM articles WHERE slug = 'two'") == [("[x](/articles/one-2)",)]

    async def test_drafts_and_dates_ahead_are_not_published(self, site: Site, tmp_path: Path) -> None:
        files = {"a.md": "---\ndraft: true\n---\nA", "b.md": "---\ndate: 2999-01-01\n---\nB", "c.md": "C"}
        await site.take(make_folder(tmp_path / "s", files))

        assert await site.rows("SELECT slug, status, published_at IS NULL FROM articles ORDER BY slug") == [
            ("a", "draft", True), ("b", "scheduled", True), ("c", "published", False)
        ]  # fmt: skip

    async def test_one_author_for_all_and_nothing_published(self, site: Site, tmp_path: Path) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).ensure_author("Jane Roe")

        await site.take(make_folder(tmp_path / "s", {"one.md": ONE}), author="jane-roe", status="draft")

        assert await site.rows(
            "SELECT u.username, a.status FROM articles a JOIN users u ON u.id = a.author_id"
        ) == [("jane-roe", "draft")]  # fmt: skip

    async def test_an_author_who_is_not_there_refuses_all(self, site: Site, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="no user 'nobody'"):
            await site.take(make_folder(tmp_path / "s", {"one.md": ONE}), author="nobody")
        assert await site.everything() == []


class TestAgain:
    async def test_the_second_run_changes_nothing(self, site: Site, tmp_path: Path) -> None:
        files: Files = {
            "one.md": ONE,
            "two.md": "![p](p.png) [x](one.md)",
            "p.png": png(),
            "bad.md": b"\0",
            "LICENSE": "x",
        }
        path = make_folder(tmp_path / "s", files)
        await site.take(path)
        before = await site.everything()

        for file in path.iterdir():
            file.touch()
        report = await site.take(path)

        assert outcomes(report)["one.md"] == outcomes(report)["two.md"] == "unchanged"
        after = await site.everything()
        assert len(after) == len(before)
        assert [row for row in after if "bad.md" not in row and "LICENSE" not in row] == [
            row for row in before if "bad.md" not in row and "LICENSE" not in row
        ]

    async def test_a_changed_source_updates_its_article_which_keeps_slug_and_date(
        self, site: Site, tmp_path: Path
    ) -> None:
        path = make_folder(tmp_path / "s", {"one.md": "# One\nfirst", "two.md": "# Two"})
        await site.take(path)
        before = await site.rows("SELECT id, slug, published_at FROM articles ORDER BY slug")

        make_folder(path, {"one.md": "---\nslug: another\n---\n# New title\nsecond"})
        report = await site.take(path)

        assert outcomes(report) == {"one.md": "updated", "two.md": "unchanged"}
        assert await site.rows("SELECT id, slug, published_at FROM articles ORDER BY slug") == before
        assert await site.rows("SELECT title, body, version FROM articles WHERE slug = 'one'") == [
            ("New title", "second", 2)
        ]

    async def test_what_was_edited_here_is_spared(self, site: Site, tmp_path: Path) -> None:
        path = make_folder(tmp_path / "s", {"one.md": "# One\nfirst"})
        await site.take(path)
        await edit(site, "one", "My own words.")

        unchanged = await site.take(path)
        make_folder(path, {"one.md": "# One\nsecond"})
        report = await site.take(path)
        again = await site.take(path)

        assert outcomes(unchanged) == {"one.md": "unchanged"}
        for found in (report, again):
            assert [(row.outcome, row.reason) for row in found.rows] == [("skipped", "edited here since the import")]
        assert await site.rows("SELECT body, version FROM articles") == [("My own words.", 2)]

    async def test_what_was_deleted_here_does_not_come_back(self, site: Site, tmp_path: Path) -> None:
        path = make_folder(tmp_path / "s", {"one.md": "# One\nfirst", "two.md": "# Two\nfirst"})
        await site.take(path)
        async with site.database.unit_of_work() as session:
            connection = await session.connection()
            await connection.exec_driver_sql("UPDATE articles SET deleted_at = now() WHERE slug = 'one'")
            await connection.exec_driver_sql("DELETE FROM articles WHERE slug = 'two'")

        make_folder(path, {"one.md": "# One\nsecond", "two.md": "# Two\nsecond"})
        report = await site.take(path)

        assert {row.reason for row in report.rows} == {"deleted here since the import"}
        assert await site.rows("SELECT body FROM articles") == [("first",)]

    async def test_a_link_to_an_item_that_came_later_is_mended(self, site: Site, tmp_path: Path) -> None:
        path = make_folder(tmp_path / "s", {"one.md": "[x](two.md)"})
        await site.take(path)

        make_folder(path, {"two.md": "# Two"})
        report = await site.take(path)

        assert outcomes(report) == {"one.md": "updated", "two.md": "imported"}
        assert await site.rows("SELECT body FROM articles WHERE slug = 'one'") == [("[x](/articles/two)",)]


class TestTrial:
    async def test_it_tells_the_same_and_writes_nothing(self, site: Site, tmp_path: Path) -> None:
        files: Files = {
            "one.md": ONE,
            "two.md": "![p](p.png) ![b](b.png)",
            "p.png": png(),
            "b.png": b"x",
            "bad.md": b"\0",
        }
        path = make_folder(tmp_path / "s", files)

        trial = await site.take(path, is_trial=True)
        nothing = await site.everything()
        real = await site.take(path)

        assert nothing == []
        assert await site.rows("SELECT count(*) FROM import_jobs") == [(1,)]
        assert trial.rows == real.rows
        assert trial.summary == real.summary


class Faulty:
    """Renders as always, but answers a few texts with what a source cannot be made to cause."""

    async def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]:
        for source, options in items:
            if "slow" in source:
                yield TooSlow("Rendering the text took more than 3 s.")
            elif "poison" in source:
                yield replace(render(source, options), html="\0")
            else:
                yield render(source, options)


class TestFaultsOfItems:
    async def test_what_one_item_does_never_stops_the_others(self, site: Site, tmp_path: Path) -> None:
        files = {f"{n}.md": f"# {n}" for n in range(5)} | {"s.md": "slow", "p.md": "poison"}
        report = await site.take(make_folder(tmp_path / "s", files), renderer=Faulty())

        assert report.counts == {"imported": 5, "failed": 2}
        reasons = {row.key: row.reason for row in report.rows if row.outcome == "failed"}
        assert "3 s" in reasons["s.md"]
        assert "The database does not take it" in reasons["p.md"]
        assert await site.rows("SELECT count(*) FROM articles") == [(5,)]
        assert await site.rows("SELECT key, status FROM import_items WHERE status <> 'imported' ORDER BY key") == [
            ("p.md", "failed"), ("s.md", "failed")
        ]  # fmt: skip

    async def test_what_failed_is_tried_again(self, site: Site, tmp_path: Path) -> None:
        path = make_folder(tmp_path / "s", {"a.md": "slow"})
        await site.take(path, renderer=Faulty())

        report = await site.take(path)

        assert outcomes(report) == {"a.md": "imported"}


class Overloaded:
    """Has no place in its line for the second batch."""

    async def render_many(self, items: Iterable[tuple[str, RenderOptions]]) -> AsyncIterator[Rendered | StoaError]:
        for source, options in items:
            yield Unavailable("Too many texts are waiting.") if "60" in source else render(source, options)


class TestStopped:
    async def test_what_is_no_fault_of_an_item_stops_the_import_and_loses_nothing(
        self, site: Site, tmp_path: Path
    ) -> None:
        path = make_folder(tmp_path / "s", {f"{n:03}.md": f"Number {n}" for n in range(100)})

        with pytest.raises(Unavailable):
            await site.take(path, renderer=Overloaded())
        stopped = await site.rows("SELECT status, counts->>'imported' FROM import_jobs")
        report = await site.take(path)

        assert stopped == [("stopped", "50")]
        assert report.counts == {"unchanged": 50, "imported": 50}

    async def test_a_disk_that_takes_no_images_is_one_line(self, site: Site, tmp_path: Path) -> None:
        site.media.write_text("a file where the folder should be", encoding="utf-8")
        files: Files = {"a.md": "![p](p.png)", "p.png": png()}

        with pytest.raises(Unavailable, match=r"The import stopped: .*run it again"):
            await site.take(make_folder(tmp_path / "s", files))


class TestTwoAtOnce:
    async def test_the_second_import_of_a_source_is_refused(self, site: Site, tmp_path: Path) -> None:
        path = make_folder(tmp_path / "s", {"one.md": ONE})

        async with only_import_of(site.database.reads, "source"):
            with pytest.raises(ImportRunning, match="running already"):
                await site.take(path)
        report = await site.take(path)

        assert outcomes(report) == {"one.md": "imported"}


class TestRecords:
    async def test_a_job_with_its_counts_and_a_row_for_each_item(self, site: Site, tmp_path: Path) -> None:
        await site.take(make_folder(tmp_path / "s", {"one.md": ONE, "bad.md": b"\0", "LICENSE": "x"}))

        assert await site.rows(
            "SELECT source, title, kind, status, (counts - 'by_kind')::text, finished_at IS NOT NULL FROM import_jobs"
        ) == [("source", "s", "markdown", "finished", '{"failed": 1, "skipped": 1, "imported": 1}', True)]
        assert await site.rows("SELECT counts->'by_kind'->'article'->>'imported' FROM import_jobs") == [("1",)]
        assert await site.rows("SELECT number, key, outcome FROM import_rows ORDER BY number") == [
            (1, "LICENSE", "skipped"), (2, "bad.md", "failed"), (3, "one.md", "imported")
        ]  # fmt: skip
        assert await site.rows("SELECT key, status, slug, article_version FROM import_items ORDER BY key") == [
            ("LICENSE", "skipped", None, None), ("bad.md", "failed", None, None), ("one.md", "imported", "one", 1)
        ]  # fmt: skip
