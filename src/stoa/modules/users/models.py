"""The `users` table. Other modules never import it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, desc, false, func, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

TIERS = ("free", "pro")


class User(Base):
    """Account and public profile (bio, website, social links, avatar) in one row: lists show the profile's face.

    Banned from `banned_at` until `banned_until`, or for good. An erased account keeps its row without what was
    personal, so that what refers to it stays whole.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("username = lower(username)", name="username_lower"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(f"tier IN {TIERS}", name="tier"),
        CheckConstraint("(banned_at IS NULL) = (ban_reason IS NULL)", name="ban"),
        Index("ix_users_newest", desc("created_at"), desc("id")),
        Index("ix_users_role", "role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(ForeignKey("roles.name"), server_default="viewer")
    tier: Mapped[str] = mapped_column(server_default="free")
    date_of_birth: Mapped[date | None]
    bio: Mapped[str] = mapped_column(server_default="")
    website: Mapped[str | None]
    social_links: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    avatar_url: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=true())
    is_verified: Mapped[bool] = mapped_column(server_default=false())
    banned_at: Mapped[datetime | None]
    banned_until: Mapped[datetime | None]
    ban_reason: Mapped[str | None]
    banned_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    last_seen_at: Mapped[datetime | None]
