"""What importers hand on besides texts: tags, authors, pages, comments. The importer here says what the test wants."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlalchemy import text

from stoa.modules.content.importing.items import (
    Importer,
    Outline,
    Picture,
    SourceArticle,
    SourceAuthor,
    SourceComment,
    SourceTag,
    Survey,
)
from stoa.modules.content.importing.progress import Progress
from stoa.modules.content.importing.report import Report
from stoa.modules.content.importing.sources import Readable
from stoa.modules.content.tags.service import TagService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from tests.people import SHELL

from .conftest import Site

DAY = datetime(2024, 3, 1, tzinfo=UTC)


@dataclass
class Scripted(Importer):
    """Reads what it is given."""

    articles: list[SourceArticle]
    tags: list[SourceTag] = field(default_factory=list)
    authors: list[SourceAuthor] = field(default_factory=list)

    kind: ClassVar[str] = "scripted"
    title: str = "scripted"

    @classmethod
    def accepts(cls, path: Path) -> bool:
        return not path.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def survey(self, progress: Progress) -> Survey:
        progress.begin("reading", len(self.articles))
        return Survey(self.tags, self.authors, [Outline(one.key, one.key, 10, one.kind) for one in self.articles])

    def read(self, outline: Outline, slugs: Mapping[str, str]) -> SourceArticle:
        assert outline.key in slugs
        return next(one for one in self.articles if one.key == outline.key)

    def open_picture(self, picture: Picture) -> AbstractContextManager[Readable]:
        raise NotImplementedError(picture.name)


def article(key: str = "one", **changes: Any) -> SourceArticle:
    return SourceArticle(key, "digest", f"Title {key}", "Words.", published_at=DAY, **changes)


def comment(key: str, parent: str | None = None, **changes: Any) -> SourceComment:
    base: dict[str, Any] = {"body": f"Comment *{key}*", "author": "Guest", "created_at": DAY, **changes}
    return SourceComment(key, parent=parent, **base)


def told(report: Report, kind: str) -> dict[str, str]:
    return {row.key: row.outcome for row in report.rows if row.kind == kind}


class TestTagsAndAuthors:
    async def test_tags_keep_their_slugs_and_articles_find_them_by_name(self, site: Site) -> None:
        tags = [SourceTag("t1", "news", "All the News"), SourceTag("c1", "unused", "Unused", "category")]
        source = Scripted([article(tags=("All the News", "news", "Another"))], tags)

        first, second = await site.take_from(source), await site.take_from(source)

        assert await site.rows("SELECT slug, name, article_count FROM tags ORDER BY slug") == [
            ("another", "Another", 1), ("news", "All the News", 1), ("unused", "Unused", 0)
        ]  # fmt: skip
        assert (told(first, "tag"), told(first, "category")) == ({"t1": "imported"}, {"c1": "imported"})
        assert (told(second, "tag"), told(second, "category")) == ({"t1": "unchanged"}, {"c1": "unchanged"})

    async def test_a_tag_deleted_here_stays_deleted(self, site: Site) -> None:
        source = Scripted([article()], [SourceTag("t1", "news", "News")])
        await site.take_from(source)
        async with site.database.unit_of_work() as session:
            await TagService(session).delete("news", SHELL)

        again = await site.take_from(source)

        assert told(again, "tag") == {"t1": "skipped"}
        assert await site.rows("SELECT count(*) FROM tags WHERE deleted_at IS NULL") == [(0,)]

    async def test_authors_are_made_without_a_way_in_and_found_again_when_renamed(self, site: Site) -> None:
        authors = [SourceAuthor("login", "Ann Lee", username="login", bio="Writes")]
        source = Scripted([article(author="login")], authors=authors)
        await site.take_from(source)
        async with site.database.unit_of_work() as session:
            await session.execute(text("UPDATE users SET display_name = 'Ann Other'"))

        again = await site.take_from(replace(source, articles=[article("two", author="Ann Lee")]))

        assert told(again, "author") == {"login": "unchanged"}
        assert await site.rows("SELECT username, role, email, is_verified, bio FROM users") == [
            ("login", "creator", None, False, "Writes")
        ]  # fmt: skip
        assert await site.rows("SELECT count(*) FROM articles JOIN users u ON u.id = author_id") == [(2,)]

    async def test_an_account_of_that_username_is_taken_as_it_is(self, site: Site) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("The boss", "boss@example.com", username="boss", role="admin"))

        source = Scripted(
            [article(author="boss")], authors=[SourceAuthor("boss", "Evil", "boss", "Owned", is_exact=True)]
        )
        await site.take_from(source)

        assert await site.rows("SELECT username, display_name, role, bio, email FROM users") == [
            ("boss", "The boss", "admin", "", "boss@example.com")
        ]  # fmt: skip


class TestArticles:
    async def test_pages_visibility_and_what_search_engines_are_told(self, site: Site) -> None:
        await site.take_from(
            Scripted(
                [article(kind="page", visibility="members", has_comments=False, meta_title="M", meta_description="D")]
            )
        )

        assert await site.rows(
            "SELECT kind, visibility, has_comments, meta_title, meta_description FROM articles"
        ) == [("page", "members", False, "M", "D")]  # fmt: skip
        assert await site.rows("SELECT counts->'by_kind' ? 'page' FROM import_jobs") == [(True,)]


class TestComments:
    THREAD = (comment("c", "b"), comment("b", "a"), comment("a"), comment("lost", "nobody"))

    async def test_threads_whatever_the_order_counted_and_rendered(self, site: Site) -> None:
        held = comment("held", status="held", author_url="https://guest.example.com")
        report = await site.take_from(Scripted([article(comments=(*self.THREAD, held))]))

        assert set(told(report, "comment").values()) == {"imported"}
        assert await site.rows(
            "SELECT c.body, p.body, c.depth, c.status, c.guest_name, c.guest_url, c.html FROM comments c "
            "LEFT JOIN comments p ON p.id = c.parent_id ORDER BY c.body"
        ) == [
            ("Comment *a*", None, 0, "visible", "Guest", None, "<p>Comment <em>a</em></p>\n"),
            ("Comment *b*", "Comment *a*", 1, "visible", "Guest", None, "<p>Comment <em>b</em></p>\n"),
            ("Comment *c*", "Comment *b*", 2, "visible", "Guest", None, "<p>Comment <em>c</em></p>\n"),
            ("Comment *held*", None, 0, "held", "Guest", held.author_url, "<p>Comment <em>held</em></p>\n"),
            ("Comment *lost*", None, 0, "visible", "Guest", None, "<p>Comment <em>lost</em></p>\n"),
        ]
        assert await site.rows("SELECT comment_count, version FROM articles") == [(4, 1)]

    async def test_a_circle_is_broken_and_depth_is_capped(self, site: Site) -> None:
        chain = [comment(f"{n}", f"{n - 1}" if n else None) for n in range(8)]
        circle = [comment("x", "y"), comment("y", "x")]
        await site.take_from(Scripted([article(comments=(*chain, *circle))]))

        assert await site.rows("SELECT max(depth), count(*) FROM comments") == [(4, 10)]
        assert await site.rows("SELECT count(*) FROM comments WHERE parent_id IS NULL") == [(2,)]

    async def test_the_second_run_makes_none_twice_and_takes_what_is_new_or_changed(self, site: Site) -> None:
        await site.take_from(Scripted([article(comments=self.THREAD)]))
        before = await site.rows("SELECT * FROM comments ORDER BY id")
        same = await site.take_from(Scripted([article(comments=self.THREAD)]))
        unchanged = await site.rows("SELECT * FROM comments ORDER BY id")
        changed = (*self.THREAD[:3], comment("lost", "nobody", body="Changed"), comment("new", "c"))
        report = await site.take_from(Scripted([article(comments=changed)]))

        assert unchanged == before
        assert set(told(same, "comment").values()) == {"unchanged"}
        assert told(report, "article") == {"one": "unchanged"}
        assert told(report, "comment") == {
            "c": "unchanged", "b": "unchanged", "a": "unchanged", "lost": "updated", "new": "imported"
        }  # fmt: skip
        assert await site.rows("SELECT body, version FROM comments WHERE body LIKE 'Changed'") == [("Changed", 2)]
        assert await site.rows(
            "SELECT p.body FROM comments c JOIN comments p ON p.id = c.parent_id WHERE c.body = 'Comment *new*'"
        ) == [("Comment *c*",)]  # fmt: skip
        assert await site.rows("SELECT comment_count FROM articles") == [(5,)]

    async def test_what_was_edited_or_deleted_here_stays_so(self, site: Site) -> None:
        await site.take_from(Scripted([article(comments=(comment("a"), comment("b"), comment("c")))]))
        async with site.database.unit_of_work() as session:
            await session.execute(text("UPDATE comments SET body = 'Mine', version = 2 WHERE body = 'Comment *a*'"))
            await session.execute(text("UPDATE comments SET deleted_at = now() WHERE body = 'Comment *b*'"))
            await session.execute(text("DELETE FROM comments WHERE body = 'Comment *c*'"))
        changed = tuple(comment(key, body=f"Changed {key}") for key in "abc")

        report = await site.take_from(Scripted([article(comments=changed)]))

        assert {row.key: row.reason for row in report.rows if row.kind == "comment"} == {
            "a": "edited here since the import", "b": "deleted here since the import",
            "c": "deleted here since the import",
        }  # fmt: skip
        assert await site.rows("SELECT body FROM comments ORDER BY body") == [("Comment *b*",), ("Mine",)]

    async def test_each_has_its_row_also_where_its_article_does_not_get_in(self, site: Site) -> None:
        poisoned = replace(article("bad", comments=(comment("x"),)), title="nul \0")
        twice = article("twice", comments=(comment("d"), comment("d")))

        report = await site.take_from(Scripted([poisoned, twice]))

        assert [(row.kind, row.key, row.outcome) for row in report.rows] == [
            ("article", "bad", "failed"), ("comment", "x", "skipped"),
            ("article", "twice", "imported"), ("comment", "d", "imported"), ("comment", "d", "failed"),
        ]  # fmt: skip
        assert await site.rows("SELECT kind, key, outcome FROM import_rows ORDER BY number") == [
            (row.kind, row.key, row.outcome) for row in report.rows
        ]

    async def test_a_trial_tells_the_same_and_writes_nothing(self, site: Site) -> None:
        source = Scripted([article(comments=self.THREAD)], [SourceTag("t", "t", "T")], [SourceAuthor("a", "A")])
        trial = await site.take_from(source, is_trial=True)
        nothing = await site.everything()
        real = await site.take_from(source)

        assert nothing == []
        assert [(row.key, row.outcome) for row in trial.rows] == [(row.key, row.outcome) for row in real.rows]
