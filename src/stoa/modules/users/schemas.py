"""Users on the wire and between modules."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from stoa.shared.pagination import PageQuery
from stoa.shared.text import Line, PersonName, clean_lines, clean_name

Tier = Literal["free", "pro"]
State = Literal["active", "banned", "unverified", "erased"]
LONGEST_EMAIL = 254
LONGEST_USERNAME = 40
USERNAME_PATTERN = r"^[a-z0-9](?:[a-z0-9]|[_-](?=[a-z0-9])){1,39}$"
# Names that an address of ours or a person's trust could be mistaken for.
RESERVED_USERNAMES = frozenset(
    [
        "account",
        "admin",
        "administrator",
        "anonymous",
        "api",
        "auth",
        "deleted",
        "everyone",
        "help",
        "info",
        "mail",
        "me",
        "moderator",
        "nobody",
        "null",
        "owner",
        "postmaster",
        "root",
        "security",
        "staff",
        "stoa",
        "support",
        "system",
        "team",
        "undefined",
        "user",
        "users",
        "webmaster",
        "www",
    ]
)
_URL = re.compile(r"https?://[^\s<>\"'\\]+\.[^\s<>\"'\\]+")


def clean_email(value: str) -> str:
    """An address as it is kept: checked for form, in lower case. Raises ValueError."""
    if len(value) > LONGEST_EMAIL:
        raise ValueError(f"must have at most {LONGEST_EMAIL} characters")
    try:
        found = validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise ValueError(f"is no e-mail address: {error}") from None
    return found.normalized.casefold()


def _username(value: str) -> str:
    name = value.strip().lower()
    if not re.fullmatch(USERNAME_PATTERN, name):
        raise ValueError("must be 2 to 40 letters a-z, digits, single - or _, and begin with a letter or digit")
    if name in RESERVED_USERNAMES:
        raise ValueError("is reserved; choose another")
    return name


def is_username(name: str) -> bool:
    """Whether an account may be called so."""
    return re.fullmatch(USERNAME_PATTERN, name) is not None and name not in RESERVED_USERNAMES


def _past(value: date) -> date:
    if not date(1900, 1, 1) <= value <= datetime.now(UTC).date():
        raise ValueError("must lie between 1900 and today")
    return value


def _address(value: str) -> str:
    if not _URL.fullmatch(value):
        raise ValueError("must be an address that begins with https:// or http://")
    return clean_name(value)


Email = Annotated[str, StringConstraints(min_length=3, max_length=LONGEST_EMAIL), AfterValidator(clean_email)]
UsernameIn = Annotated[str, StringConstraints(min_length=2, max_length=LONGEST_USERNAME), AfterValidator(_username)]
BirthDate = Annotated[date, AfterValidator(_past)]
WebAddress = Annotated[str, StringConstraints(max_length=300), AfterValidator(_address)]
Bio = Annotated[str, StringConstraints(max_length=500), AfterValidator(clean_lines)]


class PublicUser(BaseModel):
    """What everybody may know of a user."""

    username: str
    display_name: str
    bio: str
    avatar_url: str | None = Field(description="Address of the picture; null when there is none.")


class Profile(PublicUser):
    """The public profile."""

    website: str | None
    social_links: list[str]


class OwnUser(Profile):
    """What a person sees of themselves."""

    id: UUID
    email: str | None
    role: str
    tier: Tier
    is_verified: bool
    permissions: list[str]
    date_of_birth: date | None
    created_at: AwareDatetime


class ProfileIn(BaseModel):
    """The whole profile; what is left out is emptied, but for the name, which stays."""

    model_config = ConfigDict(extra="forbid")

    display_name: PersonName | None = None
    bio: Bio = ""
    website: WebAddress | None = None
    social_links: Annotated[list[WebAddress], Field(max_length=10)] = []
    date_of_birth: BirthDate | None = None


class UserRow(PublicUser):
    """A user as those see them who manage people."""

    id: UUID
    email: str | None
    role: str
    tier: Tier
    is_verified: bool
    is_active: bool
    banned_at: AwareDatetime | None
    banned_until: AwareDatetime | None
    ban_reason: str | None
    created_at: AwareDatetime
    last_seen_at: AwareDatetime | None


class UserQuery(PageQuery):
    search: Annotated[Line | None, Field(description="Part of the name, username or address.")] = None
    role: Annotated[str | None, Field(max_length=40, description="Name of a role.")] = None
    state: Annotated[State | None, Field(description="Only accounts in this state.")] = None


@dataclass(frozen=True, slots=True)
class UserRef:
    """A user as other modules hold one."""

    id: UUID
    username: str
    display_name: str


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be made; without a username one is made from the name or the address."""

    display_name: str | None
    email: str | None
    username: str | None = None
    date_of_birth: date | None = None
    role: str = "viewer"
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in must know of a user."""

    id: UUID
    username: str
    display_name: str
    email: str | None
    role: str
    is_active: bool
    is_verified: bool
    banned_at: datetime | None
    banned_until: datetime | None
    ban_reason: str | None

    def ban(self, now: datetime) -> str | None:
        """Why and until when the account may not be used; None when it may."""
        return ban_words(self.banned_at, self.banned_until, self.ban_reason, now)


def ban_words(at: datetime | None, until: datetime | None, reason: str | None, now: datetime) -> str | None:
    if at is None or (until is not None and until <= now):
        return None
    end = f" until {until:%d %B %Y, %H:%M} UTC" if until else ""
    return f"This account is banned{end}: {reason}"
