"""The tables of what proves who somebody is: password hashes and one-time tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base

TOKEN_KINDS = ("verify", "reset", "owner")


class Credential(Base):
    """The password of a user, as argon2id hash. Users without one cannot sign in."""

    __tablename__ = "credentials"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OneTimeToken(Base):
    """A link in a mail: confirms the address it was sent to, sets a new password, or makes the first owner."""

    __tablename__ = "one_time_tokens"
    __table_args__ = (
        CheckConstraint(f"kind IN {TOKEN_KINDS}", name="kind"),
        CheckConstraint("(kind = 'owner') = (user_id IS NULL)", name="user"),
        Index("ix_one_time_tokens_expires_at", "expires_at"),
    )

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    email: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
