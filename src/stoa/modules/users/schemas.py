"""Users on the wire and between modules."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field


class PublicUser(BaseModel):
    """What everybody may know of a user."""

    username: str
    display_name: str
    bio: str
    avatar_url: str | None = Field(description="Address of the picture; null when there is none.")


@dataclass(frozen=True, slots=True)
class UserRef:
    """A user as other modules hold one."""

    id: UUID
    username: str
    display_name: str
