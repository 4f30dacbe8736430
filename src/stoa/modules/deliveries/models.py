"""The tables of deliveries: what leaves the site, to whom, and how every try went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, desc, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Index

from stoa.shared.database import Base
from stoa.shared.ids import new_id

OPEN = ("pending", "sending", "uncertain")
STATES = (*OPEN, "sent", "failed", "suppressed")


class Delivery(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"(state IN {OPEN}) = (next_at IS NOT NULL)", name="is_due"),
        Index("ix_deliveries_due", "channel", "next_at", postgresql_where=text("next_at IS NOT NULL")),
        Index("ix_deliveries_newest", "channel", desc("created_at"), desc("id")),
        Index("ix_deliveries_recipient", "recipient", desc("created_at"), desc("id")),
        Index(
            "ix_deliveries_notification_id", "notification_id", postgresql_where=text("notification_id IS NOT NULL")
        ),
        Index("ix_deliveries_user_id", "user_id", postgresql_where=text("user_id IS NOT NULL")),
        Index(
            "uq_deliveries_once", "source_id", "channel", "kind", "recipient",
            unique=True, postgresql_where=text("source_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str]
    kind: Mapped[str]
    recipient: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    notification_id: Mapped[UUID | None]
    source_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_secret: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str]
    reason: Mapped[str | None]
    reference: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    next_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class DeliveryTry(Base):
    __tablename__ = "delivery_tries"
    __table_args__ = (CheckConstraint("outcome IN ('sent', 'failed', 'uncertain', 'suppressed')", name="outcome"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    milliseconds: Mapped[int]
    outcome: Mapped[str]
    detail: Mapped[str] = mapped_column(server_default=text("''"))
