"""The tables of articles: the texts, what they were before, and the addresses that lead to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, desc, func, text, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

STATUSES = ("draft", "scheduled", "published", "archived")
VISIBILITIES = ("public", "members")
KINDS = ("article", "page")
ACTS = ("saved", "autosaved", "restored", "imported")
# Written out in queries too: the planner uses the partial indexes only when it sees the very same words.
PUBLIC = "status = 'published' AND visibility = 'public' AND deleted_at IS NULL"
LISTED = f"{PUBLIC} AND kind = 'article'"


class Article(Base):
    """`html`, `excerpt`, `toc` and `reading_minutes` are made from `body` when it is saved, never by hand.

    A `page` stands at an address of its own and in no list of articles. `reactions` counts them by kind.
    """

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        Index("ix_articles_newest", desc("published_at"), desc("id"), postgresql_where=text(LISTED)),
        Index("ix_articles_updated", desc("updated_at"), desc("id"), postgresql_where=text(LISTED)),
        Index("ix_articles_title", text("lower(title)"), "id", postgresql_where=text(LISTED)),
        Index(
            "ix_articles_author_newest", "author_id", desc("published_at"), desc("id"), postgresql_where=text(LISTED)
        ),
        Index("ix_articles_author_id", "author_id"),
        Index("ix_articles_pages", text("lower(title)"), "id", postgresql_where=text(f"{PUBLIC} AND kind = 'page'")),
        Index(
            "ix_articles_publish_at",
            "publish_at",
            postgresql_where=text("status = 'scheduled' AND deleted_at IS NULL"),
        ),
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
    kind: Mapped[str] = mapped_column(server_default="article")
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
    has_comments: Mapped[bool] = mapped_column(server_default=true())
    comment_count: Mapped[int] = mapped_column(server_default="0")
    reactions: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")


class ArticleRedirect(Base):
    """A path that once led to the article, such as `/articles/old-slug` or `/2019/05/hello.html`. It does for ever."""

    __tablename__ = "article_redirects"

    path: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)


class ArticleRevision(Base):
    """What an author had written once: everything of a save that is not made from it. `version` is the article's."""

    __tablename__ = "article_revisions"
    __table_args__ = (CheckConstraint(f"act IN {ACTS}", name="act"),)

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str]
    version: Mapped[int]
    slug: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    excerpt: Mapped[str]
    summary: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    cover_url: Mapped[str | None]
    cover_alt: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str]
    visibility: Mapped[str]
    canonical_url: Mapped[str | None]
    meta_title: Mapped[str | None]
    meta_description: Mapped[str | None]
    saved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PreviewLink(Base):
    """Lets whoever has the token read one article that is not out, until it expires."""

    __tablename__ = "preview_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
