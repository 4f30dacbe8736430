"""Makes the contexts of the studio's pages from what the writing service answers. Knows no HTML and no request."""

from datetime import datetime
from typing import Annotated, Any, Final

import orjson
from markupsafe import Markup
from pydantic import BaseModel, Field

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleQuery, EditableArticle
from stoa.modules.content.articles.writing import ArticleWriting
from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.pagination import DEEPEST_SKIP
from stoa.shared.security import Actor
from stoa.web.contexts import PageMeta
from stoa.web.paging import pager
from stoa.web.studio.contexts import (
    ArticleFields,
    ConflictPage,
    DeletePage,
    Done,
    EditorPage,
    RailLink,
    StudioArticle,
    StudioPage,
    View,
    Whose,
)
from stoa.web.studio.diffing import line_diff
from stoa.web.studio.fields import differences, fields_of

PER_PAGE: Final = 20
_VIEWS: Final[dict[View, str]] = {
    "all": "All",
    "draft": "Drafts",
    "published": "Published",
    "deleted": "Bin",
}
_DONE: Final = {
    "saved": "Draft saved.",
    "updated": "Updated: readers see the new text now.",
    "published": "Published.",
    "unpublished": "Unpublished: it is a draft again.",
    "restored": "Back from the bin, as a draft.",
}


class StudioQuery(BaseModel):
    """The query string of the list: which articles, which page, and what has just been done."""

    show: View = "all"
    whose: Whose = "mine"
    page: Annotated[int, Field(ge=1, le=DEEPEST_SKIP // PER_PAGE)] = 1
    done: Annotated[str, Field(max_length=20)] = ""


class StudioPages:
    """Builds the pages of one person's studio."""

    def __init__(self, writing: ArticleWriting, reads: ReadSession, actor: Actor) -> None:
        self._writing = writing
        self._reads = ArticleReads(reads)
        self._actor = actor

    async def articles(self, meta: PageMeta, query: StudioQuery) -> StudioPage:
        """One's own articles, for moderators also everybody's. Raises NotFound behind the last page."""
        whose: Whose = query.whose if self._moderates else "mine"
        found = await self._writing.mine(
            self._actor,
            ArticleQuery(
                status=query.show,
                author=self._actor.username if whose == "mine" else None,
                tags=[],
                sort="updated_at",
                limit=PER_PAGE,
                skip=(query.page - 1) * PER_PAGE,
            ),
        )
        if query.page > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        return StudioPage(
            meta=meta,
            articles=tuple(_row(orjson.loads(item), in_bin=query.show == "deleted") for item in found.items),
            view=query.show,
            whose=whose,
            rail=_rail(query.show, whose, moderates=self._moderates),
            pager=pager("/studio", query.page, more=found.next_cursor is not None, **_kept(query.show, whose)),
            done=_deleted() if query.done == "deleted" else None,
        )

    def new(self, meta: PageMeta, typed: ArticleFields | None = None, **shown: Any) -> EditorPage:
        """The form of a new article, with what was `typed` in it."""
        return EditorPage(
            meta=meta, fields=typed or ArticleFields(), can_publish=self._actor.can("publish:article"), **shown
        )

    async def editor(self, meta: PageMeta, article: EditableArticle, done: str = "") -> EditorPage:
        """The form of an article as it is saved."""
        fields = fields_of(article, await self._tag_names(article))
        done_now = _done(done, article) if done else None
        return self._form(meta, article, fields, preview=Markup(article.html), done=done_now)  # noqa: S704 # sanitised when it was saved

    def again(
        self, meta: PageMeta, article: EditableArticle, typed: ArticleFields, version: int, **shown: Any
    ) -> EditorPage:
        """The form with what was typed, on top of the version that was read."""
        return self._form(meta, article, typed, version=version, **shown)

    async def conflict(self, meta: PageMeta, article: EditableArticle, typed: ArticleFields, act: str) -> ConflictPage:
        """What was typed beside what is there."""
        theirs = fields_of(article, await self._tag_names(article))
        return ConflictPage(
            meta=meta,
            article=_shown(article),
            version=article.version,
            act=act,
            fields=typed,
            theirs=theirs,
            lines=line_diff(theirs.body, typed.body),
            differences=differences(theirs, typed),
        )

    def delete(self, meta: PageMeta, article: EditableArticle) -> DeletePage:
        return DeletePage(meta=meta, article=_shown(article))

    def _form(
        self, meta: PageMeta, article: EditableArticle, fields: ArticleFields, version: int | None = None, **shown: Any
    ) -> EditorPage:
        return EditorPage(
            meta=meta,
            fields=fields,
            article=_shown(article),
            version=article.version if version is None else version,
            is_foreign=article.author.id != self._actor.id,
            can_publish=self._moderates or self._actor.can("publish:article"),
            can_delete=self._moderates or self._actor.can("delete:article"),
            **shown,
        )

    @property
    def _moderates(self) -> bool:
        return self._actor.can("moderate:article")

    async def _tag_names(self, article: EditableArticle) -> tuple[str, ...]:
        """As people read them; the slug where a name holds the comma that divides names in the field."""
        if not article.tags:
            return ()
        items = await self._reads.items([article.id], for_page=True, for_staff=True)
        tags = orjson.loads(items[article.id])["tags"] if article.id in items else ()
        return tuple(tag["slug"] if "," in tag["name"] else tag["name"] for tag in tags)


def _row(item: dict[str, Any], *, in_bin: bool) -> StudioArticle:
    published = item["published_at"]
    return StudioArticle(
        slug=item["slug"],
        title=item["title"],
        status=item["status"],
        author_name=item["author"]["display_name"],
        updated_at=datetime.fromisoformat(item["updated_at"]),
        published_at=datetime.fromisoformat(published) if published else None,
        reading_minutes=item["reading_minutes"],
        is_deleted=in_bin,
    )


def _shown(article: EditableArticle) -> StudioArticle:
    return StudioArticle(
        slug=article.slug,
        title=article.title,
        status=article.status,
        author_name=article.author.display_name,
        updated_at=article.updated_at,
        published_at=article.published_at,
        reading_minutes=article.reading_minutes,
        is_deleted=article.deleted_at is not None,
        is_public=article.is_public,
    )


def _rail(view: View, whose: Whose, *, moderates: bool) -> tuple[RailLink, ...]:
    mine = [RailLink(label, _address(one, "mine"), (one, "mine") == (view, whose)) for one, label in _VIEWS.items()]
    if not moderates:
        return tuple(mine)
    return (*mine, RailLink("Everybody's", _address("all", "everybody"), whose == "everybody"))


def _address(view: View, whose: Whose) -> str:
    return "/studio" + "".join(
        ("&" if at else "?") + f"{name}={value}" for at, (name, value) in enumerate(_kept(view, whose).items())
    )


def _kept(view: View, whose: Whose) -> dict[str, str]:
    return {**({"show": view} if view != "all" else {}), **({"whose": whose} if whose != "mine" else {})}


def _deleted() -> Done:
    return Done("In the bin, where it stays for 30 days.", "Open the bin", "/studio?show=deleted")


def _done(code: str, article: EditableArticle) -> Done | None:
    text = _DONE.get(code)
    if text is None:
        return None
    if article.is_public and code in {"published", "updated"}:
        return Done(text, "View", f"/articles/{article.slug}")
    return Done(text)
