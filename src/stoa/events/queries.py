"""The reading SQL of the event engine: where events are now."""

from functools import lru_cache

from stoa.shared.queries import Query

_EVENT = """
  'id', log.id, 'type', log.type, 'aggregate', log.aggregate, 'aggregate_version', log.aggregate_version,
  'schema_version', log.schema_version, 'trace', log.trace, 'recorded_at', log.at, 'relayed_at', log.relayed_at,
  'relays', log.relays, 'data', log.data
"""
_DEAD = """
  json_build_object('event_id', event_id, 'handler', handler, 'type', type, 'failures', failures, 'error', error,
    'given_up_at', at, 'data', data)
"""

# A handler that was added after the event is not expected to know of it, and is not named.
WAY = Query.text(
    f"""
    SELECT json_build_object({_EVENT}, 'handlers', coalesce((
      SELECT json_agg(json_build_object(
        'handler', name,
        'state', CASE WHEN inbox.at IS NOT NULL THEN 'handled' WHEN dead.at IS NOT NULL THEN 'dead'
          WHEN retry.due_at IS NOT NULL THEN 'retrying' WHEN log.relayed_at IS NULL THEN 'recorded' ELSE 'sent' END,
        'handled_at', inbox.at,
        'failures', coalesce(dead.failures, retry.failures, 0),
        'next_try_at', retry.due_at,
        'error', coalesce(dead.error, retry.error)
      ) ORDER BY name)
      FROM (
        SELECT expected.handler AS name FROM unnest($2::text[], $3::text[]) AS expected(handler, type)
        LEFT JOIN event_handlers AS known USING (handler)
        WHERE expected.type = log.type AND log.at >= coalesce(known.since, '-infinity')
        UNION SELECT handler FROM event_inbox WHERE event_id = log.id
        UNION SELECT handler FROM event_retry WHERE event_id = log.id
        UNION SELECT handler FROM event_dead WHERE event_id = log.id
      ) AS names
      LEFT JOIN event_inbox AS inbox ON inbox.event_id = log.id AND inbox.handler = name
      LEFT JOIN event_retry AS retry ON retry.event_id = log.id AND retry.handler = name
      LEFT JOIN event_dead AS dead ON dead.event_id = log.id AND dead.handler = name
    ), '[]'::json))
    FROM event_log AS log WHERE id = $1
    """,  # noqa: S608 # constants
    ("id", "handlers", "types"),
)
TAIL = Query.text(
    """
    SELECT log.id, log.type, log.aggregate, log.at, log.relayed_at, log.relays,
      (SELECT count(*) FROM event_inbox WHERE event_id = log.id) AS handled,
      (SELECT count(*) FROM event_retry WHERE event_id = log.id) AS retrying,
      (SELECT count(*) FROM event_dead WHERE event_id = log.id) AS dead
    FROM event_log AS log ORDER BY log.at DESC, log.id DESC LIMIT $1
    """,
    ("limit",),
)
STATE = Query.text(
    """
    SELECT json_build_object(
      'unrelayed', (SELECT count(*) FROM event_log WHERE relayed_at IS NULL),
      'oldest_unrelayed_seconds', (
        SELECT greatest(0, extract(epoch FROM clock_timestamp() - min(at))) FROM event_log WHERE relayed_at IS NULL),
      'retrying', (SELECT count(*) FROM event_retry),
      'dead', (SELECT count(*) FROM event_dead),
      'tasks_waiting', (SELECT count(*) FROM queued_tasks WHERE state = 'waiting'),
      'tasks_running', (SELECT count(*) FROM queued_tasks WHERE state = 'running')
    )
    """
)


@lru_cache(maxsize=256)
def dead_page(limit: int, skip: int, *, after: bool) -> Query:
    """Up to `limit` + 1 rows of (item, at, event_id, handler), newest first."""
    older = "WHERE (at, event_id, handler) < ($1, $2, $3)" if after else ""
    return Query.text(
        f"""
        SELECT {_DEAD} AS item, at, event_id, handler FROM event_dead {older}
        ORDER BY at DESC, event_id DESC, handler DESC LIMIT {limit + 1} OFFSET {skip}
        """,  # noqa: S608 # constants and numbers
        ("at", "event_id", "handler") if after else (),
    )
