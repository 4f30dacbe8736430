"""The tables of the event engine and of the task queue. Their SQL is in `repository.py` and `queries.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, desc, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

TASK_STATES = ("waiting", "running", "done", "failed", "cancelled")


class LoggedEvent(Base):
    """Outbox and durable record in one. `relays` counts how often it went to its stream."""

    __tablename__ = "event_log"
    __table_args__ = (
        Index("ix_event_log_unrelayed", "id", postgresql_where=text("relayed_at IS NULL")),
        Index("ix_event_log_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    schema_version: Mapped[int] = mapped_column(SmallInteger)
    aggregate: Mapped[str]
    aggregate_version: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    trace: Mapped[str | None]
    at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]
    relays: Mapped[int] = mapped_column(server_default="0")


class HandledEvent(Base):
    """A row here means: this handler's effect of this event is in the database. Written with the effect itself."""

    __tablename__ = "event_inbox"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class EventRetry(Base):
    """To be tried again. `failures`: how often the handler raised; `starts`: begun since we last heard of an end."""

    __tablename__ = "event_retry"
    __table_args__ = (Index("ix_event_retry_due_at", "due_at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    starts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeadEvent(Base):
    """Given up, with what is needed to understand why and to replay it."""

    __tablename__ = "event_dead"
    __table_args__ = (Index("ix_event_dead_newest", desc("at"), desc("event_id"), desc("handler")),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    handler: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    failures: Mapped[int]
    error: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class KnownHandler(Base):
    """Since when a handler is expected to hear events: a new one is not sent the past."""

    __tablename__ = "event_handlers"

    handler: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class SweepMark(Base):
    """Every event recorded before `swept_to` was handled or given up: the sweeper looks no further back."""

    __tablename__ = "event_sweep"
    __table_args__ = (CheckConstraint("is_only", name="is_only"),)

    is_only: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    swept_to: Mapped[datetime]


class QueuedTask(Base):
    """Work to be done. Whoever runs it renews `leased_until`; `attempt` tells a late worker that it was replaced."""

    __tablename__ = "queued_tasks"
    __table_args__ = (
        CheckConstraint(f"state IN {TASK_STATES}", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index(
            "ix_queued_tasks_next", desc("priority"), "run_at", "id",
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_queued_tasks_asked_by", "asked_by"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    asked_by: Mapped[UUID | None]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempt: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")
    starts: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None]
    is_cancel_asked: Mapped[bool] = mapped_column(server_default=false())
    progress: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    note: Mapped[str] = mapped_column(server_default="")
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
