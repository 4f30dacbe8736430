"""Fills a migrated, empty database with made-up articles, ready to be read and searched, for benchmarks.

Owns how they get in fast (about two minutes for 100,000); it refuses a database that holds articles already.
"""

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from benchmarks.made_articles import NEWEST, SPAN, Made, make_articles, make_language, uuid7
from stoa.modules.content.search.schemas import SearchEntry
from stoa.modules.content.search.service import SearchService
from stoa.shared.database import Database
from stoa.shared.settings_parts import DatabaseSettings

AUTHORS, TAGS, BATCH = 500, 300, 1_000
_INDEX = "ix_article_search_words"
_ARTICLE = """id slug title body html excerpt author_id status published_at updated_at created_at
  reading_minutes comment_count"""


@dataclass(frozen=True, slots=True)
class Words:
    """Words to search for, by the number of articles they stand in (of 100,000: about 50, 2,000 and 45,000)."""

    rare: list[str]
    common: list[str]
    very_common: list[str]


async def fill(dsn: str, articles: int = 100_000, seed: int = 7) -> Words:
    """Make 500 authors, 300 tags and so many articles with their search. Raises RuntimeError when there are some."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM articles)"):
            raise RuntimeError("The database holds articles already; the corpus wants an empty one.")
        await _Filling(connection, dsn, random.Random(seed)).run(articles)
        return await words(connection)
    finally:
        await connection.close()


async def words(connection: asyncpg.Connection, most: int = 40) -> Words:
    """The same words for the same corpus, picked without regard to what they are."""
    total = await connection.fetchval("SELECT count(*) FROM article_search")
    bands = [(n * total / 100_000 * 0.8, n * total / 100_000 * 1.25) for n in (50, 2_000, 45_000)]
    picked = [
        await connection.fetch(
            "SELECT word FROM search_words WHERE article_count BETWEEN $1 AND $2 AND word ~ '^[a-z]+$' "
            "AND numnode(plainto_tsquery('stoa_english', word)) > 0 ORDER BY md5(word) LIMIT $3",
            round(low),
            round(high),
            most,
        )
        for low, high in bands
    ]
    return Words(*([row["word"] for row in rows] for rows in picked))


class _Filling:
    def __init__(self, connection: asyncpg.Connection, dsn: str, rng: random.Random) -> None:
        self._connection = connection
        self._dsn = dsn
        self._rng = rng
        self._authors: list[UUID] = []
        self._tags: list[UUID] = []

    async def run(self, articles: int) -> None:
        await self._people_and_tags()
        index = await self._connection.fetchval("SELECT pg_get_indexdef($1::regclass)", _INDEX)
        await self._connection.execute(f"DROP INDEX {_INDEX}")
        language = make_language(self._rng, tags=TAGS)
        made = make_articles(self._rng, language, articles, authors=AUTHORS)
        async with Database(DatabaseSettings(), self._dsn) as database:
            searching: set[asyncio.Task[None]] = set()
            while batch := list(itertools.islice(made, BATCH)):
                await self._store(batch)
                if len(searching) > 2:
                    _, searching = await asyncio.wait(searching, return_when=asyncio.FIRST_COMPLETED)
                searching.add(asyncio.create_task(_index(database, [one.entry(self._authors) for one in batch])))
            await asyncio.gather(*searching)
            await asyncio.gather(self._finish(index), _count_words(database))

    async def _people_and_tags(self) -> None:
        self._authors = [uuid7(self._rng, NEWEST - SPAN) for _ in range(AUTHORS)]
        self._tags = [uuid7(self._rng, NEWEST - SPAN) for _ in range(TAGS)]
        people = [(id_, f"author-{n}", f"Author {n}", "creator") for n, id_ in enumerate(self._authors)]
        await self._copy("users", ["id", "username", "display_name", "role"], people)
        await self._copy(
            "tags", ["id", "slug", "name"], [(id_, f"tag-{n}", f"Tag {n}") for n, id_ in enumerate(self._tags)]
        )

    async def _store(self, batch: list[Made]) -> None:
        await self._copy("articles", _ARTICLE.split(), [one.row(self._authors) for one in batch])
        links = [
            (one.id, self._tags[tag], one.is_published, one.moment if one.is_published else None)
            for one in batch
            for tag in one.tags
        ]
        await self._copy("article_tags", ["article_id", "tag_id", "is_public", "published_at"], links)

    async def _finish(self, index: str) -> None:
        """One build of the index by two processes is ten times faster than 100,000 additions to it."""
        run = self._connection.execute
        await run("SET maintenance_work_mem = '400MB'; SET max_parallel_maintenance_workers = 2")
        await run("ALTER TABLE article_search SET (parallel_workers = 1)")
        await run(index)
        await run("ALTER TABLE article_search SET (parallel_workers = 0)")
        await run(
            "UPDATE tags SET article_count = (SELECT count(*) FROM article_tags WHERE tag_id = tags.id AND is_public)"
        )
        for table in ("users", "tags", "articles", "article_tags", "article_search"):
            await run(f"VACUUM (ANALYZE) {table}")

    async def _copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        await self._connection.copy_records_to_table(table, columns=columns, records=rows)


async def _count_words(database: Database) -> None:
    async with database.unit_of_work() as session:
        await SearchService(session).refresh_words()


async def _index(database: Database, entries: list[SearchEntry]) -> None:
    async with database.unit_of_work() as session:
        await SearchService(session).index(entries, learn_words=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dsn", required=True, help="a migrated database without articles, postgresql://...")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    started = time.perf_counter()
    found = asyncio.run(fill(options.dsn, options.articles, options.seed))
    print(f"{options.articles:,} articles in {time.perf_counter() - started:.0f} s")
    print(
        f"rare: {' '.join(found.rare[:5])}; common: {' '.join(found.common[:5])}; "
        f"very common: {' '.join(found.very_common[:5])}"
    )


if __name__ == "__main__":
    main()
