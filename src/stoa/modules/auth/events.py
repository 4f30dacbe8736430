"""What happens to credentials."""

from typing import ClassVar
from uuid import UUID

from stoa.events.event import Event


class PasswordChanged(Event):
    """A password was set anew; all other sessions and the API keys have ended."""

    type: ClassVar[str] = "password.changed"
    about: ClassVar[str] = "user_id"

    user_id: UUID
