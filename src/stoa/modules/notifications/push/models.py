"""The tables of push: the browsers that take notices, and the one key pair that the site shows to push services."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func, true
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class PushSubscription(Base):
    """One browser of one person; it counts only while the session lives in which it was made."""

    __tablename__ = "push_subscriptions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[UUID | None]
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    device: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PushKey(Base):
    """At most one row. Browsers are bound to `public_key`; `private_key` is sealed by the keyring."""

    __tablename__ = "push_keys"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    public_key: Mapped[str]
    private_key: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
