"""Sites whose words are at the edges of what the product takes: they come back as they were too."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.schemas import ArticleDraft
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments
from stoa.modules.content.tags.service import TagService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.markdown.document import COMMENT, MAX_SOURCE
from stoa.shared.markdown.render import render
from tests.content.importing.conftest import Site

from .building import DAY, export_of
from .test_round_trip import assert_same, other, taken_by

__all__ = ["other"]


async def article(session: AsyncSession, slug: str, **fields: Any) -> None:
    """An article of Nil's, out on one day."""
    author = await UserService(session).author("nil")
    values: dict[str, Any] = {"title": slug, "body": "Words.", "status": "published", "published_at": DAY, **fields}
    values.setdefault("author_id", author.id)
    values.setdefault("rendered", render(values["body"]))
    await ArticleService(session).save_many([ArticleDraft(slug=slug, updated_at=DAY, created_at=DAY, **values)])


def guest(key: str, parent: str | None = None, name: str = "Guest") -> ImportedComment:
    return ImportedComment(
        key=key, parent_key=parent, known_id=None, author_id=None, guest_name=name, guest_url=None, body="The same",
        rendered=render("The same", COMMENT), created_at=DAY + timedelta(hours=1),
    )  # fmt: skip


class TestStrangeSites:
    async def comes_back(self, site: Site, other: Site, tmp_path: Path) -> None:
        first = await export_of(site)
        assert await taken_by(other, first, tmp_path / "first.zip") == []
        assert_same(first, await export_of(other))

    async def test_names_that_mean_nothing_elsewhere(self, site: Site, other: Site, tmp_path: Path) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("Null", "nil@example.com", username="nil"))
            await TagService(session).ensure(["NULL", "~~ nothing ~~"])
            await article(session, "null", title="null", summary="null", meta_title="~", tags=["null"])
            saved = (await ArticleService(session).unique_slugs(["null"]))[0]
            assert saved == "null-2"
        ((article_id,),) = await site.rows("SELECT id FROM articles")
        async with site.database.unit_of_work() as session:
            await ImportedComments(session).save(article_id, [guest("one", name="Null"), guest("two", name="~")])

        await self.comes_back(site, other, tmp_path)

    async def test_a_text_as_long_as_may_be_in_any_script(self, site: Site, other: Site, tmp_path: Path) -> None:
        body = "\U0001f600" * (MAX_SOURCE - 2) + "\n "
        made = await asyncio.to_thread(render, "Words.")
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("Null", "nil@example.com", username="nil"))
            await article(session, "long", body=body, rendered=made)

        await self.comes_back(site, other, tmp_path)

    async def test_former_addresses_are_not_decoded_again(self, site: Site, other: Site, tmp_path: Path) -> None:
        paths = ["/100%25", "/what?/is#it", "/a+b", "/naïve/ü", "/" + "x" * 1023, "/null", "/1999", "/e\u0301"]
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("Null", "nil@example.com", username="nil"))
            await article(session, "moved", redirects_from=paths)

        await self.comes_back(site, other, tmp_path)
        assert len(await other.rows("SELECT path FROM article_redirects")) == len(paths)

    async def test_whose_author_left(self, site: Site, other: Site, tmp_path: Path) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("Null", "nil@example.com", username="nil"))
            await article(session, "orphan")
            await UserService(session).anonymise((await UserService(session).author("nil")).id)

        await self.comes_back(site, other, tmp_path)
        assert await other.rows("SELECT display_name, is_active FROM users") == [("Deleted account", False)]

    async def test_comments_of_one_moment(self, site: Site, other: Site, tmp_path: Path) -> None:
        async with site.database.unit_of_work() as session:
            await UserService(session).create(NewUser("Null", "nil@example.com", username="nil"))
            await article(session, "busy")
        ((article_id,),) = await site.rows("SELECT id FROM articles")
        comments = [guest(f"{n}") for n in range(20)]
        comments[7] = replace(guest("7", "12"), created_at=DAY + timedelta(hours=2))
        async with site.database.unit_of_work() as session:
            await ImportedComments(session).save(article_id, comments)

        await self.comes_back(site, other, tmp_path)
