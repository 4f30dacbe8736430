"""The reading SQL of telephone numbers."""

from sqlalchemy import Uuid as UuidType
from sqlalchemy import bindparam, case, func, select

from stoa.modules.notifications.phones.models import PhoneNumber
from stoa.shared.queries import Query, json_object

_is_open = PhoneNumber.code_expires_at > func.clock_timestamp()
OF_USER = Query(
    select(
        json_object(
            number=PhoneNumber.number.expression,
            confirmed_at=PhoneNumber.confirmed_at.expression,
            code_expires_at=case((_is_open, PhoneNumber.code_expires_at)),
        )
    ).where(PhoneNumber.user_id == bindparam("user_id", type_=UuidType()))
)
