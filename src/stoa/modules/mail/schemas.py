"""Mails on the wire and between modules."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from stoa.shared.pagination import PageQuery


@dataclass(frozen=True, slots=True)
class Mail:
    """What is written to one person. `kind` names the occasion, such as `verify-email`."""

    kind: str
    recipient: str
    subject: str
    text: str


class MailOut(BaseModel):
    id: UUID
    kind: str
    recipient: str
    subject: str
    text: str
    created_at: AwareDatetime


class MailQuery(PageQuery):
    recipient: Annotated[str | None, Field(max_length=254, description="The address it was written to.")] = None
