"""What happens to credentials. Nothing here opens an account: links are made when the mail is written."""

from typing import ClassVar
from uuid import UUID

from stoa.modules.users.events import UserEvent


class RegistrationRepeated(UserEvent):
    """Somebody registered with the address of this account, which was there already."""

    type: ClassVar[str] = "registration.repeated"


class VerificationAsked(UserEvent):
    """A new link to confirm the address is wanted."""

    type: ClassVar[str] = "verification.asked"


class PasswordForgotten(UserEvent):
    """A link to set a new password is wanted."""

    type: ClassVar[str] = "password.forgotten"


class PasswordChanged(UserEvent):
    """A password was set anew; all other sessions and the API keys have ended."""

    type: ClassVar[str] = "password.changed"


class SignInSlowed(UserEvent):
    """Attempts to sign in failed so often that further ones have to wait."""

    type: ClassVar[str] = "sign_in.slowed"

    address: str | None


class SessionReused(UserEvent):
    """A spent refresh token came back; its family of tokens was ended."""

    type: ClassVar[str] = "session.reused"

    session_id: UUID


class UserSignedOut(UserEvent):
    """Those who manage people ended all sessions of an account."""

    type: ClassVar[str] = "user.signed_out"

    by: UUID | None


class ApiKeyCreated(UserEvent):
    """An account has a new API key."""

    type: ClassVar[str] = "api_key.created"

    key_id: UUID
    prefix: str
