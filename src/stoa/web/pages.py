"""Makes the context of each page from the services' answers. Knows no HTML and no request."""

from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup

from stoa.modules.content.articles.reading import ArticleReads
from stoa.modules.content.articles.schemas import ArticleQuery
from stoa.modules.content.follows.service import FollowReads
from stoa.modules.content.passages.related import RelatedReads
from stoa.modules.content.tags.schemas import TagQuery
from stoa.modules.content.tags.service import TagReads
from stoa.modules.users.service import UserReads
from stoa.shared.database import ReadSession
from stoa.shared.errors import NotFound
from stoa.shared.pagination import DEEPEST_SKIP, MOST_PER_PAGE, Slice
from stoa.shared.security import Actor
from stoa.web.cards import author_of, card_of, cards_of, tag_of, toc_of
from stoa.web.comments.contexts import ReactionView, Talk
from stoa.web.contexts import (
    ArticlePage,
    AuthorPage,
    AuthorRef,
    HomePage,
    Site,
    TagPage,
    TagRef,
    TagsPage,
)
from stoa.web.following.buttons import FollowView
from stoa.web.meta import MetaMaker
from stoa.web.paging import address, pager
from stoa.web.searching import PER_PAGE, popular_tags

LAST_PAGE = DEEPEST_SKIP // PER_PAGE
RELATED = 3


class PageBuilder:
    """Builds every page of one site from public reads."""

    def __init__(self, reads: ReadSession, site: Site, related: RelatedReads) -> None:
        self._articles = ArticleReads(reads)
        self._follows = FollowReads(reads)
        self._reads = reads
        self._related = related
        self._tags = TagReads(reads)
        self._users = UserReads(reads)
        self._meta = MetaMaker(site)
        self._site = site

    async def home(self, page: int) -> HomePage:
        """The newest articles; on the first page the newest one large. Raises NotFound behind the last page."""
        articles = await self._page(page, first_size=PER_PAGE + 1)
        cards = cards_of(articles.items)
        first = page == 1
        turns = pager("/", page, more=articles.next_cursor is not None)
        return HomePage(
            meta=self._meta.home(cards, turns, page),
            lead=cards[0] if first and cards else None,
            articles=cards[1:] if first else cards,
            tags=await popular_tags(self._reads) if first else (),
            pager=turns,
            is_first_page=first,
        )

    async def found_article(self, slug: str) -> dict[str, Any]:
        """What `article` is made from. Raises Moved, NotFound."""
        found: dict[str, Any] = orjson.loads(await self._articles.one(slug, for_page=True))
        return found

    async def article(
        self,
        found: Mapping[str, Any],
        talk: Talk | None = None,
        reactions: tuple[ReactionView, ...] = (),
        follow: FollowView | None = None,
    ) -> ArticlePage:
        """One article with what to read next, what was said below it, and how readers reacted."""
        card = card_of(found)
        beside = await self._related.beside(found["id"], found["version"], limit=RELATED)
        return ArticlePage(
            meta=self._meta.article(card, found),
            article=card,
            html=Markup(found["html"]),  # noqa: S704 # sanitised when it was saved
            lead=found["summary"],
            toc=toc_of(found["toc"]),
            summary=beside.summary if self._site.has_summaries else None,
            related=cards_of(beside.items),
            language=found["language"] if found["language"] != self._site.language else None,
            talk=talk,
            reactions=reactions,
            follow=follow,
        )

    async def tags(self) -> TagsPage:
        """Every topic with articles, up to 100 pages of them."""
        tags: list[TagRef] = []
        query = TagQuery(limit=MOST_PER_PAGE)
        for _ in range(MOST_PER_PAGE):
            found = await self._tags.page(query)
            tags += [tag_of(orjson.loads(item)) for item in found.items]
            if found.next_cursor is None:
                break
            query = query.model_copy(update={"cursor": found.next_cursor})
        return TagsPage(meta=self._meta.tags(), tags=tuple(tag for tag in tags if tag.article_count))

    async def tag(self, slug: str, page: int, reader: Actor | None = None) -> TagPage:
        """The articles of one topic. Raises Moved, NotFound."""
        tag = tag_of(orjson.loads(await self._tags.one(slug)))
        articles = await self._page(page, tags=[slug])
        cards, turns = cards_of(articles.items), pager(f"/tags/{slug}", page, more=articles.next_cursor is not None)
        is_followed = reader is not None and await self._follows.follows_tag(reader, slug)
        return TagPage(
            meta=self._meta.tag(tag, cards, turns, page),
            tag=tag,
            articles=cards,
            pager=turns,
            follow=FollowView("tag", slug, tag.name, address(tag.url, page), is_followed),
        )

    async def author(self, username: str, page: int, reader: Actor | None = None) -> AuthorPage:
        """A writer's public face and articles. Raises NotFound."""
        is_followed = False
        if reader is None:
            profile = orjson.loads(await self._users.public(username))
        else:
            found, is_followed = await self._follows.author(reader, username)
            profile = orjson.loads(found)
        author = author_of(profile)
        articles = await self._page(page, author=author.username, count=True)
        elsewhere = ((profile["website"],) if profile["website"] else ()) + tuple(profile["social_links"])
        turns = pager(author.url, page, more=articles.next_cursor is not None)
        return AuthorPage(
            meta=self._meta.author(author, elsewhere, turns, page),
            author=author,
            articles=cards_of(articles.items),
            article_count=articles.total,
            pager=turns,
            website=profile["website"],
            social_links=tuple(profile["social_links"]),
            follow=follow_of(author, reader, address(author.url, page), is_followed=is_followed),
        )

    async def _page(self, page: int, *, first_size: int = PER_PAGE, **filters: Any) -> Slice:
        extra = first_size - PER_PAGE
        query = ArticleQuery(
            limit=first_size if page == 1 else PER_PAGE,
            skip=(page - 1) * PER_PAGE + (extra if page > 1 else 0),
            **filters,
        )
        found = await self._articles.page(query, for_page=True)
        if page > 1 and not found.items:
            raise NotFound("The list ends before this page.")
        return found


def follow_of(author: AuthorRef, reader: Actor | None, back: str, *, is_followed: bool) -> FollowView | None:
    """The button that follows an author; nobody follows themselves."""
    if reader is not None and reader.username == author.username:
        return None
    return FollowView("author", author.username, author.display_name, back, is_followed)
