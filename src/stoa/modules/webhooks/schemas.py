"""Webhooks on the wire."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.modules.deliveries.schemas import DeliveryOut
from stoa.shared.targets import LONGEST_URL
from stoa.shared.text import clean_line

ALL_EVENTS = "*"
MOST_TYPES = 100
_Url = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL, strip_whitespace=True)]
_Description = Annotated[str, StringConstraints(max_length=200), AfterValidator(clean_line)]
_Type = Annotated[str, StringConstraints(min_length=1, max_length=60)]
_Types = Annotated[list[_Type], Field(min_length=1, max_length=MOST_TYPES)]


class EndpointIn(BaseModel):
    """Where to send which events. The address must be public and https."""

    model_config = ConfigDict(extra="forbid")

    url: _Url
    description: _Description = ""
    event_types: Annotated[_Types, Field(description='Types of events, or `"*"` for all, also those to come.')]


class EndpointChange(BaseModel):
    """What to change; what is left out stays. Switching on forgets former failures."""

    model_config = ConfigDict(extra="forbid")

    url: _Url | None = None
    description: _Description | None = None
    event_types: _Types | None = None
    is_enabled: bool | None = None


class EndpointOut(BaseModel):
    id: UUID
    url: str
    description: str
    event_types: list[str]
    is_enabled: bool
    disabled_because: str | None = Field(description="Why it was switched off, if its answers were the reason.")
    failing_since: AwareDatetime | None = Field(description="The first failure since something last arrived.")
    former_until: AwareDatetime | None = Field(description="Until when the secret before this one signs too.")
    version: int
    created_by: UUID | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class EndpointWithSecret(EndpointOut):
    secret: str = Field(description="What signatures are checked with, `whsec_...`. It is shown this once.")


class EndpointList(BaseModel):
    items: list[EndpointOut]
    known_types: list[str] = Field(description="Every type of event there is.")


class DeliveryAsked(BaseModel):
    delivery_id: UUID


class WebhookTry(BaseModel):
    number: int
    at: AwareDatetime
    milliseconds: int
    outcome: str
    detail: str


class WebhookDelivery(DeliveryOut):
    """One delivery with what was sent and how each try went."""

    content: dict[str, Any]
    history: list[WebhookTry]
