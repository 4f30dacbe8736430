"""The reading SQL of webhooks."""

from sqlalchemy import Uuid as UuidType
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.webhooks.models import WebhookEndpoint
from stoa.shared.queries import Query, json_object_of

_FACTS = (
    "id", "url", "description", "event_types", "is_enabled", "disabled_because", "failing_since", "former_until",
    "version", "created_by", "created_at", "updated_at",
)  # fmt: skip
_item = json_object_of({name: getattr(WebhookEndpoint, name).expression for name in _FACTS})
_id = WebhookEndpoint.id == bindparam("id", type_=UuidType())

ALL = Query(
    select(
        func.coalesce(
            func.json_agg(aggregate_order_by(_item, WebhookEndpoint.created_at, WebhookEndpoint.id)),
            literal_column("'[]'::json"),
        )
    )
)
ONE = Query(select(_item).where(_id))
TO_SEND = Query(
    select(
        WebhookEndpoint.url,
        WebhookEndpoint.secret,
        WebhookEndpoint.former_secret,
        WebhookEndpoint.former_until,
        WebhookEndpoint.is_enabled,
        WebhookEndpoint.disabled_because,
    ).where(_id)
)
