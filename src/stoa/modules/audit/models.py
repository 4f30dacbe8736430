"""The tables of the audit log. Nothing writes them but the database's own function `audit.append`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base

SCHEMA = "audit"
ACTOR_KINDS = ("cookie", "token", "key", "shell", "nobody")


class AuditEvent(Base):
    """One privileged act. Ids only, no names or addresses of mail: a person can be erased, the log stays."""

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("position > 0", name="position"),
        CheckConstraint("action ~ '^[a-z_]+([.][a-z_]+)+$' AND length(action) <= 100", name="action"),
        CheckConstraint(f"actor_kind IN {ACTOR_KINDS}", name="actor_kind"),
        CheckConstraint("length(subject_type) <= 100", name="subject_type"),
        CheckConstraint("length(subject_id) <= 200", name="subject_id"),
        CheckConstraint("length(address) <= 100", name="address"),
        CheckConstraint("length(request_id) <= 100", name="request_id"),
        CheckConstraint("octet_length(details::text) <= 16384", name="details"),
        UniqueConstraint("id", name="uq_events_id"),
        Index("ix_events_at", "at"),
        Index("ix_events_action_position", "action", "position", postgresql_ops={"action": "text_pattern_ops"}),
        Index("ix_events_actor_id_position", "actor_id", "position"),
        Index("ix_events_subject_position", "subject_type", "subject_id", "position"),
        {"schema": SCHEMA},
    )

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    at: Mapped[datetime]
    action: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """Where the chain ends, so that rows cut off its end are missed."""

    __tablename__ = "head"
    __table_args__ = (CheckConstraint("is_only", name="is_only"), {"schema": SCHEMA})

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=true())
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
