"""The table of comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, desc, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

STATUSES = ("visible", "held", "rejected")


class Comment(Base):
    """Written by an account, or (imported) by a guest. `html` is made from `body` when it is saved.

    `root_id` is the first comment of its thread, `parent_id` the one it answers; both are empty for a first one.
    `reason`, `score` and `terms` say why it is held; `judgement` what the background guard found: kinds, and terms with
    their places in `body`. Empty, no guard held it. A deleted one stays as a gap while it has answers.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("num_nonnulls(author_id, guest_name) = 1", name="written_by"),
        CheckConstraint("(root_id IS NULL) = (parent_id IS NULL)", name="thread"),
        Index("ix_comments_first", "article_id", "created_at", "id", postgresql_where=text("root_id IS NULL")),
        Index("ix_comments_root_id", "root_id", "created_at", "id", postgresql_where=text("root_id IS NOT NULL")),
        Index("ix_comments_article_id", "article_id", "status"),
        Index(
            "ix_comments_queue",
            "status",
            desc("created_at"),
            desc("id"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_comments_author_id", "author_id", desc("created_at")),
        Index("ix_comments_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    root_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    depth: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    guest_name: Mapped[str | None]
    guest_url: Mapped[str | None]
    body: Mapped[str]
    html: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="visible")
    reason: Mapped[str | None]
    score: Mapped[float | None] = mapped_column(REAL)
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    judgement: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    edited_at: Mapped[datetime | None]
    moderated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    moderated_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    deleted_at: Mapped[datetime | None]
