"""The reading SQL of chat; every statement names whose chats they are."""
# ruff: noqa: S608 # put together from the parts in this file; what a caller says is always bound

from functools import lru_cache
from typing import Final

from stoa.modules.ai.chat.models import SEARCHED
from stoa.shared.queries import Query

SILENT_SECONDS: Final = 20
"""Whoever writes an answer shows life every two seconds; after so many without, its process is taken for dead."""
LOST: Final = "The process that wrote the answer ended."
_IS_DEAD: Final = f"m.status = 'streaming' AND m.alive_at < now() - interval '{SILENT_SECONDS} seconds'"
_STATUS: Final = f"CASE WHEN {_IS_DEAD} THEN 'cut' ELSE m.status END"
_ERROR: Final = f"CASE WHEN {_IS_DEAD} THEN '{LOST}' ELSE m.error END"
_MESSAGE: Final = f"""
  json_build_object(
    'id', m.id, 'conversation_id', m.conversation_id, 'parent_id', m.parent_id, 'role', m.role, 'content', m.content,
    'status', {_STATUS}, 'error', {_ERROR}, 'error_code', m.error_code, 'method', m.method, 'provider', m.provider,
    'model', m.model, 'tokens', m.size,
    'usage', CASE WHEN m.source IS NOT NULL THEN json_build_object('input_tokens', m.input_tokens,
      'output_tokens', m.output_tokens, 'cost_micro_usd', m.cost_micros, 'source', m.source) END,
    'citations', coalesce(m.citations, '[]'), 'rating', m.rating, 'created_at', m.created_at,
    'event_id', CASE WHEN {_STATUS} = 'streaming' THEN m.id || ':' || length(m.content) END,
    'siblings', (
      SELECT json_build_object('place', count(*) FILTER (WHERE s.id <= m.id), 'of', count(*),
        'ids', json_agg(s.id ORDER BY s.id))
      FROM chat_messages s
      WHERE coalesce(s.parent_id, s.conversation_id) = coalesce(m.parent_id, m.conversation_id)))
"""
_SEARCHED: Final = SEARCHED.replace("content", "m.content")
_EXCERPT: Final = f"""
  (SELECT ts_headline('stoa_simple', left(m.content, 20000), q.words,
     'StartSel="", StopSel="", MaxFragments=1, MaxWords=24, MinWords=8')
   FROM chat_messages m WHERE m.conversation_id = c.id AND {_SEARCHED} @@ q.words ORDER BY m.id DESC LIMIT 1)
"""


def _conversation(excerpt: str = "NULL::text") -> str:
    return f"""
      json_build_object(
        'id', c.id, 'title', c.title, 'provider', c.provider, 'model', c.model, 'system_prompt', c.system_prompt,
        'is_grounded', c.is_grounded, 'includes_drafts', c.includes_drafts, 'leaf_id', c.leaf_id,
        'message_count', c.message_count, 'created_at', c.created_at, 'updated_at', c.updated_at,
        'archived_at', c.archived_at,
        'is_answering', EXISTS (SELECT FROM chat_messages m
          WHERE m.conversation_id = c.id AND m.status = 'streaming' AND NOT ({_IS_DEAD})),
        'excerpt', {excerpt})
    """


