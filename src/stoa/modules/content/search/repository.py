"""The writing SQL of search."""
# ruff: noqa: S608 # put together from the constants in this file; what a caller says is always bound

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, bindparam, delete, text, update
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from .languages import configuration
from .models import ArticleSearch
from .schemas import Reach, SearchEntry
from .text import prepare

_WORDS_LOCK = 7_864_020_518  # any number, the same in every process that writes words
_MOST_STRONG = 40

# `lead` keeps the strong words: those of the title and the most frequent of the text.
# OFFSET 0 keeps each vector from being made three times.
_INDEX = text(f"""
INSERT INTO article_search (article_id, author_id, reach, published_at, config, title, text, lead, vector)
SELECT entry.article_id, author_id, reach, published_at, config, title, text,
  ts_delete(made.vector, ARRAY(
    SELECT lexeme FROM (
      SELECT lexeme, weights, cardinality(positions) AS times,
        row_number() OVER (ORDER BY cardinality(positions) DESC, lexeme) AS place
      FROM unnest(made.vector)
    ) AS word
    WHERE NOT weights && '{{A}}' AND (times < 3 OR place > {_MOST_STRONG})
  )),
  made.vector
FROM unnest(:article_ids, :author_ids, :reaches, :dates, :configs, :titles, :texts)
  AS entry(article_id, author_id, reach, published_at, config, title, text)
CROSS JOIN LATERAL (
  SELECT setweight(to_tsvector(config::regconfig, title), 'A') || to_tsvector(config::regconfig, text) AS vector
  OFFSET 0
) AS made
ORDER BY entry.article_id
ON CONFLICT (article_id) DO UPDATE SET author_id = excluded.author_id, reach = excluded.reach,
  published_at = excluded.published_at, config = excluded.config, title = excluded.title, text = excluded.text,
  lead = excluded.lead, vector = excluded.vector
""").bindparams(
    bindparam("article_ids", type_=ARRAY(UuidType())),
    bindparam("author_ids", type_=ARRAY(UuidType())),
    bindparam("reaches", type_=ARRAY(Integer())),
    bindparam("dates", type_=ARRAY(TIMESTAMP(timezone=True))),
    bindparam("configs", type_=ARRAY(Text())),
    bindparam("titles", type_=ARRAY(Text())),
    bindparam("texts", type_=ARRAY(Text())),
)

_IS_WORD = "'^[[:alpha:]]{3,30}$'"
# Never waits: two writers with the same new words would wait for each other. Who does not get the lock leaves its
# words to the next refresh, as does a text of more than 5,000 different words.
_ADD_WORDS = text(f"""
INSERT INTO search_words (word, article_count)
SELECT DISTINCT fresh.word, 0
FROM unnest(:texts) AS entry(text),
  LATERAL unnest(tsvector_to_array(to_tsvector('stoa_simple', entry.text))) AS fresh(word)
WHERE (SELECT pg_try_advisory_xact_lock({_WORDS_LOCK})) AND fresh.word ~ {_IS_WORD}
ORDER BY 1 LIMIT 5000
ON CONFLICT (word) DO NOTHING
""").bindparams(bindparam("texts", type_=ARRAY(Text())))

_MAY_TAKE_LONG = text("SET LOCAL statement_timeout = '10min'")  # a quarter of a millisecond for each article
_COUNT_WORDS = text(f"""
CREATE TEMPORARY TABLE counted_words ON COMMIT DROP AS
SELECT word, ndoc FROM ts_stat($$
  SELECT to_tsvector('stoa_simple', title || ' ' || text) FROM article_search
$$) WHERE word ~ {_IS_WORD}
""")
_LOCK_WORDS = text(f"SELECT pg_advisory_xact_lock({_WORDS_LOCK})")
# A word that is not counted yet has 0 articles: it came while counting, and stays.
_DROP_WORDS = text("""
DELETE FROM search_words WHERE article_count > 0 AND word NOT IN (SELECT word FROM counted_words)
""")
_KEEP_WORDS = text("""
INSERT INTO search_words AS kept (word, article_count) SELECT word, ndoc FROM counted_words ORDER BY word
ON CONFLICT (word) DO UPDATE SET article_count = excluded.article_count
WHERE kept.article_count <> excluded.article_count
""")


class SearchRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def index(self, entries: Sequence[SearchEntry], *, learn_words: bool) -> None:
        """Make or replace the rows of these articles; `learn_words`: remember those never seen before."""
        titles = [prepare(entry.title) for entry in entries]
        texts = [prepare(entry.text) for entry in entries]
        dates: list[datetime | None] = [entry.published_at for entry in entries]
        values = {
            "article_ids": [entry.article_id for entry in entries],
            "author_ids": [entry.author_id for entry in entries],
            "reaches": [int(entry.reach) for entry in entries],
            "dates": dates,
            "configs": [configuration(entry.language) for entry in entries],
            "titles": titles,
            "texts": texts,
        }
        await self._session.execute(_INDEX, values)
        if learn_words:
            whole = [f"{title} {text}" for title, text in zip(titles, texts, strict=True)]
            await self._session.execute(_ADD_WORDS, {"texts": whole})

    async def show(self, shown: Sequence[tuple[UUID, Reach, datetime]]) -> None:
        for article_id, reach, published_at in shown:
            await self._session.execute(
                update(ArticleSearch)
                .where(ArticleSearch.article_id == article_id)
                .values(reach=int(reach), published_at=published_at)
                .execution_options(synchronize_session=False)
            )

    async def remove(self, ids: Iterable[UUID]) -> None:
        await self._session.execute(delete(ArticleSearch).where(ArticleSearch.article_id.in_(list(ids))))

    async def refresh_words(self) -> None:
        """Count every word again; forget those that no article has any more."""
        for statement in (_MAY_TAKE_LONG, _COUNT_WORDS, _LOCK_WORDS, _DROP_WORDS, _KEEP_WORDS):
            await self._session.execute(statement)
