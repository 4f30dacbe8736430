"""The table of uploads: who brought which picture. The pictures themselves are in the media store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, desc, func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class Upload(Base):
    """`name` is what the file was called where it came from, `bytes` the size of the largest form that is kept."""

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("owner_id", "url", name="uq_uploads_owner_url"),
        Index("ix_uploads_newest", "owner_id", desc("created_at"), desc("id")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    url: Mapped[str]
    name: Mapped[str] = mapped_column(server_default="")
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
