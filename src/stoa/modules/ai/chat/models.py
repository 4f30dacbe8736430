"""The tables of chat: conversations, and every message that was ever said in them, one row each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, desc, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from stoa.shared.database import Base
from stoa.shared.ids import new_id

STATUSES = ("streaming", "complete", "stopped", "cut", "error")
ROLES = ("user", "assistant")
METHODS = ("model", "plain")
SOURCES = ("provider", "estimated", "cache", "none")
SEARCHED = "to_tsvector('stoa_simple', left(content, 60000))"
"""What of a message is searched: a tsvector holds 1 MB."""


class Conversation(Base):
    """`leaf_id` is the last message of the branch that is shown; an empty title is made from the first exchange."""

    __tablename__ = "chat_conversations"
    __table_args__ = (Index("ix_chat_conversations_newest", "user_id", desc("updated_at"), desc("id")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(server_default="")
    provider: Mapped[str | None]
    model: Mapped[str | None]
    system_prompt: Mapped[str] = mapped_column(server_default="")
    is_grounded: Mapped[bool] = mapped_column(server_default=false())
    includes_drafts: Mapped[bool] = mapped_column(server_default=false())
    leaf_id: Mapped[UUID | None]
    message_count: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    archived_at: Mapped[datetime | None]


class Message(Base):
    """A question or an answer. Its siblings have the same parent; an answer's id is that of its call in the ledger.

    `size` is the text in tokens; what the ledger counted stands in `input_tokens`, `output_tokens`, `cost_micros` and
    `source`. `alive_at` is moved on by whoever writes the answer. `citations` is NULL until the sources are known.
    """

    __tablename__ = "chat_messages"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint(f"method IN {METHODS}", name="method"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint("rating IN (-1, 1)", name="rating"),
        Index("ix_chat_messages_siblings", text("coalesce(parent_id, conversation_id)"), "id"),
        Index("ix_chat_messages_parent_id", "parent_id"),
        Index("ix_chat_messages_conversation_id", "conversation_id"),
        Index("ix_chat_messages_words", text(SEARCHED), postgresql_using="gin"),
        Index(
            "uq_chat_messages_streaming", "conversation_id", unique=True, postgresql_where=text("status = 'streaming'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("chat_conversations.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("chat_messages.id", ondelete="CASCADE"))
    role: Mapped[str]
    content: Mapped[str] = mapped_column(server_default="")
    size: Mapped[int] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(server_default="complete")
    error: Mapped[str | None]
    error_code: Mapped[str | None]
    method: Mapped[str | None]
    provider: Mapped[str | None]
    model: Mapped[str | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    source: Mapped[str | None]
    citations: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    is_stop_asked: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    alive_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
