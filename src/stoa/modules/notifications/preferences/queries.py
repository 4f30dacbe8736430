"""The reading SQL of preferences."""

from sqlalchemy import bindparam, select

from stoa.modules.notifications.preferences.models import NotificationPreference as Row
from stoa.shared.queries import Query

CHOSEN = Query(select(Row.category, Row.channel, Row.wish, Row.updated_at).where(Row.user_id == bindparam("user_id")))
