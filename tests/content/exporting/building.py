"""A site with everything that an export holds, and what an export must not hold."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.content.articles.schemas import ArticleDraft
from stoa.modules.content.articles.service import ArticleService
from stoa.modules.content.comments.imported.schemas import ImportedComment
from stoa.modules.content.comments.imported.service import ImportedComments
from stoa.modules.content.exporting.packing import zipped
from stoa.modules.content.exporting.service import SiteExport
from stoa.modules.content.tags.schemas import TagChange
from stoa.modules.content.tags.service import TagService
from stoa.modules.users.schemas import NewUser
from stoa.modules.users.service import UserService
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from stoa.shared.media.folder import FolderStore
from tests.content.importing.building import png
from tests.content.importing.conftest import Site
from tests.content.importing.media import keep_picture
from tests.people import SHELL
from tests.shared.media.pictures import noise, saved

DAY = datetime(2024, 3, 1, 10, 11, 12, 345678, tzinfo=UTC)
TRICKY = 'Colons: "quotes", #hash, dash \u2028 and null\n\n---\n\nno: front matter\n\n    code  \n\n![p]({picture})'


async def export_of(site: Site) -> bytes:
    """The zip of the whole site."""
    made = SiteExport(site.database.reads, FolderStore(site.media).read, site_name="Stoa", language="en")
    return b"".join([piece async for piece in zipped(made.files())])


async def fill(site: Site) -> None:
    picture = keep_picture(site.media, io.BytesIO(png(20, 10)))
    cover = keep_picture(site.media, io.BytesIO(saved(noise(1000, 700), "JPEG")))
    await site.database.transact(lambda session: _fill(session, picture, cover))


async def _fill(session: AsyncSession, picture: str, cover: str) -> None:
    users, articles, tags = UserService(session), ArticleService(session), TagService(session)
    ann = await users.make_author(
        "Ann: the 1st", username="ann", bio='Two\nlines, "quoted"', website="https://ann.example.com",
        social_links=["https://social.example.com/@ann"],
    )  # fmt: skip
    bob = await users.create(NewUser("Bob", "bob@example.com", username="bob"))
    await users.create(NewUser("Nobody's business", "lurker@example.com", username="lurker"))
    await tags.ensure(["Old name", "Unused", "C++"])
    await tags.change("old-name", TagChange(name="New: name", slug="new-name"), SHELL)

    def draft(slug: str, **fields: Any) -> ArticleDraft:
        body = str(fields.pop("body", "Some words."))
        base: dict[str, Any] = {
            "title": f"Title of {slug}", "author_id": ann.id, "published_at": DAY, "updated_at": DAY + timedelta(1),
            "created_at": DAY - timedelta(1), "status": "published",
        }  # fmt: skip
        return ArticleDraft(slug=slug, body=body, rendered=render(body), **{**base, **fields})

    later = datetime(2999, 1, 1, tzinfo=UTC)
    saved = await articles.save_many(
        [
            draft(
                "whole", title='null: "x"', body=TRICKY.format(picture=picture), excerpt="An excerpt: é", tags=["C++"],
                summary="Two\nlines", cover_url=cover, cover_alt="Alt", language="pt-BR", visibility="members",
                has_comments=False, canonical_url="https://first.example.com/x", meta_title="M", meta_description="D",
                redirects_from=["/2019/05/wholé.html", "/articles/former"],
            ),
            draft("whole-2", tags=["new-name", "cpp"], body="[link](</articles/whole>)\n"),
            draft("waiting", status="scheduled", publish_at=later, published_at=None),
            draft("unfinished", status="draft", published_at=None, body=""),
            draft("stored", status="archived"),
            draft("about", kind="page", author_id=bob.id),
            draft("gone"),
        ]
    )  # fmt: skip
    by_slug = {article.slug: article.id for article in saved}
    await articles.put_in_bin(by_slug["gone"])
    await ImportedComments(session).save(by_slug["whole-2"], _comments(ann.id, bob.id))


def _comments(ann: UUID, bob: UUID) -> list[ImportedComment]:
    def comment(key: str, parent: str | None, author: UUID | None, **fields: Any) -> ImportedComment:
        body = f"Words of **{key}**\n\nmore"
        values: dict[str, Any] = {"created_at": DAY + timedelta(hours=1), **fields}
        return ImportedComment(
            key=key, parent_key=parent, known_id=None, author_id=author, guest_name=None if author else "Guest: 1",
            guest_url=None if author else "https://guest.example.com", body=body, rendered=render(body, COMMENT),
            **values,
        )  # fmt: skip

    return [
        comment("one", None, bob),
        comment("two", "one", ann, edited_at=DAY + timedelta(days=3)),
        comment("three", "two", None, status="held"),
        comment("four", None, None, status="rejected"),
        comment("five", "three", bob, created_at=DAY + timedelta(hours=2)),
    ]
