"""The table of words that those who run the site chose instead of the built-in ones."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base


class NotificationTemplate(Base):
    __tablename__ = "notification_templates"

    type: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    short: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
