"""The tables of imports: each run with a row for each of its items, and what is known of each item of a source."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, desc, false, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

JOB_STATUSES = ("waiting", "running", "finished", "stopped", "failed", "cancelled")
ITEM_STATUSES = ("imported", "updated", "skipped", "failed")
OUTCOMES = ("imported", "updated", "unchanged", "skipped", "failed")


class ImportJob(Base):
    """One run. `stopped`: it was ended before its last item; the next run goes on.

    `file` is where an uploaded source lies, inside the data folder, until the run is over.
    """

    __tablename__ = "import_jobs"
    __table_args__ = (
        CheckConstraint(f"status IN {JOB_STATUSES}", name="status"),
        Index("ix_import_jobs_source_started_at", "source", "started_at"),
        Index("ix_import_jobs_newest", desc("started_at"), desc("id")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="running")
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    title: Mapped[str] = mapped_column(server_default="")
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    file: Mapped[str | None]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    is_trial: Mapped[bool] = mapped_column(server_default=false())
    is_cancel_asked: Mapped[bool] = mapped_column(server_default=false())
    phase: Mapped[str] = mapped_column(server_default="")
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


class ImportRow(Base):
    """What one run did with one item: the report, row by row."""

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_import_rows_outcome", "job_id", "outcome", "number"),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("import_jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    key: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    title: Mapped[str] = mapped_column(server_default="")
    slug: Mapped[str] = mapped_column(server_default="")
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")


class ImportItem(Base):
    """The newest fate of an item. From `content_hash` on, what was so when its article was last written."""

    __tablename__ = "import_items"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        CheckConstraint(f"status IN {ITEM_STATUSES}", name="status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_jobs.id", ondelete="SET NULL"), index=True)
    source: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="article")
    key: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    content_hash: Mapped[str | None]
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"), index=True)
    article_version: Mapped[int | None]
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str | None]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
