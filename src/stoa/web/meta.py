"""What the head of each page says to search engines, feed readers and other sites."""

from collections.abc import Mapping
from typing import Any

from stoa.web.contexts import ArticleCard, AuthorRef, FeedLink, PageMeta, Site, TagRef


class MetaMaker:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._feeds = _feeds_of("", site.name)

    def home(self, page: int) -> PageMeta:
        site = self._site
        data = {"@context": "https://schema.org", "@type": "WebSite", "name": site.name, "url": f"{site.url}/"}
        title = site.name if page == 1 else f"Page {page}"
        return self._plain(title, site.description, "/", page=page, json_ld=data)

    def article(self, card: ArticleCard, found: Mapping[str, Any]) -> PageMeta:
        """`found` is the article whole, as the API gives it."""
        description = found["meta_description"] or found["summary"] or card.excerpt
        cover = self._absolute(card.cover_url) if card.cover_url else None
        data = {
            "@context": "https://schema.org",
            "@type": "BlogPosting",
            "headline": card.title,
            "description": description,
            "datePublished": found["published_at"],
            "dateModified": found["updated_at"],
            "author": {"@type": "Person", "name": card.author.display_name, "url": self._absolute(card.author.url)},
            "mainEntityOfPage": self._absolute(card.url),
            **({"image": cover} if cover else {}),
        }
        return PageMeta(
            title=found["meta_title"] or card.title,
            description=description,
            canonical_url=found["canonical_url"] or self._absolute(card.url),
            image_url=cover,
            type="article",
            json_ld=data,
            feeds=self._feeds,
        )

    def tags(self) -> PageMeta:
        return self._plain("Topics", f"Everything {self._site.name} writes about.", "/tags")

    def tag(self, tag: TagRef, page: int) -> PageMeta:
        return self._plain(tag.name, f"Articles about {tag.name}.", tag.url, page=page, own_feed=tag.name)

    def author(self, author: AuthorRef, page: int) -> PageMeta:
        words = author.bio or f"Articles by {author.display_name}."
        name = author.display_name
        return self._plain(name, words, author.url, page=page, type_="profile", own_feed=name)

    def search(self, words: str) -> PageMeta:
        return PageMeta(
            title=f"Search: {words}" if words else "Search",
            description=f"Search {self._site.name}.",
            canonical_url=self._absolute("/search"),
            noindex=True,
        )

    def _plain(
        self,
        title: str,
        description: str,
        path: str,
        *,
        page: int = 1,
        type_: Any = "website",
        json_ld: Any = None,
        own_feed: str = "",
    ) -> PageMeta:
        address = self._absolute(path) + (f"?page={page}" if page > 1 else "")
        feeds = (*_feeds_of(path, f"{self._site.name}: {own_feed}"), *self._feeds) if own_feed else self._feeds
        return PageMeta(title, description, address, type=type_, json_ld=json_ld, feeds=feeds)

    def _absolute(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self._site.url}{path}"


def _feeds_of(path: str, title: str) -> tuple[FeedLink, ...]:
    return (
        FeedLink(f"{path}/feed.atom", title),
        FeedLink(f"{path}/feed.rss", title, "application/rss+xml"),
        FeedLink(f"{path}/feed.json", title, "application/feed+json"),
    )
