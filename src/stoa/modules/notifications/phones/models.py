"""The table of telephone numbers: one for each person at most, and the code under way that confirms it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base


class PhoneNumber(Base):
    """Nothing is sent to a number without `confirmed_at`, except its code. Of the code only a keyed hash is kept."""

    __tablename__ = "phone_numbers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None]
    code_expires_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
