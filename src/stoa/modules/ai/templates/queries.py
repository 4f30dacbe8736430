"""The reading SQL of prompts."""

from stoa.shared.queries import Query

_ITEM = (
    "json_build_object('name', name, 'version', version, 'about', about, 'instructions', instructions, 'body', body, "
    "'parameters', parameters, 'is_built_in', false, 'created_at', created_at)"
)
NEWEST = Query.text(
    f"SELECT coalesce(json_agg({_ITEM} ORDER BY name), '[]'::json) "  # noqa: S608 # no caller's words
    "FROM (SELECT DISTINCT ON (name) * FROM ai_templates ORDER BY name, version DESC) AS newest"
)
ONE = Query.text(
    f"SELECT {_ITEM} FROM ai_templates WHERE name = $1 AND ($2::int IS NULL OR version = $2) "  # noqa: S608
    "ORDER BY version DESC LIMIT 1",
    ("name", "version"),
)
