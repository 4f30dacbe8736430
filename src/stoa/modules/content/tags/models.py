"""The tables of tags: the tags, their former slugs, and which article carries which tag."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, desc, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class Tag(Base):
    """`article_count` counts public articles and is kept right by whoever changes links, in the same transaction."""

    __tablename__ = "tags"
    __table_args__ = (
        CheckConstraint("article_count >= 0", name="article_count_not_negative"),
        Index("uq_tags_slug_living", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_tags_name_living", text("lower(name)"), "slug", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_tags_count_living", desc("article_count"), "slug", postgresql_where=text("deleted_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str]
    name: Mapped[str]
    article_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    deleted_at: Mapped[datetime | None]


class TagRedirect(Base):
    """A slug that a tag had once; it leads to the tag for ever."""

    __tablename__ = "tag_redirects"

    slug: Mapped[str] = mapped_column(primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)


class ArticleTag(Base):
    """A link. It repeats `is_public` and `published_at` of the article: a tag's newest are one index walk."""

    __tablename__ = "article_tags"
    __table_args__ = (
        Index(
            "ix_article_tags_newest",
            "tag_id",
            desc("published_at"),
            desc("article_id"),
            postgresql_where=text("is_public"),
        ),
        Index("ix_article_tags_tag_id", "tag_id"),
    )

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    is_public: Mapped[bool] = mapped_column(server_default=false())
    published_at: Mapped[datetime | None]
