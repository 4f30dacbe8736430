"""The reading SQL of what was used: sums by day, budgets with what is left, single calls."""

from functools import lru_cache
from typing import Final

from stoa.shared.queries import Query

GROUPS: Final = ("day", "feature", "provider", "model", "user")
_COLUMNS: Final = {
    "day": "u.day::text",
    "feature": "u.feature",
    "provider": "u.provider",
    "model": "u.provider || '/' || u.model",
    "user": "coalesce((SELECT username FROM users WHERE users.id = u.user_id), '')",
}
_KEYS: Final = {
    "day": "u.day",
    "feature": "u.feature",
    "provider": "u.provider",
    "model": "u.provider, u.model",
    "user": "u.user_id",
}
_SUMS: Final = """
  'calls', coalesce(sum(u.calls), 0), 'failures', coalesce(sum(u.failures), 0),
  'fallbacks', coalesce(sum(u.fallbacks), 0), 'unpriced', coalesce(sum(u.unpriced), 0),
  'input_tokens', coalesce(sum(u.input_tokens), 0), 'cached_input_tokens', coalesce(sum(u.cached_input_tokens), 0),
  'output_tokens', coalesce(sum(u.output_tokens), 0), 'cost_micro_usd', coalesce(sum(u.cost_micros), 0),
  'average_ms', coalesce(round(sum(u.total_ms) / nullif(sum(u.calls), 0)), 0)
"""


@lru_cache(maxsize=16)
def sums(group: str, *, of_one: bool) -> Query:
    """JSON of the whole and of each `group`, dearest first (days in order), between two days, both included."""
    mine = "AND u.user_id = $3" if of_one else ""
    column = _COLUMNS[group]
    order = "min(u.day)" if group == "day" else f"sum(u.cost_micros) DESC, sum(u.calls) DESC, {column}"
    return Query.text(
        f"""
        SELECT json_build_object(
          'total', (SELECT json_build_object({_SUMS}) FROM ai_usage_days u WHERE u.day BETWEEN $1 AND $2 {mine}),
          'items', coalesce((SELECT json_agg(line) FROM (
            SELECT json_build_object('name', {column}, {_SUMS}) AS line FROM ai_usage_days u
            WHERE u.day BETWEEN $1 AND $2 {mine} GROUP BY {_KEYS[group]}
            ORDER BY {order} LIMIT 400) AS lines), '[]'::json))
        """,  # noqa: S608 # names of the table above, never a caller's words
        ("since", "until", *(("user_id",) if of_one else ())),
    )


BUDGETS = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'scope', kind, 'period', period, 'limit_micro_usd', limit_micros, 'spent_micro_usd', spent,
      'reserved_micro_usd', reserved, 'left_micro_usd', greatest(0, limit_micros - spent - reserved))
      ORDER BY kind DESC, period), '[]'::json)
    FROM (
      SELECT split_part(meant.scope, ':', 1) AS kind, meant.period, b.limit_micros,
        coalesce(a.spent_micros, 0) AS spent, coalesce(a.reserved_micros, 0) AS reserved
      FROM (VALUES
        ('site', 'site', 'day', $2::date), ('site', 'site', 'month', $3::date),
        ('tier:' || $4, 'tier:' || $4, 'day', $2), ('tier:' || $4, 'tier:' || $4, 'month', $3),
        ('user:' || $1::text, 'each:' || $4, 'day', $2), ('user:' || $1::text, 'each:' || $4, 'month', $3)
      ) AS meant (scope, usual, period, begins)
      JOIN LATERAL (
        SELECT limit_micros FROM ai_budgets
        WHERE ai_budgets.period = meant.period AND ai_budgets.scope IN (meant.scope, meant.usual)
        ORDER BY ai_budgets.scope = meant.scope DESC LIMIT 1
      ) AS b ON true
      LEFT JOIN ai_accounts a ON a.scope = meant.scope AND a.period = meant.period AND a.begins = meant.begins
    ) AS found
    """,
    ("user_id", "day", "month", "tier"),
)
"""What limits one person now. Of the site's and the tier's money only what is left counts for them."""

_CALL: Final = """
  SELECT json_build_object(
    'id', c.id, 'feature', c.feature, 'asked_model', c.asked_model, 'provider', c.provider, 'model', c.model,
    'is_stream', c.is_stream, 'status', c.status, 'source', c.source, 'input_tokens', c.input_tokens,
    'cached_input_tokens', c.cached_input_tokens, 'output_tokens', c.output_tokens, 'input_price', c.input_price,
    'cached_input_price', c.cached_input_price, 'output_price', c.output_price, 'cost_micro_usd', c.cost_micros,
    'attempts', c.attempts, 'first_token_ms', c.first_token_ms, 'total_ms', c.total_ms, 'fault', c.fault,
    'created_at', c.created_at, 'settled_at', c.settled_at) AS item, c.id AS last_id
  FROM ai_calls c
"""


@lru_cache(maxsize=256)
def calls(*, after: bool, limit: int) -> Query:
    """One person's calls, newest first: up to `limit` + 1 rows of (item, last_id)."""
    begin = "AND c.id < $2" if after else ""
    return Query.text(
        f"{_CALL} WHERE c.user_id = $1 {begin} ORDER BY c.created_at DESC, c.id DESC LIMIT {limit + 1}",
        ("user_id", *(("last_id",) if after else ())),
    )


OWNER_OF_CALL = Query.text("SELECT user_id FROM ai_calls WHERE id = $1 AND status = 'open'", ("id",))
HEALTH = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'provider', provider, 'feature', feature, 'calls', calls, 'success_rate', success_rate,
      'fallback_rate', fallback_rate, 'median_ms', median_ms, 'p95_ms', p95_ms)), '[]'::json)
    FROM (
      SELECT provider, feature, count(*) AS calls,
        round(avg((status IN ('complete', 'stopped'))::int), 4) AS success_rate,
        round(avg((attempts > 1)::int), 4) AS fallback_rate,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY total_ms) AS median_ms,
        percentile_disc(0.95) WITHIN GROUP (ORDER BY total_ms) AS p95_ms
      FROM (
        SELECT coalesce(provider, 'none') AS provider, feature, status, attempts, total_ms FROM ai_calls
        WHERE created_at > now() - interval '1 hour' AND status <> 'open' ORDER BY created_at DESC LIMIT 5000
      ) AS lately GROUP BY GROUPING SETS ((provider), (provider, feature)) ORDER BY provider, feature
    ) AS told
    """
)
"""Of the last hour, the newest 5,000 calls at most; `feature` is null for a provider's whole."""
EVER = Query.text(
    """
    SELECT json_build_object(
      'sums', (SELECT coalesce(json_agg(line), '[]'::json) FROM (
        SELECT feature, provider, model, sum(calls) AS calls, sum(failures) AS failures, sum(fallbacks) AS fallbacks,
          sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
          sum(output_tokens) AS output_tokens, sum(cost_micros) AS cost_micros, sum(total_ms) AS total_ms
        FROM ai_usage_days GROUP BY feature, provider, model ORDER BY sum(calls) DESC LIMIT 500) AS line),
      'open', (SELECT count(*) FROM ai_calls WHERE status = 'open'))
    """
)
"""Sums since the site began, for the 500 busiest of feature, provider and model."""
