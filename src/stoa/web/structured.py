"""What pages say of themselves to search engines, as JSON-LD in the words of schema.org. Pure.

A page has one graph; its parts name each other by `@id`. Every address in it is whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.web.contexts import ArticleCard, AuthorRef, Site

Node = dict[str, Any]
Step = tuple[str, str]
"""A name and its path."""


def graph(*nodes: Node) -> Node:
    """The data of one page."""
    return {"@context": "https://schema.org", "@graph": list(nodes)}


class StructuredData:
    """The nodes of one site's graphs."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def website(self) -> Node:
        """The site, and how it is searched."""
        site = self._site
        return {
            "@type": "WebSite",
            "@id": self._website,
            "name": site.name,
            "description": site.description,
            "url": f"{site.url}/",
            "inLanguage": site.language,
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{site.url}/search?q={{search_term_string}}"},
                "query-input": "required name=search_term_string",
            },
        }

    def collection(self, name: str, description: str, address: str, cards: Sequence[ArticleCard] = ()) -> Node:
        """A list, and in their order the articles that this page of it shows."""
        shown = [
            {"@type": "ListItem", "position": position, "url": self.whole(card.url), "name": card.title}
            for position, card in enumerate(cards, start=1)
        ]
        return {
            **self._page("CollectionPage", address),
            "name": name,
            "description": description,
            **({"mainEntity": {"@type": "ItemList", "itemListElement": shown}} if shown else {}),
        }

    def profile(self, author: AuthorRef, description: str, address: str, elsewhere: Sequence[str]) -> Node:
        """An author's page; `elsewhere` are their addresses on other sites."""
        return {
            **self._page("ProfilePage", address),
            "mainEntity": {
                **self.person(author),
                "alternateName": author.username,
                "description": description,
                **({"image": self.whole(author.avatar_url)} if author.avatar_url else {}),
                **({"sameAs": list(elsewhere)} if elsewhere else {}),
            },
        }

    def article(self, card: ArticleCard, found: Mapping[str, Any], description: str) -> Node:
        """An article of the blog, or a page that stands by itself."""
        site, address = self._site, self.whole(card.url)
        is_page = found["kind"] == "page"
        tags = [tag.name for tag in card.tags]
        return {
            "@type": "Article" if is_page else "BlogPosting",
            "@id": f"{address}#article",
            "headline": card.title,
            "description": description,
            "datePublished": found["published_at"],
            "dateModified": found["updated_at"],
            "inLanguage": found["language"],
            "author": self.person(card.author),
            "publisher": {"@type": "Organization", "name": site.name, "url": f"{site.url}/"},
            "isPartOf": {"@type": "WebSite", "@id": self._website, "name": site.name, "url": f"{site.url}/"},
            "mainEntityOfPage": address,
            "url": address,
            **({} if is_page else {"commentCount": card.comment_count}),
            **({"keywords": tags, "articleSection": tags[0]} if tags else {}),
            **({"image": self.whole(card.cover_url)} if card.cover_url else {}),
        }

    def person(self, author: AuthorRef) -> Node:
        address = self.whole(author.url)
        return {"@type": "Person", "@id": f"{address}#person", "name": author.display_name, "url": address}

    def breadcrumbs(self, *steps: Step) -> Node:
        """The way from the front page to this one."""
        way = ((self._site.name, "/"), *steps)
        return {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": position, "name": name, "item": self.whole(path)}
                for position, (name, path) in enumerate(way, start=1)
            ],
        }

    def whole(self, address: str) -> str:
        """The address with the site in front, if it is a path."""
        return address if address.startswith(("http://", "https://")) else f"{self._site.url}{address}"

    @property
    def _website(self) -> str:
        return f"{self._site.url}/#website"

    def _page(self, kind: str, address: str) -> Node:
        return {"@type": kind, "@id": address, "url": address, "isPartOf": {"@id": self._website}}
