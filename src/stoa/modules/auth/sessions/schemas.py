"""Sessions and tokens on the wire."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field


class TokenOut(BaseModel):
    """RFC 6749, section 5.1."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 # the RFC's word
    expires_in: int = Field(description="Seconds that the access token is valid.")


class SessionOut(BaseModel):
    """One place where somebody is signed in."""

    id: UUID
    kind: Literal["cookie", "token"] = Field(description="`cookie`: a browser; `token`: the API.")
    device: str
    address: str | None = Field(description="Network address at sign-in.")
    created_at: AwareDatetime
    last_used_at: AwareDatetime = Field(description="To the minute.")
    expires_at: AwareDatetime
    is_current: bool


class SessionList(BaseModel):
    items: list[SessionOut]


@dataclass(frozen=True, slots=True)
class CookieSession:
    """A new session of a browser; `secret` goes into the cookie and is kept nowhere."""

    id: UUID
    secret: str
    seconds: int
