"""What the database must have around the tables of search: extensions, configurations, two functions, storage.

A migration runs `BEFORE_TABLES`, makes the tables of `models.py`, and runs `AFTER_TABLES`; `DOWN` undoes both.
"""

from .languages import configurations

EXTENSIONS = ("pg_trgm", "unaccent")
_ACCENTED = "word, hword, hword_part"
_NUMBERED = "numword, numhword, hword_numpart"

# The order of the words, as hashed pairs of neighbours: a phrase is looked for only where all its pairs are. 65,536
# different pairs keep the index small; one article in 250 has a given pair by accident, and is sorted out afterwards.
# `hashtext` is the hash of PostgreSQL's hash indexes: the same on every machine.
PAIRS = """
CREATE FUNCTION stoa_pairs(vector tsvector) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE words text[];
BEGIN
  SELECT array_agg(lexeme ORDER BY place) INTO words
  FROM (SELECT lexeme, unnest(positions) AS place FROM unnest(vector)) AS entry;
  RETURN ARRAY(
    SELECT hashtext(one || ' ' || next) & 65535 FROM unnest(words, words[2:]) AS pair(one, next) WHERE next IS NOT NULL
  );
END $$
"""

# A word, and the word with each of its letters left out: two words one slip apart have one of these in common.
SLIPS = """
CREATE FUNCTION stoa_slips(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT overlay(word PLACING '' FROM place FOR 1)) || word
  FROM generate_series(1, length(word)) AS place
$$
"""


def _configuration(name: str, base: str) -> list[str]:
    stemmer = "simple" if base == "simple" else f"{base}_stem"
    return [
        f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = pg_catalog.{base})",
        f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR {_ACCENTED} WITH unaccent, {stemmer}",
        f"ALTER TEXT SEARCH CONFIGURATION {name} ALTER MAPPING FOR {_NUMBERED} WITH unaccent, simple",
    ]


BEFORE_TABLES: tuple[str, ...] = (
    *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS),
    *(statement for name, base in configurations() for statement in _configuration(name, base)),
    PAIRS,
    SLIPS,
)

# Rows stay narrow: the long columns leave them above 1 KB, `lead` never does. The planner's guesses about words are
# left at their defaults, which give the same plan for rare and frequent words; so statistics on them are not kept.
AFTER_TABLES: tuple[str, ...] = (
    "ALTER TABLE article_search SET (toast_tuple_target = 1024, parallel_workers = 0)",
    "ALTER TABLE article_search ALTER lead SET STORAGE MAIN, ALTER vector SET STORAGE EXTERNAL",
    "ALTER TABLE article_search ALTER lead SET STATISTICS 0, ALTER vector SET STATISTICS 0",
    "ALTER TABLE article_search ALTER text SET STATISTICS 0, ALTER title SET STATISTICS 0",
    "ALTER INDEX ix_article_search_words ALTER COLUMN 3 SET STATISTICS 0",
    "ALTER INDEX ix_search_words_slips ALTER COLUMN 1 SET STATISTICS 0",
)

DOWN: tuple[str, ...] = (
    "DROP TABLE IF EXISTS article_search, search_words",
    "DROP FUNCTION IF EXISTS stoa_pairs(tsvector)",
    "DROP FUNCTION IF EXISTS stoa_slips(text)",
    *(f"DROP TEXT SEARCH CONFIGURATION IF EXISTS {name}" for name, _ in configurations()),
)
