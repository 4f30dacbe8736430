"""The table of prompts: each version is a row and stays as it was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base


class AiTemplate(Base):
    """One version of a prompt of this site's own; version 1 of a name that comes with Stoa is in the code."""

    __tablename__ = "ai_templates"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(server_default="")
    instructions: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str]
    parameters: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
