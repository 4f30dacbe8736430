"""The table of webhooks: where events are sent to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, func, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class WebhookEndpoint(Base):
    """`secret` and `former_secret` are sealed; the former one signs too until `former_until`.

    `failing_since` is the first failure since something last arrived.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes]
    former_secret: Mapped[bytes | None]
    former_until: Mapped[datetime | None]
    is_enabled: Mapped[bool] = mapped_column(server_default=true())
    disabled_because: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
