"""The use case: everything that makes a site, as files. Reads only; holds one article and one picture at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import UUID

import orjson

from stoa.modules.users.service import UserReads
from stoa.shared.database import ReadSession
from stoa.shared.media.names import addresses_in

from .layout import ExportedFile, article_file, comments_file, list_file, site_file
from .queries import ARTICLES, COMMENTS, TAGS

_PEOPLE_AT_ONCE = 500
_AUTHOR = ("username", "display_name", "bio", "website", "social_links")
ReadPicture = Callable[[str], bytes | None]


class SiteExport:
    """Used once. `read_picture` answers the bytes behind an address that begins with `/media/`."""

    def __init__(self, reads: ReadSession, read_picture: ReadPicture, *, site_name: str, language: str) -> None:
        self._reads = reads
        self._read_picture = read_picture
        self._site_name = site_name
        self._language = language
        self._people: set[str] = set()
        self._pictures: set[str] = set()
        self._counts: Counter[str] = Counter()

    async def files(self) -> AsyncIterator[ExportedFile]:
        """All files in an order that is always the same; `stoa.json` comes last, so that a whole export has it.

        What is in the bin is left out, and so are revisions, reactions and everything private of accounts.
        """
        async for file in self._articles():
            yield file
        yield list_file("authors.yaml", await self._authors())
        tags = [orjson.loads(row[0]) for row in await self._reads.fetch(TAGS)]
        yield list_file("tags.yaml", tags)
        async for file in self._media():
            yield file
        names = ("articles", "pages", "comments", "pictures")
        counts = {name: self._counts[name] for name in names} | {"tags": len(tags), "authors": len(self._people)}
        yield site_file(self._site_name, self._language, counts)

    async def _articles(self) -> AsyncIterator[ExportedFile]:
        after = ""
        while rows := await self._reads.fetch(ARTICLES, after=after):
            for row in rows:
                after = row["slug"]
                async for file in self._article(orjson.loads(row["item"])):
                    yield file

    async def _article(self, article: Mapping[str, Any]) -> AsyncIterator[ExportedFile]:
        self._people.add(article["author"])
        self._pictures.update(addresses_in(article["body"]), addresses_in(article["cover_url"] or ""))
        self._counts["pages" if article["kind"] == "page" else "articles"] += 1
        yield article_file(article)
        rows = await self._reads.fetch(COMMENTS, article_id=UUID(article["id"]))
        comments = [orjson.loads(row[0]) for row in rows]
        if file := comments_file(article["slug"], comments):
            living = [one for one in comments if not one["is_deleted"]]
            self._people |= {one["username"] for one in living if one["username"]}
            self._counts["comments"] += len(living)
            yield file

    async def _authors(self) -> list[dict[str, Any]]:
        usernames, found = sorted(self._people), []
        for start in range(0, len(usernames), _PEOPLE_AT_ONCE):
            part = usernames[start : start + _PEOPLE_AT_ONCE]
            found += [orjson.loads(profile) for profile in await UserReads(self._reads).profiles(part)]
        return [
            {**{name: one[name] for name in _AUTHOR}, "is_active": None if one["is_active"] else False} for one in found
        ]

    async def _media(self) -> AsyncIterator[ExportedFile]:
        for url in sorted(self._pictures):
            content = await asyncio.to_thread(self._read_picture, url)
            if content is not None:
                self._counts["pictures"] += 1
                yield ExportedFile(url.removeprefix("/"), content)
