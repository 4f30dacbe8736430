"""The table of what the guard found in articles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

OUTCOMES = ("fine", "unpublished", "changed")


class ArticleFinding(Base):
    """A published article that somebody should look at; an article has at most one that is open.

    `text_hash` is the SHA-256 of the judged text, so that what a person found fine is not asked about again.
    """

    __tablename__ = "article_findings"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed"),
        Index("uq_article_findings_open", "article_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_article_findings_article_id", "article_id", "text_hash"),
        Index("ix_article_findings_queue", "found_at", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_article_findings_closed_by", "closed_by"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    text_hash: Mapped[bytes] = mapped_column(LargeBinary)
    score: Mapped[float] = mapped_column(REAL)
    reason: Mapped[str]
    judgement: Mapped[dict[str, Any]] = mapped_column(JSONB)
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    outcome: Mapped[str | None]
