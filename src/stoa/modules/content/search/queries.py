"""The reading SQL of search. Reads articles, tags and links too; docs/search.md tells why it is in these steps.

What is found is ranked twice: all of it by `lead`, which lies in the row, then the best by the full `vector`. The
audience is checked twice as well: by `reach` while matching, and by the article itself before anything is shown.
"""
# ruff: noqa: S608 # put together from the parts in this file; what a caller says is always bound

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from sqlalchemy import literal_column
from sqlalchemy.dialects import postgresql

from stoa.modules.users import service as users
from stoa.shared.queries import Query

from .schemas import Audience, Order, Sort
from .text import GAP, START, STOP

# How many of the best by `lead` are ranked again by the full vector; measured in docs/search.md. How close words
# stand to each other is hardly seen in `lead`, how often one word occurs is.
WINDOW, WINDOW_OF_ONE = 2_000, 200
LONG_TEXT = 8_000  # characters above which only the neighbourhood of the first match is read for its headline

MAY_SEE: Mapping[Audience, str] = MappingProxyType(
    {
        Audience.PUBLIC: (
            "articles.status = 'published' AND articles.visibility = 'public' AND articles.deleted_at IS NULL"
        ),
        Audience.MEMBERS: "articles.status = 'published' AND articles.deleted_at IS NULL",
        Audience.STAFF: "articles.deleted_at IS NULL",
    }
)
_READING = ("configs", "strict", "wanted", "loose", "wide", "pairs")
_PAGE = (*_READING, "beginnings", "limit", "skip")
_MARKS = f"StartSel={START}, StopSel={STOP}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the statement depends on; the values are bound when it runs."""

    audience: Audience
    sort: Sort
    order: Order
    depth: int
    has_several: bool
    has_phrase: bool
    has_pairs: bool
    is_mixed: bool
    author: bool = False
    author_id: bool = False
    tags: int = 0
    all_tags: bool = False
    from_date: bool = False
    to_date: bool = False
    statuses: bool = False
    kind: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether filters leave so few that ranking them in two steps would only take longer."""
        return bool(self.author or self.author_id or self.tags or self.statuses or self.kind)


# The configurations in use, each found by one step on their index.
_USED = """RECURSIVE step(config) AS (
  SELECT min(config) FROM article_search
  UNION ALL
  SELECT (SELECT min(config) FROM article_search WHERE config > step.config) FROM step WHERE step.config IS NOT NULL
),
used AS MATERIALIZED (SELECT config, config::regconfig AS parser FROM step WHERE config IS NOT NULL)"""

UNDERSTAND = Query.text(
    f"WITH {_USED} SELECT config, websearch_to_tsquery(parser, $1)::text AS query FROM used", ("words",)
)

_FINDS = """EXISTS (
  SELECT FROM used JOIN article_search AS s ON s.vector @@ plainto_tsquery(used.parser, {word})
  WHERE s.reach >= $2::int AND s.config = used.config
)"""

# For each typed word that finds nothing for this audience: the words that may have been meant. Those two slips away are
# looked for by their trigrams, which takes longer, and only for longer words with nothing nearer.
NEAR_WORDS = Query.text(
    f"""
WITH {_USED},
typed AS MATERIALIZED (
  SELECT given.word AS typed, folded.word AS folded
  FROM unnest($1::text[]) AS given(word),
    unnest(tsvector_to_array(to_tsvector('stoa_simple', given.word))) AS folded(word)
  WHERE EXISTS (SELECT FROM used WHERE numnode(plainto_tsquery(used.parser, given.word)) > 0)
    AND NOT {_FINDS.format(word="given.word")}
),
near AS MATERIALIZED (
  SELECT typed, folded, near.word, near.article_count
  FROM typed CROSS JOIN LATERAL (
    SELECT word, article_count FROM search_words
    WHERE stoa_slips(word) && stoa_slips(folded) AND word <> folded AND abs(length(word) - length(folded)) < 2
    ORDER BY article_count DESC LIMIT 300
  ) AS near
),
far AS MATERIALIZED (
  SELECT typed, folded, near.word, near.article_count
  FROM typed CROSS JOIN LATERAL (
    SELECT word, article_count FROM search_words WHERE word <> folded ORDER BY word <-> folded LIMIT 12
  ) AS near
  WHERE length(folded) >= 6 AND folded NOT IN (SELECT folded FROM near)
)
SELECT typed, folded, word, article_count FROM near UNION ALL SELECT typed, folded, word, article_count FROM far
""",
    ("words", "reach"),
)
# Words too common to be kept find nothing, and are no secret: somebody may have meant them all the same.
FINDABLE = Query.text(
    f"""
