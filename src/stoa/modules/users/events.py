"""What happens to people."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class UserEvent(Event):
    about: ClassVar[str] = "user_id"

    user_id: UUID


class UserRegistered(UserEvent):
    """Somebody made an account; its address is not confirmed yet."""

    type: ClassVar[str] = "user.registered"


class UserVerified(UserEvent):
    """The address of an account was confirmed for the first time."""

    type: ClassVar[str] = "user.verified"


class UserRoleChanged(UserEvent):
    """An account has another role, and with it other permissions."""

    type: ClassVar[str] = "user.role_changed"

    role: str
    former_role: str
    by: UUID | None


class UserBanned(UserEvent):
    """An account may not be used, for good or for some time."""

    type: ClassVar[str] = "user.banned"

    by: UUID | None


class UserUnbanned(UserEvent):
    """An account may be used again."""

    type: ClassVar[str] = "user.unbanned"

    by: UUID | None
