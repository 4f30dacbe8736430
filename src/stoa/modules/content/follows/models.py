"""The table of who follows whom or what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class Follow(Base):
    """A reader follows an author or a tag: exactly one of the two is set."""

    __tablename__ = "follows"
    __table_args__ = (
        CheckConstraint("num_nonnulls(author_id, tag_id) = 1", name="one_thing"),
        UniqueConstraint("follower_id", "author_id", name="uq_follows_author"),
        UniqueConstraint("follower_id", "tag_id", name="uq_follows_tag"),
        Index("ix_follows_author_id", "author_id", "follower_id", postgresql_where=text("author_id IS NOT NULL")),
        Index("ix_follows_tag_id", "tag_id", "follower_id", postgresql_where=text("tag_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    follower_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    tag_id: Mapped[UUID | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
