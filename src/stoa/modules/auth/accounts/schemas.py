"""Accounts on the wire."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from stoa.modules.users.schemas import BirthDate, Email, UsernameIn
from stoa.shared.text import PersonName

# One more than is allowed, so that the rules of passwords say what is wrong.
Password = Annotated[
    SecretStr, Field(min_length=1, max_length=257, description="8 to 256 characters, not a common one.")
]
Link = Annotated[str, StringConstraints(min_length=10, max_length=200, strip_whitespace=True)]


class Accepted(BaseModel):
    detail: str


class Registration(BaseModel):
    """Somebody new."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    password: Password
    display_name: PersonName | None = None
    username: UsernameIn | None = None
    date_of_birth: BirthDate | None = None


class OwnerIn(BaseModel):
    """The first owner of the site, by the link that `stoa up` prints."""

    model_config = ConfigDict(extra="forbid")

    token: Link
    email: Email
    password: Password
    display_name: PersonName
    username: UsernameIn | None = None


class EmailIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: Email


class TokenIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Link


class PasswordReset(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Link
    password: Password


class PasswordChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    current_password: Password
    password: Password


class Erasure(BaseModel):
    """Erasing asks for the password again."""

    model_config = ConfigDict(extra="forbid")

    password: Password