ONE = Query.text(
    f"SELECT {_conversation()} FROM chat_conversations c WHERE c.id = $1 AND c.user_id = $2", ("id", "user_id")
)
LEAF = Query.text("SELECT id, leaf_id FROM chat_conversations WHERE id = $1 AND user_id = $2", ("id", "user_id"))
_WHICH: Final = "c.user_id = $1 AND (c.archived_at IS NOT NULL) = $2"
_FOUND: Final = f"""
  (c.title ILIKE $4 OR EXISTS (
    SELECT FROM chat_messages m, q WHERE m.conversation_id = c.id AND {_SEARCHED} @@ q.words))
"""
_WORDS: Final = "WITH q AS (SELECT websearch_to_tsquery('stoa_simple', $3) AS words)"


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool, search: bool) -> Query:
    """Up to `limit` + 1 rows of (item, updated_at, id), used last first."""
    names = ["user_id", "archived", *(("words", "pattern") if search else ())]
    beyond = ""
    if after:
        beyond = f"AND (c.updated_at, c.id) < (${len(names) + 1}, ${len(names) + 2})"
        names += ["updated_at", "last_id"]
    return Query.text(
        f"""
        {_WORDS if search else ""}
        SELECT {_conversation(f"(SELECT {_EXCERPT} FROM q)" if search else "NULL::text")} AS item, c.updated_at, c.id
        FROM chat_conversations c WHERE {_WHICH} {f"AND {_FOUND}" if search else ""} {beyond}
        ORDER BY c.updated_at DESC, c.id DESC LIMIT {limit + 1} OFFSET {skip}
        """,
        tuple(names),
    )


@lru_cache(maxsize=2)
def total(*, search: bool) -> Query:
    return Query.text(
        f"{_WORDS if search else ''} SELECT count(*) FROM chat_conversations c "
        f"WHERE {_WHICH} {f'AND {_FOUND}' if search else ''}",
        ("user_id", "archived", *(("words", "pattern") if search else ())),
    )


def _up(columns: str, most: str) -> str:
    """From a message to the first one, at most so many."""
    return f"""
      WITH RECURSIVE path AS (
        SELECT {columns}, 1 AS depth FROM chat_messages m WHERE m.id = $1 AND m.conversation_id = $2
        UNION ALL
        SELECT {columns}, path.depth + 1 FROM path JOIN chat_messages m ON m.id = path.parent_id
        WHERE path.depth < {most})
    """


@lru_cache(maxsize=256)
def branch(limit: int, skip: int) -> Query:
    """Up to `limit` + 1 rows of (item, id): messages from `start` upwards, the last one first."""
    return Query.text(
        f"""
        {_up("m.id, m.parent_id", str(limit + skip + 1))}
        SELECT {_MESSAGE} AS item, m.id FROM path JOIN chat_messages m USING (id)
        WHERE path.depth > {skip} ORDER BY path.depth
        """,
        ("start", "conversation_id"),
    )


LENGTH = Query.text(f"{_up('m.id, m.parent_id', '100000')} SELECT count(*) FROM path", ("start", "conversation_id"))
PAST = Query.text(
    f"{_up('m.id, m.parent_id', '$3::integer')} "
    "SELECT m.id, m.role, m.content, m.size FROM path JOIN chat_messages m USING (id) ORDER BY path.depth",
    ("start", "conversation_id", "most"),
)
"""What was said before, the last one first."""
_MINE: Final = "JOIN chat_conversations c ON c.id = m.conversation_id AND c.user_id = $2"
MESSAGE = Query.text(f"SELECT {_MESSAGE} FROM chat_messages m {_MINE} WHERE m.id = $1", ("id", "user_id"))
EVERY_MESSAGE = Query.text(
    f"""
    SELECT {_MESSAGE} AS item FROM chat_messages m {_MINE} WHERE m.conversation_id = $1 ORDER BY m.created_at, m.id
    """,
    ("conversation_id", "user_id"),
)
FOLLOWED = Query.text(
    f"""
    SELECT m.id, m.conversation_id, {_STATUS} AS status, {_ERROR} AS error, m.error_code, m.method, m.provider, m.model,
      m.input_tokens, m.output_tokens, m.cost_micros, m.source, m.citations::text AS citations,
      length(m.content) AS length, substr(m.content, $3::integer + 1) AS rest
    FROM chat_messages m {_MINE} WHERE m.id = $1 AND m.role = 'assistant'
    """,
    ("id", "user_id", "known"),
)
"""An answer, with its text beyond what is known already."""
MINE = Query.text("SELECT id FROM chat_conversations WHERE user_id = $1 ORDER BY created_at, id", ("user_id",))
