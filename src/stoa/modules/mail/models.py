"""The table of mails: what the site wrote to whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import desc, func
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Index

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class OutgoingMail(Base):
    __tablename__ = "outgoing_mails"
    __table_args__ = (Index("ix_outgoing_mails_newest", desc("created_at"), desc("id")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
