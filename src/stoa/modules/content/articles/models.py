"""The tables of articles: the texts themselves and the addresses that lead to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, desc, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

STATUSES = ("draft", "scheduled", "published", "archived")
VISIBILITIES = ("public", "members")
# Written out in queries too: the planner uses the partial indexes only when it sees the very same words.
PUBLIC = "status = 'published' AND visibility = 'public' AND deleted_at IS NULL"


class Article(Base):
    """`html`, `excerpt`, `toc` and `reading_minutes` are made from `body` when it is saved, never by hand."""

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        Index("ix_articles_newest", desc("published_at"), desc("id"), postgresql_where=text(PUBLIC)),
        Index("ix_articles_updated", desc("updated_at"), desc("id"), postgresql_where=text(PUBLIC)),
        Index("ix_articles_title", text("lower(title)"), "id", postgresql_where=text(PUBLIC)),
        Index(
            "ix_articles_author_newest", "author_id", desc("published_at"), desc("id"), postgresql_where=text(PUBLIC)
        ),
        Index("ix_articles_author_id", "author_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    title: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    excerpt: Mapped[str] = mapped_column(server_default="")
    summary: Mapped[str | None]
    cover_url: Mapped[str | None]
    cover_alt: Mapped[str] = mapped_column(server_default="")
    toc: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(server_default="draft")
    visibility: Mapped[str] = mapped_column(server_default="public")
    language: Mapped[str] = mapped_column(server_default="en")
    canonical_url: Mapped[str | None]
    meta_title: Mapped[str | None]
    meta_description: Mapped[str | None]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]
    reading_minutes: Mapped[int] = mapped_column(server_default="1")
    comment_count: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")


class ArticleRedirect(Base):
    """A path that once led to the article, such as `/articles/old-slug` or `/2019/05/hello.html`. It does for ever."""

    __tablename__ = "article_redirects"

    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
