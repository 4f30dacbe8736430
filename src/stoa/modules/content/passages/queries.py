"""The reading SQL of passages: what a question may be answered from, by its words and by its meaning, together."""
# ruff: noqa: S608 # put together from the parts in this file; what a caller says is always bound

from typing import Final

from stoa.shared.queries import Query

NEAREST: Final = 30
"""Of each way; what is found by both ways rises."""
_COUNTED: Final = 20_000
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
SUMMARY: Final = Query.text(
    "SELECT summary, NULL::uuid[] AS near FROM passage_sets WHERE article_id = $1 AND version = $2 AND $3::int > 0",
    ("article_id", "version", "limit"),
)
SUMMARY_AND_NEAR: Final = Query.text(
    f"""
WITH centre AS MATERIALIZED (
  SELECT avg(v.embedding) AS meaning FROM passages p JOIN passage_vectors v ON v.passage_id = p.id
  WHERE p.article_id = $1
),
near AS MATERIALIZED (
  SELECT v.passage_id AS id, v.embedding <=> (SELECT meaning FROM centre) AS distance FROM passage_vectors v
  WHERE (SELECT meaning FROM centre) IS NOT NULL ORDER BY distance LIMIT {2 * NEAREST}
),
best AS (
  SELECT a.id, min(near.distance) AS distance
  FROM near JOIN passages p USING (id) JOIN articles a ON a.id = p.article_id
  WHERE a.id <> $1 AND a.deleted_at IS NULL AND a.status = 'published' AND a.visibility = 'public'
    AND a.kind = 'article'
  GROUP BY a.id ORDER BY distance, a.id LIMIT $3
)
SELECT (SELECT summary FROM passage_sets WHERE article_id = $1 AND version = $2) AS summary,
  (SELECT array_agg(id ORDER BY distance, id) FROM best) AS near
""",
    ("article_id", "version", "limit"),
)
HAS_VECTORS: Final = Query.text("SELECT to_regclass('passage_vectors') IS NOT NULL")
