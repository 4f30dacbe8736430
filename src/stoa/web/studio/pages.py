"""Makes the contexts of the studio's pages from what the writing service answers. Knows no HTML and no request."""

from typing import Any, Final

import orjson
from markupsafe import Markup

from stoa.modules.content.articles.diffing import line_diff
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import EditableArticle
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import ReadSession
from stoa.shared.security import Actor
from stoa.web.contexts import PageMeta
from stoa.web.studio.contexts import (
    ArticleFields,
    ConflictPage,
    DeletePage,
    Done,
    EditorPage,
    StudioArticle,
)
from stoa.web.studio.fields import differences, fields_of, time_field, with_the_rest

_DONE: Final = {
    "saved": "Draft saved.",
    "updated": "Updated: readers see the new text now.",
    "published": "Published.",
    "unpublished": "It is a draft again, and nobody else reads it.",
    "scheduled": "Scheduled.",
    "archived": "Archived: readers do not find it any more.",
    "reverted": "Written again as it was then.",
    "not-out": "This is not out yet: only those who may change it see it, here.",
    "restored": "Back from the bin, as a draft.",
}


class StudioPages:
    """Builds the pages of one person's studio."""

    def __init__(self, writing: ArticleWriting, reads: ReadSession, actor: Actor) -> None:
        self._writing = writing
        self._reads = ArticleReads(reads)
        self._actor = actor

    def new(self, meta: PageMeta, typed: ArticleFields | None = None, **shown: Any) -> EditorPage:
        """The form of a new article, with what was `typed` in it."""
        return EditorPage(
            meta=meta, fields=typed or ArticleFields(), can_publish=self._actor.can("publish:article"), **shown
        )

    async def editor(self, meta: PageMeta, article: EditableArticle, done: str = "") -> EditorPage:
        """The form of an article as it is saved."""
        done_now = _done(done, article) if done else None
        shown = await self._fields(article)
        return self._form(meta, article, shown, preview=Markup(article.html), done=done_now)  # noqa: S704 # sanitised when it was saved

    def again(
        self, meta: PageMeta, article: EditableArticle, typed: ArticleFields, version: int, **shown: Any
    ) -> EditorPage:
        """The form with what was typed, on top of the version that was read."""
        return self._form(meta, article, with_the_rest(typed, article), version=version, **shown)

    async def conflict(
        self, meta: PageMeta, article: EditableArticle, typed: ArticleFields, act: str, publish_at: str = ""
    ) -> ConflictPage:
        """What was typed beside what is there."""
        theirs, mine = await self._fields(article), with_the_rest(typed, article)
        return ConflictPage(
            meta=meta,
            article=shown_article(article),
            version=article.version,
            act=act,
            publish_at=publish_at,
            fields=mine,
            theirs=theirs,
            lines=line_diff(theirs.body, mine.body),
            differences=differences(theirs, mine),
        )

    def delete(self, meta: PageMeta, article: EditableArticle) -> DeletePage:
        return DeletePage(meta=meta, article=shown_article(article))

    def _form(
        self, meta: PageMeta, article: EditableArticle, fields: ArticleFields, version: int | None = None, **shown: Any
    ) -> EditorPage:
        return EditorPage(
            meta=meta,
            fields=fields,
            article=shown_article(article),
            version=article.version if version is None else version,
            publish_at=shown.pop("publish_at", "") or time_field(article.publish_at),
            is_foreign=article.author.id != self._actor.id,
            can_publish=self._moderates or self._actor.can("publish:article"),
            can_delete=self._moderates or self._actor.can("delete:article"),
            **shown,
        )

    @property
    def _moderates(self) -> bool:
        return self._actor.can("moderate:article")

    async def saved_as(self, article: EditableArticle, typed: ArticleFields) -> bool:
        """Whether the article says what was typed already."""
        there = await self._fields(article)
        return there == with_the_rest(typed, article)

    async def _fields(self, article: EditableArticle) -> ArticleFields:
        made = (await self._writing.preview(article.body)).excerpt
        own_excerpt = "" if article.excerpt == made else article.excerpt
        return fields_of(article, await self._tag_names(article), own_excerpt)

    async def _tag_names(self, article: EditableArticle) -> tuple[str, ...]:
        """As people read them; the slug where a name holds the comma that divides names in the field."""
        if not article.tags:
            return ()
        items = await self._reads.items([article.id], for_page=True, for_staff=True)
        tags = orjson.loads(items[article.id])["tags"] if article.id in items else ()
        return tuple(tag["slug"] if "," in tag["name"] else tag["name"] for tag in tags)


def shown_article(article: EditableArticle) -> StudioArticle:
    """The article as the studio names it."""
    return StudioArticle(
        id=article.id,
        slug=article.slug,
        title=article.title,
        status=article.status,
        author_name=article.author.display_name,
        updated_at=article.updated_at,
        published_at=article.published_at,
        reading_minutes=article.reading_minutes,
        is_deleted=article.deleted_at is not None,
        is_public=article.is_public,
        publish_at=article.publish_at,
        is_page=article.kind == "page",
    )


def _done(code: str, article: EditableArticle) -> Done | None:
    text = _DONE.get(code)
    if text is None:
        return None
    if article.is_public and code in {"published", "updated"}:
        return Done(text, "View", f"/articles/{article.slug}")
    return Done(text)
