"""The reading SQL of passages: what a question may be answered from, by its words and by its meaning, together."""
# ruff: noqa: S608 # put together from the parts in this file; what a caller says is always bound

from functools import cache
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, func, select, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.content.articles.models import Article
from stoa.modules.content.articles.queries import NARROW, PUBLIC, item_json
from stoa.modules.content.passages.models import PassageSet
from stoa.shared.queries import Query

NEAREST: Final = 30
"""Of each way; what is found by both ways rises."""
_COUNTED: Final = 20_000
_BEHIND: Final = 1_000
"""What is nearest in meaning comes before what shares tags."""
_MAY_SEE: Final = """a.deleted_at IS NULL AND (
      (a.status = 'published' AND a.visibility = 'public') OR (a.author_id = $3::uuid AND $4::boolean))"""
_WORDS: Final = f"""RECURSIVE step (config) AS (
  SELECT min(config) FROM passages
  UNION ALL
  SELECT (SELECT min(config) FROM passages WHERE config > step.config) FROM step WHERE step.config IS NOT NULL
),
size AS MATERIALIZED (
  SELECT greatest(coalesce(
    (SELECT nullif(greatest(reltuples, 0), 0) FROM pg_class WHERE oid = 'passages'::regclass),
    (SELECT max(id) FROM passages), 0), 50)::float AS n
),
words AS MATERIALIZED (
  SELECT step.config, word.lexeme, quote_literal(replace(word.lexeme, '\\', ''))::tsquery AS query
  FROM step CROSS JOIN LATERAL unnest(to_tsvector(step.config::regconfig, $1)) AS word WHERE step.config IS NOT NULL
),
weighed AS MATERIALIZED (
  SELECT words.*, ln(1 + size.n / (1 + counted.n)) AS weight, counted.n
  FROM words CROSS JOIN size CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
      SELECT FROM passages p WHERE p.vector @@ words.query AND p.config = words.config LIMIT {_COUNTED}) AS few
  ) AS counted
),
whole AS MATERIALIZED (SELECT config, sum(weight) AS weight FROM weighed GROUP BY config),
matched AS (
  SELECT p.id, p.config, sum(w.weight) AS weight,
    sum(w.weight * ts_rank('{{0.1, 0.4, 0.8, 1.0}}', p.vector, w.query)) AS closeness
  FROM weighed w JOIN passages p ON p.vector @@ w.query AND p.config = w.config JOIN articles a ON a.id = p.article_id
  WHERE w.n < {_COUNTED} AND {_MAY_SEE} GROUP BY p.id, p.config
),
by_words AS MATERIALIZED (
  SELECT m.id, m.weight / whole.weight AS coverage,
    row_number() OVER (ORDER BY m.weight / whole.weight + m.closeness / whole.weight DESC, m.id) AS place
  FROM matched m JOIN whole USING (config) ORDER BY place LIMIT {NEAREST}
)"""
_MEANING: Final = f""",
near AS MATERIALIZED (
  SELECT v.passage_id AS id, v.embedding <=> $2::text::vector AS distance
  FROM passage_vectors v ORDER BY distance LIMIT {4 * NEAREST}
),
by_meaning AS MATERIALIZED (
  SELECT near.id, 1 - near.distance AS likeness, row_number() OVER (ORDER BY near.distance, near.id) AS place
  FROM near JOIN passages p ON p.id = near.id JOIN articles a ON a.id = p.article_id WHERE {_MAY_SEE}
  ORDER BY place LIMIT {NEAREST}
)"""
_NO_MEANING: Final = """,
by_meaning AS MATERIALIZED (
  SELECT NULL::bigint AS id, NULL::float AS likeness, NULL::bigint AS place WHERE $2::text IS NOT NULL
)"""
_SHOWN: Final = """
SELECT a.id AS article_id, a.slug, a.title, p.heading, p.anchor, p.text,
  coalesce(w.coverage, 0)::float AS coverage, m.likeness::float AS likeness
FROM by_words w FULL JOIN by_meaning m USING (id) JOIN passages p USING (id) JOIN articles a ON a.id = p.article_id
ORDER BY coalesce(1.0 / (20 + w.place), 0) + coalesce(1.0 / (20 + m.place), 0) DESC, p.id LIMIT $5
"""
_NAMES: Final = ("question", "vector", "viewer", "drafts", "limit")
BY_WORDS: Final = Query.text(f"WITH {_WORDS}{_NO_MEANING}{_SHOWN}", _NAMES)
HYBRID: Final = Query.text(f"WITH {_WORDS}{_MEANING}{_SHOWN}", _NAMES)
_BY_MEANING: Final = f"""
centre AS MATERIALIZED (
  SELECT avg(v.embedding) AS meaning FROM passages p JOIN passage_vectors v ON v.passage_id = p.id
  WHERE p.article_id = :article_id
),
near AS MATERIALIZED (
  SELECT v.passage_id AS id, v.embedding <=> (SELECT meaning FROM centre) AS distance FROM passage_vectors v
  WHERE (SELECT meaning FROM centre) IS NOT NULL ORDER BY distance LIMIT {2 * NEAREST}
),
by_meaning AS (
  SELECT p.article_id AS id, row_number() OVER (ORDER BY min(near.distance), p.article_id) AS place
  FROM near JOIN passages p USING (id) JOIN articles a ON a.id = p.article_id
  WHERE a.status = 'published' AND a.visibility = 'public' AND a.deleted_at IS NULL AND a.kind = 'article'
  GROUP BY p.article_id
)"""
_NOT_BY_MEANING: Final = "by_meaning AS (SELECT NULL::uuid AS id, NULL::bigint AS place WHERE false)"
_NEXT: Final = f"""WITH {{by_meaning}},
by_tags AS (
  SELECT near.article_id AS id,
    {_BEHIND} + row_number() OVER (ORDER BY count(*) DESC, max(near.published_at) DESC, near.article_id) AS place
  FROM article_tags mine CROSS JOIN LATERAL (
    SELECT other.article_id, other.published_at FROM article_tags other
    WHERE other.tag_id = mine.tag_id AND other.is_public
    ORDER BY other.published_at DESC, other.article_id DESC LIMIT 30
  ) AS near
  WHERE mine.article_id = :article_id GROUP BY near.article_id
)
SELECT id, min(place) AS place FROM (SELECT * FROM by_meaning UNION ALL SELECT * FROM by_tags) AS found
WHERE id <> :article_id GROUP BY id ORDER BY place LIMIT :limit"""


@cache
def beside(*, for_page: bool, by_meaning: bool) -> Query:
    """A row of summary and items: of that version of an article, and what to read next, the best first."""
    article_id = bindparam("article_id", type_=UuidType())
    written = _NEXT.replace("{by_meaning}", _BY_MEANING if by_meaning else _NOT_BY_MEANING)
    best = (
        text(written)
        .bindparams(article_id, bindparam("limit", type_=Integer()))
        .columns(id=UuidType(), place=BigInteger())
        .subquery("best")
    )
    rows = select(*NARROW, best.c.place).join(best, best.c.id == Article.id).where(PUBLIC).subquery("page")
    item = item_json(rows, with_names=for_page)
    items = select(func.array_agg(aggregate_order_by(item, rows.c.place))).scalar_subquery()
    summary = select(PassageSet.summary).where(
        PassageSet.article_id == article_id, PassageSet.version == bindparam("version", type_=Integer())
    )
    return Query(select(summary.scalar_subquery().label("summary"), items.label("items")))


HAS_VECTORS: Final = Query.text("SELECT to_regclass('passage_vectors') IS NOT NULL")
