"""API keys on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.shared.clock import Moment
from stoa.shared.text import ShortLine

Scope = Annotated[str, StringConstraints(min_length=3, max_length=60)]


class ApiKeyIn(BaseModel):
    """A new key. It may do what its scopes and the permissions of its owner both allow, never more."""

    model_config = ConfigDict(extra="forbid")

    name: ShortLine
    scopes: Annotated[list[Scope], Field(max_length=200, description="Permissions of yours that the key may use.")] = []
    expires_at: Annotated[Moment | None, Field(description="Null: it does not expire.")] = None


class ApiKeyOut(BaseModel):
    id: UUID
    name: str
    prefix: str = Field(description="How the key begins.")
    scopes: list[str]
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None = Field(description="To the minute.")


class NewApiKey(ApiKeyOut):
    key: str = Field(description="The key itself. It is shown this once and kept nowhere.")


class ApiKeyList(BaseModel):
    items: list[ApiKeyOut]
