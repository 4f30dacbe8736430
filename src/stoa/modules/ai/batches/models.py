"""The tables of batches: what somebody has answered later, and one row for each item of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

CALLS = ("generate", "summarize", "classify", "moderate")
STATUSES = ("queued", "running", "done", "failed", "cancelled")
OPEN = "status IN ('queued', 'running')"


class AiBatch(Base):
    """`done`, `failed` and `cancelled` are how many of its `total` items ended so; then it is `finished_at`."""

    __tablename__ = "ai_batches"
    __table_args__ = (
        CheckConstraint("done + failed + cancelled <= total", name="counts"),
        Index("ix_ai_batches_newest", "user_id", desc("created_at"), desc("id")),
        Index("ix_ai_batches_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[UUID | None]
    total: Mapped[int] = mapped_column(SmallInteger)
    done: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    failed: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    cancelled: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cancelled_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class AiBatchItem(Base):
    """One call. `due_at` is when it may begin; of one that runs, when its worker is taken for dead.

    `claim_id` is new each time somebody begins it: who has another one writes nothing. Bodies and results are `json`,
    kept as they came.
    """

    __tablename__ = "ai_batch_items"
    __table_args__ = (
        CheckConstraint(f"call IN {CALLS}", name="call"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        Index("ix_ai_batch_items_open", "number", "batch_id", postgresql_where=text(OPEN)),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("ai_batches.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    name: Mapped[str | None]
    call: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(server_default="queued")
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    claim_id: Mapped[UUID | None]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ended_at: Mapped[datetime | None]
