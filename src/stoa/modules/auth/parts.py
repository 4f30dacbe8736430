"""What the use cases of accounts share in one process. Made once, in `main` or by a command."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request

from stoa.modules.auth.mails import AccountMails
from stoa.modules.auth.passwords import PasswordHasher
from stoa.modules.auth.roles.service import Matrix
from stoa.modules.auth.sessions.tokens import AccessTokens
from stoa.shared.database import Database
from stoa.shared.keyring import Keyring
from stoa.shared.personal_data import PersonalData
from stoa.shared.settings import Settings
from stoa.shared.throttle import Throttle


@dataclass(frozen=True, slots=True)
class AuthParts:
    database: Database
    throttle: Throttle
    hasher: PasswordHasher
    keyring: Keyring
    tokens: AccessTokens
    mails: AccountMails
    life: timedelta
    is_open: bool
    needs_verified: bool
    is_https: bool
    personal_data: Sequence[PersonalData] = ()
    matrix: Matrix = field(default_factory=Matrix)

    @property
    def cookie_name(self) -> str:
        """Browsers take `__Host-` cookies over https only, and then from this host alone."""
        return "__Host-stoa_session" if self.is_https else "stoa_session"


def make_parts(
    settings: Settings,
    database: Database,
    throttle: Throttle,
    keyring: Keyring,
    personal_data: Sequence[PersonalData] = (),
) -> AuthParts:
    chosen = settings.accounts
    url = settings.server.public_url.rstrip("/")
    return AuthParts(
        database=database,
        throttle=throttle,
        hasher=PasswordHasher(chosen.password_threads),
        keyring=keyring,
        tokens=AccessTokens(keyring, issuer=url, minutes=chosen.access_minutes),
        mails=AccountMails(settings.site.site_name, url),
        life=timedelta(days=chosen.session_days),
        is_open=chosen.registration == "open",
        needs_verified=chosen.sign_in_needs == "verified",
        is_https=url.startswith("https://"),
        personal_data=personal_data,
    )


def parts_of(request: Request) -> AuthParts:
    parts: AuthParts = request.app.state.auth
    return parts
