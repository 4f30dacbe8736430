"""The tables of what is set up: providers and their keys, routes, prices, tiers, budgets."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Text, func, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id


class AiProvider(Base):
    """`kind` is a name of the registry; without `models` the provider is asked for any."""

    __tablename__ = "ai_providers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    base_url: Mapped[str | None]
    models: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    is_enabled: Mapped[bool] = mapped_column(server_default=true())
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class AiProviderKey(Base):
    """`secret` is sealed, `ending` its last four characters, to tell keys apart."""

    __tablename__ = "ai_provider_keys"
    __table_args__ = (CheckConstraint("weight BETWEEN 1 AND 100", name="weight"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("ai_providers.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(server_default="")
    secret: Mapped[bytes]
    ending: Mapped[str]
    weight: Mapped[int] = mapped_column(server_default="1")
    is_enabled: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AiRoute(Base):
    """One place in the order of providers that a task goes through."""

    __tablename__ = "ai_routes"

    task: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    model: Mapped[str]


class AiPrice(Base):
    """What the owner says a model costs, in micro-dollars for a million tokens."""

    __tablename__ = "ai_prices"
    __table_args__ = (
        CheckConstraint("input >= 0", name="input"),
        CheckConstraint("cached_input >= 0", name="cached_input"),
        CheckConstraint("output >= 0", name="output"),
    )

    provider: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    input: Mapped[int] = mapped_column(BigInteger)
    cached_input: Mapped[int] = mapped_column(BigInteger)
    output: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class AiTier(Base):
    """How much at once: of a user's own tier and those of the role, the one with the highest rank counts."""

    __tablename__ = "ai_tiers"

    name: Mapped[str] = mapped_column(primary_key=True)
    rank: Mapped[int]
    requests_per_minute: Mapped[int]
    tokens_per_minute: Mapped[int]
    streams: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")


class AiBudget(Base):
    """How much money. `scope` is `site`, `tier:<name>` for all of a tier together, `each:<name>` for each of a tier, or
    `user:<id>` for one person, in place of what each of the tier has.
    """

    __tablename__ = "ai_budgets"
    __table_args__ = (
        CheckConstraint("period IN ('day', 'month')", name="period"),
        CheckConstraint("limit_micros >= 0", name="limit_micros"),
    )

    scope: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    limit_micros: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