WITH {_USED}
SELECT near.word FROM unnest($1::text[]) AS near(word)
WHERE EXISTS (SELECT FROM used WHERE numnode(plainto_tsquery(used.parser, near.word)) = 0)
  OR {_FINDS.format(word="near.word")}
""",
    ("words", "reach"),
)


@lru_cache(maxsize=512)
def page(shape: Shape) -> Query:
    """Up to `limit` rows of (place, article_id, rank, title, text), leaving out the first `skip`."""
    names = list(_PAGE)
    steps = _best_by_rank(shape, names) if shape.sort == "rank" else _by_date(shape, names)
    return Query.text(f"WITH {_reading()},\n{steps}\n{_shown(shape)}", tuple(names))


@lru_cache(maxsize=512)
def total(shape: Shape) -> Query:
    names = list(_READING)
    matches = _matches(shape, names)
    return Query.text(f"WITH {_reading()} SELECT count(*) {matches}", tuple(names))


def _reading() -> str:
    """`hashtext(...) & 65535` is what `stoa_pairs` does."""
    return """reading AS MATERIALIZED (
  SELECT string_to_array(configs, ' ') AS configs, strict::tsquery, wanted::tsquery, loose::tsquery, wide::tsquery,
    ARRAY(SELECT hashtext(pair) & 65535 FROM unnest(string_to_array(pairs, E'\\x1f')) AS pair) AS pairs
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS r(configs, strict, wanted, loose, wide, pairs)
)"""


def _matches(shape: Shape, names: list[str], *, on: str | None = None, where: str | None = None) -> str:
    """The index answers what stands in ON; `IS TRUE` keeps the strict question away from it, for the rows."""
    asked = ["s.vector @@ reading.loose", *([on] if on else [])]
    if shape.has_pairs:
        asked.append("stoa_pairs(s.vector) @> reading.pairs")
    kept = [*([where] if where else []), f"s.reach >= {shape.audience.value:d}"]
    if shape.is_mixed:
        kept.append("s.config = ANY (reading.configs)")
    kept += _filters(shape, names)
    if shape.has_phrase:
        kept.append("(s.vector @@ reading.strict) IS TRUE")
    return f"FROM reading JOIN article_search AS s ON {' AND '.join(asked)} WHERE {' AND '.join(kept)}"


def _filters(shape: Shape, names: list[str]) -> list[str]:
    conditions = []
    if shape.author_id:
        conditions.append(f"s.author_id = {_bound(names, 'author_id')}")
    if shape.author:
        conditions.append(f"s.author_id = {_user(_bound(names, 'author') + '::text')}")
    if shape.from_date:
        conditions.append(f"s.published_at >= {_bound(names, 'from_date')}")
    if shape.to_date:
        conditions.append(f"s.published_at < {_bound(names, 'to_date')}")
    if shape.statuses:
        chosen = f"SELECT id FROM articles WHERE status = ANY ({_bound(names, 'statuses')}::text[])"
        conditions.append(f"s.article_id IN ({chosen})")
    if shape.kind:
        chosen = f"SELECT id FROM articles WHERE kind = {_bound(names, 'kind')}::text"
        conditions.append(f"s.article_id IN ({chosen})")
    if shape.tags:
        conditions.append(f"s.article_id IN ({_tagged(shape, _bound(names, 'tags'))})")
    return conditions


def _tagged(shape: Shape, slugs: str) -> str:
    """Materialised, so that it is hashed once and never walked again for each match."""
    having = f" GROUP BY article_id HAVING count(*) = {shape.tags:d}" if shape.all_tags else ""
    links = (
        "SELECT article_id FROM article_tags JOIN tags ON tags.id = article_tags.tag_id "
        f"WHERE tags.slug = ANY ({slugs}::text[]) AND tags.deleted_at IS NULL{having}"
    )
    return f"WITH tagged AS MATERIALIZED ({links}) SELECT article_id FROM tagged"


def depth(*, has_several: bool, end: int) -> int:
    """How many of the best must be ranked twice for the first `end`: whole windows, so that pages never overlap."""
    window = WINDOW if has_several else WINDOW_OF_ONE
    return -(-end // window) * window


def _best_by_rank(shape: Shape, names: list[str]) -> str:
    window = WINDOW if shape.has_several else WINDOW_OF_ONE
    order = "score DESC, published_at DESC NULLS LAST, article_id DESC"
    return f"""{_candidates(shape, names, order)},
