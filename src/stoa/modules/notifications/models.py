"""The tables of notifications: what each person was told, and how much of it is unread."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class Notification(Base):
    """`number` counts the notices of one person in the order of their commits: streams go on from there."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "source_id", "type", name="uq_notifications_once"),
        Index("uq_notifications_number", "user_id", "number", unique=True),
        Index(
            "ix_notifications_unread",
            "user_id",
            postgresql_where=text("is_shown AND read_at IS NULL AND archived_at IS NULL"),
        ),
        Index(
            "ix_notifications_group_key",
            "user_id",
            "group_key",
            postgresql_where=text("group_key IS NOT NULL AND read_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(BigInteger)
    category: Mapped[str]
    type: Mapped[str]
    title: Mapped[str]
    message: Mapped[str]
    url: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    group_key: Mapped[str | None]
    times: Mapped[int] = mapped_column(server_default=text("1"))
    source_id: Mapped[UUID]
    is_shown: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class NotificationCounter(Base):
    """One row for each person who was ever told something; whoever holds its lock gives the next number."""

    __tablename__ = "notification_counters"
    __table_args__ = (CheckConstraint("unread >= 0", name="unread"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    unread: Mapped[int] = mapped_column(server_default=text("0"))
