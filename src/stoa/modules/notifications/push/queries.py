"""The reading SQL of push."""

from sqlalchemy import Uuid as UuidType
from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from stoa.modules.auth.sessions.service import session_lives
from stoa.modules.notifications.push.models import PushSubscription
from stoa.shared.queries import Query, json_object

_item = json_object(
    id=PushSubscription.id.expression,
    device=PushSubscription.device.expression,
    endpoint=PushSubscription.endpoint.expression,
    created_at=PushSubscription.created_at.expression,
)
_newest = aggregate_order_by(_item, PushSubscription.created_at.desc(), PushSubscription.id.desc())
OF_USER = Query(
    select(func.coalesce(func.json_agg(_newest), literal_column("'[]'::json"))).where(
        PushSubscription.user_id == bindparam("user_id", type_=UuidType()),
        session_lives(PushSubscription.session_id.expression),
    )
)
