"""What happens to people."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class UserRegistered(Event):
    """Somebody made an account; its address is not confirmed yet."""

    type: ClassVar[str] = "user.registered"
    about: ClassVar[str] = "user_id"

    user_id: UUID


class UserVerified(Event):
    """The address of an account was confirmed for the first time."""

    type: ClassVar[str] = "user.verified"
    about: ClassVar[str] = "user_id"

    user_id: UUID


class UserBanned(Event):
    """An account may not be used, for good or for some time."""

    type: ClassVar[str] = "user.banned"
    about: ClassVar[str] = "user_id"

    user_id: UUID
    by: UUID | None
