"""The reading SQL of batches; every statement but the worker's names whose they are."""
# ruff: noqa: S608 # put together from the parts in this file; what a caller says is always bound

from functools import lru_cache
from typing import Final

from stoa.shared.queries import Query

_STATUS: Final = """
  CASE WHEN b.cancelled_at IS NOT NULL THEN 'cancelled' WHEN b.finished_at IS NOT NULL THEN 'done'
    WHEN b.done + b.failed > 0
      OR EXISTS (SELECT FROM ai_batch_items i WHERE i.batch_id = b.id AND i.status = 'running') THEN 'running'
    ELSE 'queued' END
"""
_WAITS_UNTIL: Final = """
  CASE WHEN b.finished_at IS NULL AND b.cancelled_at IS NULL
      AND NOT EXISTS (SELECT FROM ai_batch_items i WHERE i.batch_id = b.id AND i.status = 'running')
    THEN (SELECT min(i.due_at) FROM ai_batch_items i WHERE i.batch_id = b.id AND i.status = 'queued'
          HAVING min(i.due_at) > now()) END
"""
_BATCH: Final = f"""
  json_build_object('id', b.id, 'status', {_STATUS}, 'total', b.total, 'done', b.done, 'failed', b.failed,
    'cancelled', b.cancelled, 'waits_until', {_WAITS_UNTIL}, 'created_at', b.created_at, 'finished_at', b.finished_at)
"""
_ITEM: Final = """
  json_build_object('number', i.number, 'id', i.name, 'call', i.call,
    'status', CASE WHEN b.cancelled_at IS NOT NULL AND i.status = 'queued' THEN 'cancelled' ELSE i.status END,
    'tries', i.tries, 'result', i.result, 'error', i.error, 'ended_at', i.ended_at)
"""

ONE = Query.text(f"SELECT {_BATCH} FROM ai_batches b WHERE b.id = $1 AND b.user_id = $2", ("id", "user_id"))
TOTAL = Query.text("SELECT count(*) FROM ai_batches WHERE user_id = $1", ("user_id",))
GOES_ON = Query.text(
    """
    SELECT EXISTS (SELECT FROM ai_batch_items i JOIN ai_batches b ON b.id = i.batch_id
      WHERE i.batch_id = $1 AND i.number = $2 AND i.claim_id = $3 AND i.status = 'running' AND b.cancelled_at IS NULL)
    """,
    ("batch_id", "number", "claim_id"),
)
"""Whether that worker shall go on with that item."""

ALL_OF = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object('id', b.id, 'created_at', b.created_at, 'finished_at', b.finished_at,
      'cancelled_at', b.cancelled_at, 'items', (
        SELECT json_agg(json_build_object('number', i.number, 'id', i.name, 'call', i.call, 'body', i.body,
          'status', i.status, 'result', i.result, 'error', i.error, 'ended_at', i.ended_at) ORDER BY i.number)
        FROM ai_batch_items i WHERE i.batch_id = b.id))
      ORDER BY b.created_at), '[]'::json)
    FROM ai_batches b WHERE b.user_id = $1
    """,
    ("user_id",),
)


@lru_cache(maxsize=256)
def page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 batches of `user_id`, newest first, as (item, created_at, id)."""
    beyond = "AND (b.created_at, b.id) < ($2, $3)" if after else ""
    return Query.text(
        f"""
        SELECT {_BATCH} AS item, b.created_at, b.id FROM ai_batches b WHERE b.user_id = $1 {beyond}
        ORDER BY b.created_at DESC, b.id DESC LIMIT {limit + 1} OFFSET {skip}
        """,
        ("user_id", "created_at", "last_id") if after else ("user_id",),
    )


@lru_cache(maxsize=256)
def items(limit: int, skip: int) -> Query:
    """Up to `limit` + 1 items of a batch in their order, beyond that `number`."""
    return Query.text(
        f"""
        SELECT {_ITEM} AS item, i.number FROM ai_batch_items i JOIN ai_batches b ON b.id = i.batch_id
        WHERE i.batch_id = $1 AND i.number > $2 ORDER BY i.number LIMIT {limit + 1} OFFSET {skip}
        """,
        ("batch_id", "number"),
    )
