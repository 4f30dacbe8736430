"""The SQL of mails."""

from sqlalchemy import Uuid as UuidType
from sqlalchemy import and_, bindparam, delete, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.mail.models import OutgoingMail
from stoa.shared.queries import Query, json_object

_ITEM = json_object(
    id=OutgoingMail.id.expression,
    kind=OutgoingMail.kind.expression,
    recipient=OutgoingMail.recipient.expression,
    subject=OutgoingMail.subject.expression,
    text=OutgoingMail.text.expression,
    created_at=OutgoingMail.created_at.expression,
)
_key = bindparam("key", type_=TIMESTAMP(timezone=True))
_last = bindparam("last_id", type_=UuidType())


def page(limit: int, skip: int, *, after: bool, to: bool) -> Query:
    """Up to `limit` + 1 rows of (item, created_at, id), newest first."""
    rows = select(_ITEM.label("item"), OutgoingMail.created_at, OutgoingMail.id)
    if to:
        rows = rows.where(OutgoingMail.recipient == bindparam("recipient"))
    if after:
        older = and_(OutgoingMail.created_at == _key, OutgoingMail.id < _last)
        rows = rows.where(or_(OutgoingMail.created_at < _key, older))
    newest = rows.order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
    return Query(newest.limit(literal_column(str(limit + 1))).offset(literal_column(str(skip))))


TO_ONE = Query(
    select(func.coalesce(func.json_agg(_ITEM), literal_column("'[]'::json"))).where(
        OutgoingMail.recipient == bindparam("recipient")
    )
)


class MailRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, mail: OutgoingMail) -> None:
        self._session.add(mail)

    async def delete_to(self, recipient: str) -> None:
        await self._session.execute(
            delete(OutgoingMail).where(OutgoingMail.recipient == recipient).execution_options(synchronize_session=False)
        )
