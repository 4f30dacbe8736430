"""The tables of imports: each run, and what became of each item of a source."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

JOB_STATUSES = ("running", "finished", "stopped")
ITEM_STATUSES = ("imported", "updated", "skipped", "failed")


class ImportJob(Base):
    """One run. `stopped`: it was ended before its last item; the next run goes on."""

    __tablename__ = "import_jobs"
    __table_args__ = (
        CheckConstraint(f"status IN {JOB_STATUSES}", name="status"),
        Index("ix_import_jobs_source_started_at", "source", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="running")
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")


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
    key: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    content_hash: Mapped[str | None]
    article_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"), index=True)
    article_version: Mapped[int | None]
    slug: Mapped[str | None]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
