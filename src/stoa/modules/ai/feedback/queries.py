"""The reading SQL of feedback."""

from stoa.shared.queries import Query

QUALITY = Query.text(
    """
    SELECT json_build_object(
      'items', (SELECT coalesce(json_agg(line), '[]'::json) FROM (
        SELECT feature, provider, model, count(*) FILTER (WHERE rating > 0) AS good,
          count(*) FILTER (WHERE rating < 0) AS bad, round(avg((rating > 0)::int), 4) AS share
        FROM ai_feedback GROUP BY feature, provider, model ORDER BY count(*) DESC, feature, provider, model LIMIT 500
      ) AS line),
      'comments', (SELECT coalesce(json_agg(line), '[]'::json) FROM (
        SELECT feature, provider, model, rating, comment, updated_at FROM ai_feedback WHERE comment <> ''
        ORDER BY updated_at DESC, call_id LIMIT 100) AS line))
    """
)
"""Sums of the 500 most rated of feature, provider and model, and the 100 newest comments, without who wrote them."""

ALL_OF = Query.text(
    """
    SELECT coalesce(json_agg(json_build_object('call_id', call_id, 'feature', feature, 'provider', provider,
      'model', model, 'rating', rating, 'comment', comment, 'created_at', created_at, 'updated_at', updated_at)
      ORDER BY created_at), '[]'::json)
    FROM ai_feedback WHERE user_id = $1
    """,
    ("user_id",),
)
