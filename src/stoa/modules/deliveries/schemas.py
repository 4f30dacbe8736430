"""Deliveries on the wire and between modules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from stoa.shared.pagination import PageQuery

MAIL = "mail"
State = Literal["pending", "sending", "sent", "failed", "uncertain", "suppressed"]


@dataclass(frozen=True, slots=True)
class Message:
    """What is to leave by one channel. `kind` names the occasion, such as `verify-email`.

    With a `source_id`, the id of the event that it follows from, it leaves once however often it is asked for. The
    words of what `is_secret`, because it holds a link that opens an account, are forgotten when it has left.
    """

    channel: str
    kind: str
    recipient: str
    content: Mapping[str, Any]
    user_id: UUID | None = None
    notification_id: UUID | None = None
    source_id: UUID | None = None
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """What is written to one person: plain text, and HTML where it is more than that text with links.

    `unsubscribe_url` takes a POST and ends mails of this kind at once (RFC 8058).
    """

    kind: str
    recipient: str
    subject: str
    text: str
    html: str | None = None
    unsubscribe_url: str | None = None
    is_secret: bool = False

    def message(
        self, *, user_id: UUID | None = None, notification_id: UUID | None = None, source_id: UUID | None = None
    ) -> Message:
        content = {"subject": self.subject, "text": self.text}
        more = {"html": self.html, "unsubscribe_url": self.unsubscribe_url}
        content |= {name: value for name, value in more.items() if value}
        return Message(
            MAIL, self.kind, self.recipient, content, user_id, notification_id, source_id, is_secret=self.is_secret
        )


class MailOut(BaseModel):
    id: UUID
    kind: str
    recipient: str
    subject: str
    text: str
    state: State
    reason: str | None = Field(description="Why it did not leave, or not yet.")
    tries: int
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class MailQuery(PageQuery):
    recipient: Annotated[str | None, Field(max_length=254, description="The address it was written to.")] = None


class DeliveryOut(BaseModel):
    """How far one delivery is, without its words."""

    id: UUID
    channel: str
    kind: str
    recipient: str
    state: State
    reason: str | None
    reference: str | None = Field(description="What the receiver answered.")
    tries: int
    next_at: AwareDatetime | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None
