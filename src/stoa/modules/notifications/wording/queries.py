"""The reading SQL of words."""

from sqlalchemy import bindparam, select

from stoa.modules.notifications.wording.models import NotificationTemplate as Row
from stoa.shared.queries import Query

OWN = Query(
    select(Row.type, Row.subject, Row.short, Row.text, Row.html, Row.updated_at).where(
        Row.language == bindparam("language")
    )
)
