"""The reading SQL of the ledger's own arithmetic."""

from stoa.shared.queries import Query

ACCOUNTS_OFF = Query.text(
    """
    SELECT a.scope, a.period, a.begins, a.spent_micros, a.reserved_micros,
      coalesce(c.spent, 0) AS calls_spent, coalesce(c.reserved, 0) AS calls_reserved
    FROM ai_accounts a
    LEFT JOIN (
      SELECT account, sum(cost_micros) FILTER (WHERE status <> 'open') AS spent,
        sum(reserved_micros) FILTER (WHERE status = 'open') AS reserved
      FROM ai_calls, unnest(accounts) AS account GROUP BY account
    ) AS c ON c.account = a.id
    WHERE a.spent_micros <> coalesce(c.spent, 0) OR a.reserved_micros <> coalesce(c.reserved, 0)
    ORDER BY a.id LIMIT 100
    """
)
"""Accounts that do not add up with their calls."""

DAYS_OFF = Query.text(
    """
    SELECT day FROM (
      SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS calls, sum(cost_micros) AS cost,
        sum(input_tokens + output_tokens) AS tokens
      FROM ai_calls WHERE status <> 'open' GROUP BY 1
    ) AS ledger
    FULL JOIN (
      SELECT day, sum(calls) AS calls, sum(cost_micros) AS cost, sum(input_tokens + output_tokens) AS tokens
      FROM ai_usage_days GROUP BY day
    ) AS sums USING (day)
    WHERE (ledger.calls, ledger.cost, ledger.tokens) IS DISTINCT FROM (sums.calls, sums.cost, sums.tokens)
    ORDER BY day LIMIT 100
    """
)
"""Days whose sums are not those of their calls."""

TOTALS = Query.text(
    """
    SELECT count(*) AS calls, count(*) FILTER (WHERE status = 'open') AS open,
      count(*) FILTER (WHERE status = 'open' AND alive_at < clock_timestamp() - interval '3 minutes') AS stuck,
      coalesce(sum(cost_micros), 0) AS cost
    FROM ai_calls
    """
)
EVERY_CALL_OF = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'id', id, 'feature', feature, 'asked_model', asked_model, 'provider', provider, 'model', model,
      'status', status, 'source', source, 'input_tokens', input_tokens, 'output_tokens', output_tokens,
      'cost_micro_usd', cost_micros, 'created_at', created_at) ORDER BY id), '[]'::json)
    FROM ai_calls WHERE user_id = $1
    """,
    ("user_id",),
)
