"""Makes the page of one's own feed from what the services answer. Knows no request."""

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from pydantic import BaseModel, Field

from stoa.modules.content.articles.following.reading import FeedQuery, own_feed
from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleQuery
from stoa.modules.content.follows.schemas import FollowQuery
from stoa.modules.content.follows.service import FollowReads
from stoa.modules.content.tags.schemas import TagQuery
from stoa.modules.content.tags.service import TagReads
from stoa.shared.database import ReadSession
from stoa.shared.pagination import LONGEST_CURSOR
from stoa.shared.security import Actor
from stoa.web.cards import author_of, cards_of, tag_of
from stoa.web.contexts import AuthorRef, PageMeta, Pager, TagRef
from stoa.web.following.buttons import FollowView
from stoa.web.following.contexts import Followed, FollowingPage

HERE: Final = "/following"
_ARTICLES: Final = 12
_FOLLOWED: Final = 30
_OFFERED: Final = 12
_Cursor = Annotated[str, Field(max_length=LONGEST_CURSOR)]


class FollowingQuery(BaseModel):
    """The query string of the page: where the feed goes on, and where the list of what is followed does."""

    cursor: _Cursor = ""
    followed: _Cursor = ""

    def address(self, **changes: str) -> str:
        query = {name: value for name, value in {**self.model_dump(), **changes}.items() if value}
        return f"{HERE}?{urlencode(query)}" if query else HERE


async def following_page(reads: ReadSession, actor: Actor, query: FollowingQuery, meta: PageMeta) -> FollowingPage:
    """In two statements. Raises MalformedInput for a cursor of another list."""
    listed = FollowQuery(limit=_FOLLOWED, cursor=query.followed)
    found = await FollowReads(reads).page(actor, listed)
    if not found.items and not query.followed:
        return FollowingPage(meta, authors=await _authors(reads), tags=await _tags(reads))
    feed = await own_feed(reads, actor, FeedQuery(limit=_ARTICLES, cursor=query.cursor), for_page=True)
    more, place = found.next_cursor, query.address()
    return FollowingPage(
        meta=meta,
        articles=cards_of(feed.items),
        pager=Pager(
            next_url=query.address(cursor=feed.next_cursor) if feed.next_cursor else None,
            previous_url=query.address(cursor="") if query.cursor else None,
        ),
        followed=tuple(_followed(orjson.loads(item), place) for item in found.items),
        first_url=f"{query.address(followed='')}#followed" if query.followed else None,
        more_url=f"{query.address(followed=more)}#followed" if more else None,
    )


def _followed(item: dict[str, Any], place: str) -> Followed:
    back = f"{place}#followed"
    if item["author"] is not None:
        author = author_of(item["author"])
        return Followed(FollowView("author", author.username, author.display_name, back, is_followed=True), author)
    tag = TagRef(item["tag"]["slug"], item["tag"]["name"])
    return Followed(FollowView("tag", tag.slug, tag.name, back, is_followed=True), tag=tag)


async def _authors(reads: ReadSession) -> tuple[AuthorRef, ...]:
    """Who wrote the newest articles."""
    newest = await ArticleReads(reads).page(ArticleQuery(tags=[], limit=_ARTICLES), for_page=True)
    return tuple(dict.fromkeys(card.author for card in cards_of(newest.items)))


async def _tags(reads: ReadSession) -> tuple[TagRef, ...]:
    found = await TagReads(reads).page(TagQuery(sort="article_count", limit=_OFFERED))
    return tuple(tag for tag in (tag_of(orjson.loads(item)) for item in found.items) if tag.article_count)
