"""The tables of the ledger: calls, what each account has spent and reserved, sums by day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, desc, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base

STATUSES = ("open", "complete", "stopped", "cut", "error", "lost")
SOURCES = ("provider", "estimated", "cache", "none")


class AiAccount(Base):
    """What one scope has spent in one period, and what calls that still run may spend; micro-dollars."""

    __tablename__ = "ai_accounts"
    __table_args__ = (
        UniqueConstraint("scope", "period", "begins", name="uq_ai_accounts_scope_period_begins"),
        CheckConstraint("reserved_micros >= 0", name="reserved_micros"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    scope: Mapped[str]
    period: Mapped[str]
    begins: Mapped[date]
    spent_micros: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved_micros: Mapped[int] = mapped_column(BigInteger, server_default="0")


class AiCall(Base):
    """One call, from its reservation to its settlement. While it is open `output_tokens` is what was seen so far.

    Prices are micro-dollars for a million tokens, NULL where nobody knows them. `accounts` holds the reservation.
    """

    __tablename__ = "ai_calls"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        Index("ix_ai_calls_user_newest", "user_id", desc("created_at"), desc("id")),
        Index("ix_ai_calls_newest", desc("created_at"), desc("id")),
        Index("ix_ai_calls_open", "alive_at", postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    api_key_id: Mapped[UUID | None]
    feature: Mapped[str]
    asked_model: Mapped[str]
    provider: Mapped[str | None]
    model: Mapped[str | None]
    is_stream: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[str] = mapped_column(server_default="open")
    source: Mapped[str | None]
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    cached_input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    input_price: Mapped[int | None] = mapped_column(BigInteger)
    cached_input_price: Mapped[int | None] = mapped_column(BigInteger)
    output_price: Mapped[int | None] = mapped_column(BigInteger)
    cost_micros: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved_micros: Mapped[int] = mapped_column(BigInteger, server_default="0")
    accounts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    attempts: Mapped[int] = mapped_column(server_default="0")
    first_token_ms: Mapped[int | None]
    total_ms: Mapped[int | None]
    fault: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    alive_at: Mapped[datetime] = mapped_column(server_default=func.now())
    settled_at: Mapped[datetime | None]


class AiUsageDay(Base):
    """Sums of settled calls, for pages. `user_id` is the nil UUID for visitors and for people who are gone."""

    __tablename__ = "ai_usage_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    feature: Mapped[str] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")
    fallbacks: Mapped[int] = mapped_column(server_default="0")
    unpriced: Mapped[int] = mapped_column(server_default="0")
    input_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cached_input_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    output_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cost_micros: Mapped[int] = mapped_column(BigInteger, server_default="0")
    total_ms: Mapped[int] = mapped_column(BigInteger, server_default="0")
