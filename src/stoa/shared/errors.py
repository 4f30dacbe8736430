"""Every fault that Stoa tells a caller about. Nothing here knows HTTP pages, problem documents or exit codes.

StoaError
├── InvalidInput        what was sent cannot be read or is out of bounds (422)
│   └── MalformedInput  it cannot even be parsed: a broken cursor, a NUL, bad JSON (400)
├── Unauthenticated     nobody is signed in, and somebody must be (401)
├── PermissionDenied    signed in, and not allowed (403)
├── NotFound            it is not there, or not for this caller's eyes (404)
│   └── Moved           it lives at another address now (301)
├── Conflict            it is there already, or was changed in between (409)
├── Stale               it was changed since it was read (412)
├── VersionNeeded       saving must say which version was read (428)
├── TooManyRequests     too often; `retry_after` says when to try again (429)
├── TooLarge            more bytes than the limit (413)
├── TooSlow             more work than the time limit allows (422)
└── Unavailable         a part we need does not answer now; trying again may help (503)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One refused field: where it stands (`query.limit`, `body.name`) and what would be right."""

    field: str
    message: str


class StoaError(Exception):
    """A fault with a sentence for the person who caused it or can mend it.

    `extra` holds further members of the problem document, such as the error code that an RFC names.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self, detail: str, *, faults: tuple[FieldFault, ...] = (), extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.extra: Mapping[str, Any] = extra or {}


class InvalidInput(StoaError):
    status = 422
    code = "invalid-input"
    title = "The request is not valid"


class MalformedInput(InvalidInput):
    status = 400
    code = "malformed-input"
    title = "The request cannot be read"


class Unauthenticated(StoaError):
    status = 401
    code = "unauthenticated"
    title = "Sign in first"


class PermissionDenied(StoaError):
    status = 403
    code = "permission-denied"
    title = "Not allowed"


class NotFound(StoaError):
    status = 404
    code = "not-found"
    title = "Not found"


class Moved(NotFound):
    """The thing asked for has another name now; `slug` is the new one."""

    status = 301
    code = "moved"
    title = "Moved"

    def __init__(self, slug: str) -> None:
        super().__init__(f"It is called '{slug}' now.")
        self.slug = slug


class Conflict(StoaError):
    status = 409
    code = "conflict"
    title = "Conflict"


class Stale(StoaError):
    status = 412
    code = "stale"
    title = "It was changed in between"


class VersionNeeded(StoaError):
    status = 428
    code = "version-needed"
    title = "Say which version you read"


class TooManyRequests(StoaError):
    status = 429
    code = "too-many-requests"
    title = "Too often"

    def __init__(
        self,
        detail: str,
        *,
        retry_after: int,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`retry_after` is in seconds; `headers` say what is left, as answers do."""
        super().__init__(detail, extra=extra)
        self.retry_after = retry_after
        self.headers = {**(headers or {}), "retry-after": str(retry_after)}


class TooLarge(StoaError):
    status = 413
    code = "too-large"
    title = "Too large"


class TooSlow(StoaError):
    status = 422
    code = "too-slow"
    title = "Takes too long"


class Unavailable(StoaError):
    status = 503
    code = "unavailable"
    title = "Not available right now"