placed AS (SELECT *, (row_number() OVER (ORDER BY {order}) - 1) / {window} AS part FROM candidate),
ranked AS (
  SELECT placed.article_id, placed.published_at, placed.part, ts_rank(s.vector, reading.wanted) AS rank
  FROM placed JOIN article_search AS s USING (article_id) JOIN reading ON s.config = ANY (reading.configs)
),
found AS MATERIALIZED (
  SELECT article_id, rank,
    row_number() OVER (ORDER BY part, rank DESC, published_at DESC NULLS LAST, article_id DESC) AS place
  FROM ranked ORDER BY place LIMIT $8 OFFSET $9
)"""


def _candidates(shape: Shape, names: list[str], order: str) -> str:
    """The best by `lead`. Articles with a word asked for in it come before all others, so that these are looked at
    only where there are too few: the result is the same, and frequent words take a third of the time.
    """
    score = "ts_rank(s.lead, reading.wide)"
    if shape.has_several:
        score = f"0.2 * {score} + ts_rank(s.lead, reading.wanted)"
    columns = f"SELECT s.article_id, s.published_at, {score} AS score"
    best = f"ORDER BY {order} LIMIT {shape.depth}"
    if shape.is_narrow:
        return f"candidate AS MATERIALIZED ({columns} {_matches(shape, names)} {best})"
    strong = _matches(shape, names, on="s.lead @@ reading.wide")
    anywhere = _matches(shape, names, where=f"(SELECT count(*) FROM strong) < {shape.depth}")
    return f"""strong AS MATERIALIZED ({columns} {strong} {best}),
anywhere AS MATERIALIZED ({columns} {anywhere} {best}),
candidate AS (
  SELECT * FROM strong WHERE (SELECT count(*) FROM strong) = {shape.depth} UNION ALL SELECT * FROM anywhere
)"""


def _by_date(shape: Shape, names: list[str]) -> str:
    direction = "DESC NULLS LAST" if shape.order == "desc" else "ASC NULLS FIRST"
    return f"""dated AS MATERIALIZED (SELECT s.article_id, s.published_at
  {_matches(shape, names)}
  ORDER BY published_at {direction}, article_id {shape.order} LIMIT $8 OFFSET $9
),
found AS MATERIALIZED (
  SELECT article_id, ts_rank(s.vector, reading.wanted) AS rank,
    row_number() OVER (ORDER BY dated.published_at {direction}, article_id {shape.order}) AS place
  FROM dated JOIN article_search AS s USING (article_id) JOIN reading ON s.config = ANY (reading.configs)
)"""


def _shown(shape: Shape) -> str:
    """Headlines are made for the rows of the page alone; of a long text, around the first word that begins alike."""
    near = "greatest(1, regexp_instr(s.text, $7, 1, 1, 0, 'i') - 300)"
    text = f"CASE WHEN length(s.text) > {LONG_TEXT} THEN substr(s.text, {near}, {LONG_TEXT // 2}) ELSE s.text END"
    return f"""SELECT found.place, found.article_id, found.rank,
  ts_headline(s.config::regconfig, s.title, reading.wanted, '{_MARKS}, HighlightAll=true') AS title,
  ts_headline(s.config::regconfig, {text}, reading.wanted,
    '{_MARKS}, MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter={GAP}') AS text
FROM found JOIN article_search AS s USING (article_id) JOIN reading ON s.config = ANY (reading.configs)
  JOIN articles ON articles.id = s.article_id AND {MAY_SEE[shape.audience]}
ORDER BY found.place"""


def _bound(names: list[str], name: str) -> str:
    """`$7` for the seventh name; a name used twice is bound once."""
    if name not in names:
        names.append(name)
    return f"${names.index(name) + 1}"


def _user(parameter: str) -> str:
    return str(users.id_of(literal_column(parameter)).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call] # SQLAlchemy leaves its dialects untyped
