"""The reading SQL of what is set up, for those who manage it: keys without their secrets."""

from stoa.shared.queries import Query

PROVIDERS = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'name', p.name, 'kind', p.kind, 'base_url', p.base_url, 'models', p.models, 'options', p.options,
      'is_enabled', p.is_enabled, 'is_from_settings', false, 'version', p.version,
      'keys', coalesce((SELECT json_agg(json_build_object(
          'id', k.id, 'label', k.label, 'ending', k.ending, 'weight', k.weight, 'is_enabled', k.is_enabled)
          ORDER BY k.created_at, k.id)
        FROM ai_provider_keys k WHERE k.provider_id = p.id), '[]'::json))
      ORDER BY p.created_at, p.id), '[]'::json)
    FROM ai_providers p
    """
)
TIERS = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'name', name, 'rank', rank, 'requests_per_minute', requests_per_minute,
      'tokens_per_minute', tokens_per_minute, 'streams', streams, 'roles', roles) ORDER BY rank), '[]'::json)
    FROM ai_tiers
    """
)
BUDGETS = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object(
      'scope', coalesce('user:' || u.username, b.scope), 'period', b.period, 'limit_micro_usd', b.limit_micros,
      'spent_micro_usd', CASE WHEN b.scope LIKE 'each:%' THEN NULL ELSE coalesce(a.spent_micros, 0) END,
      'reserved_micro_usd', CASE WHEN b.scope LIKE 'each:%' THEN NULL ELSE coalesce(a.reserved_micros, 0) END,
      'left_micro_usd', CASE WHEN b.scope LIKE 'each:%' THEN NULL
        ELSE greatest(0, b.limit_micros - coalesce(a.spent_micros, 0) - coalesce(a.reserved_micros, 0)) END)
      ORDER BY array_position(ARRAY['site', 'tier', 'each', 'user'], split_part(b.scope, ':', 1)), u.username, b.scope,
        b.period), '[]'::json)
    FROM (SELECT scope, period, limit_micros FROM ai_budgets ORDER BY scope, period LIMIT 1000) AS b
    LEFT JOIN users u ON b.scope = 'user:' || u.id::text
    LEFT JOIN ai_accounts a ON a.scope = b.scope AND a.period = b.period
      AND a.begins = CASE b.period WHEN 'day' THEN $1::date ELSE $2::date END
    """,
    ("day", "month"),
)
