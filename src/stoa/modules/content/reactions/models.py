"""The table of reactions. How many an article has stands in its own row, written in the same transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base

KINDS = ("like", "love", "clap", "insight")


class Reaction(Base):
    __tablename__ = "reactions"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"),)

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
