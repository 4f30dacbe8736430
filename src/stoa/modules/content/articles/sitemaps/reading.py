"""What sitemaps name: articles, tags and authors with something to read. Never writes."""

from datetime import datetime

import orjson

from stoa.modules.content.articles.sitemaps import queries
from stoa.shared.database import ReadSession

Named = tuple[str, datetime]
"""A slug or username, and the time of the newest change behind it."""


class SitemapReads:
    def __init__(self, reads: ReadSession) -> None:
        self._reads = reads

    async def newest_change(self) -> str:
        """A text that changes whenever a public article is made, changed or withdrawn; their number is at its end."""
        return str(await self._reads.fetch_value(queries.NEWEST_CHANGE))

    async def newest_change_of_tags(self) -> str:
        """As `newest_change`, and whenever a tag is renamed, merged or put in the bin."""
        return f"{await self.newest_change()} {await self._reads.fetch_value(queries.SLUGS_OF_TAGS)}"

    async def articles(self, *, limit: int, skip: int) -> list[Named]:
        """Slugs of public articles and pages, newest first."""
        return [(row[0], row[1]) for row in await self._reads.fetch(queries.ARTICLES, limit=limit, skip=skip)]

    async def tags(self) -> list[Named]:
        """Slugs of the tags that lists show articles of."""
        return [(row[0], row[1]) for row in await self._reads.fetch(queries.TAGS)]

    async def authors(self) -> list[Named]:
        """Usernames of those with an article in the lists, without erased accounts, whose pages are gone."""
        found = [(orjson.loads(row[0]), row[1]) for row in await self._reads.fetch(queries.AUTHORS)]
        return sorted((person["username"], changed) for person, changed in found if person["is_active"])
