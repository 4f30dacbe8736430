"""What can go wrong with signing in. Where an RFC names an error code, the problem document carries it as `error`."""

from stoa.shared.errors import Conflict, FieldFault, InvalidInput, NotFound, StoaError, TooManyRequests, Unauthenticated

SAME_FOR_ALL = "The address or username and the password do not belong together."


class OAuthError(StoaError):
    """RFC 6749, section 5.2."""

    status = 400
    title = "The token request was refused"

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(detail, extra={"error": error, "error_description": detail})
        self.error = error


class InvalidRequest(OAuthError):
    code = "invalid-request"

    def __init__(self, detail: str) -> None:
        super().__init__("invalid_request", detail)


class UnsupportedGrantType(OAuthError):
    code = "unsupported-grant-type"

    def __init__(self, given: str) -> None:
        super().__init__(
            "unsupported_grant_type", f"grant_type must be `password` or `refresh_token`, not '{given[:40]}'."
        )


class InvalidScope(OAuthError):
    code = "invalid-scope"

    def __init__(self) -> None:
        super().__init__("invalid_scope", "Access tokens have no scopes: leave `scope` out, or use an API key.")


class InvalidGrant(OAuthError):
    """Wrong password, unknown account, spent or foreign refresh token."""

    code = "invalid-grant"
    title = "That did not work"

    def __init__(self, detail: str = SAME_FOR_ALL) -> None:
        super().__init__("invalid_grant", detail)


class TryLater(TooManyRequests):
    def __init__(self, seconds: int) -> None:
        minutes = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60 + 1} minutes"
        detail = f"Too many attempts. Try again in {minutes}, or set a new password."
        super().__init__(detail, retry_after=seconds, extra={"error": "slow_down", "error_description": detail})


class InvalidToken(Unauthenticated):
    """RFC 6750, section 3.1."""

    code = "invalid-token"
    title = "The token is not valid"

    def __init__(self, detail: str = "The token is expired, revoked, or not one of ours. Sign in again.") -> None:
        super().__init__(detail, extra={"error": "invalid_token", "error_description": detail})


class LinkSpent(InvalidInput):
    status = 400
    code = "link-spent"
    title = "The link does not work any more"

    def __init__(self) -> None:
        super().__init__("The link was used already, is too old, or was cut short. Ask for a new one.")


class RegistrationClosed(StoaError):
    status = 403
    code = "registration-closed"
    title = "Nobody can register here"

    def __init__(self) -> None:
        super().__init__("This site takes no new accounts. Ask its owner.")


class WrongPassword(InvalidInput):
    title = "The password is wrong"

    def __init__(self, field: str = "body.password") -> None:
        message = "that is not your password"
        super().__init__("That is not your password.", faults=(FieldFault(field, message),))


class SessionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("You have no such session.")


class KeyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("You have no such API key.")


class RoleNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no role '{name}'. GET /api/v1/admin/roles lists those there are.")


class RoleInUse(Conflict):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The role '{name}' {why}.")
