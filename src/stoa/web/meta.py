"""What the head of each page says to search engines, feed readers and other sites."""

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.shared.media.names import size_of
from stoa.web.contexts import ArticleCard, AuthorRef, FeedLink, PageMeta, Pager, Picture, Site, TagRef
from stoa.web.paging import address
from stoa.web.structured import StructuredData, graph


class MetaMaker:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._feeds = _feeds_of("", site.name)
        self._data = StructuredData(site)

    def home(self, cards: Sequence[ArticleCard], pager: Pager, page: int) -> PageMeta:
        site, data = self._site, self._data
        whole = data.whole(address("/", page))
        title = site.name if page == 1 else f"Page {page}"
        return PageMeta(
            title=title,
            description=site.description,
            canonical_url=whole,
            image=self._cover_of(cards),
            json_ld=graph(data.website(), data.collection(title, site.description, whole, cards)),
            feeds=self._feeds,
            **self._turns(pager),
        )

    def article(self, card: ArticleCard, found: Mapping[str, Any]) -> PageMeta:
        """`found` is the article whole, as the API gives it."""
        data = self._data
        description = found["meta_description"] or found["summary"] or card.excerpt
        steps = [(card.tags[0].name, card.tags[0].url)] if card.tags and found["kind"] == "article" else []
        way = data.breadcrumbs(*steps, (card.title, card.url))
        return PageMeta(
            title=found["meta_title"] or card.title,
            description=description,
            canonical_url=found["canonical_url"] or data.whole(card.url),
            image=self._cover_of([card]),
            type="article",
            properties=self._facts_of(card, found),
            json_ld=graph(data.article(card, found, description), way),
            feeds=self._feeds,
        )

    def tags(self) -> PageMeta:
        data, words = self._data, f"Everything {self._site.name} writes about."
        whole = data.whole("/tags")
        graph_ = graph(data.collection("Topics", words, whole), data.breadcrumbs(("Topics", "/tags")))
        return PageMeta("Topics", words, whole, json_ld=graph_, feeds=self._feeds)

    def tag(self, tag: TagRef, cards: Sequence[ArticleCard], pager: Pager, page: int) -> PageMeta:
        data, words = self._data, f"Articles about {tag.name}."
        whole = data.whole(address(tag.url, page))
        way = data.breadcrumbs(("Topics", "/tags"), (tag.name, tag.url))
        return PageMeta(
            title=_numbered(tag.name, page),
            description=words,
            canonical_url=whole,
            image=self._cover_of(cards),
            json_ld=graph(data.collection(tag.name, words, whole, cards), way),
            feeds=self._own_feeds(tag.url, tag.name),
            **self._turns(pager),
        )

    def author(self, author: AuthorRef, elsewhere: Sequence[str], pager: Pager, page: int) -> PageMeta:
        """`elsewhere` are the author's addresses on other sites."""
        data, name = self._data, author.display_name
        words = author.bio or f"Articles by {name}."
        whole = data.whole(address(author.url, page))
        way = data.breadcrumbs((name, author.url))
        return PageMeta(
            title=_numbered(name, page),
            description=words,
            canonical_url=whole,
            image=Picture(data.whole(author.avatar_url), name) if author.avatar_url else None,
            type="profile",
            properties=(("profile:username", author.username),),
            json_ld=graph(data.profile(author, words, whole, elsewhere), way),
            feeds=self._own_feeds(author.url, name),
            **self._turns(pager),
        )

    def search(self, words: str) -> PageMeta:
        return PageMeta(
            title=f"Search: {words}" if words else "Search",
            description=f"Search {self._site.name}.",
            canonical_url=self._data.whole("/search"),
            feeds=self._feeds,
            noindex=True,
        )

    def _turns(self, pager: Pager) -> dict[str, Any]:
        turns = {"previous_url": pager.previous_url, "next_url": pager.next_url}
        return {name: self._data.whole(path) for name, path in turns.items() if path}

    def _cover_of(self, cards: Sequence[ArticleCard]) -> Picture | None:
        """The cover of the first that has one."""
        for card in cards:
            if card.cover_url:
                return Picture(self._data.whole(card.cover_url), card.cover_alt, size_of(card.cover_url))
        return None

    def _facts_of(self, card: ArticleCard, found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        return (
            ("article:published_time", found["published_at"]),
            ("article:modified_time", found["updated_at"]),
            ("article:author", self._data.whole(card.author.url)),
            *(("article:section", tag.name) for tag in card.tags[:1]),
            *(("article:tag", tag.name) for tag in card.tags),
        )

    def _own_feeds(self, path: str, name: str) -> tuple[FeedLink, ...]:
        return (*_feeds_of(path, f"{self._site.name}: {name}"), *self._feeds)


def _numbered(title: str, page: int) -> str:
    return title if page == 1 else f"{title}, page {page}"


def _feeds_of(path: str, title: str) -> tuple[FeedLink, ...]:
    return (
        FeedLink(f"{path}/feed.atom", title),
        FeedLink(f"{path}/feed.rss", title, "application/rss+xml"),
        FeedLink(f"{path}/feed.json", title, "application/feed+json"),
    )
