"""The table of what people say of answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base


class AiFeedback(Base):
    """One person's word on one answer; `call_id` is that of the ledger."""

    __tablename__ = "ai_feedback"
    __table_args__ = (
        CheckConstraint("rating IN (-1, 1)", name="rating"),
        Index("ix_ai_feedback_user_id", "user_id"),
        Index("ix_ai_feedback_of_model", "feature", "provider", "model"),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    feature: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    rating: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
