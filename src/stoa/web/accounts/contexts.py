"""What each page of accounts is given. A stranger's form carries `csrf_token`; others take the visitor's."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from stoa.web.ai.examples import GatewayGuide
from stoa.web.contexts import AuthorRef, PageMeta, Pager
from stoa.web.forms import FormState


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """For a new account; where nobody may register it says so."""

    meta: PageMeta
    csrf_token: str
    form: FormState
    is_open: bool


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Address or username, and password; `next` is where to go then.

    `needs_verified`: only those come in who have confirmed their address, so a refusal offers the link anew.
    """

    meta: PageMeta
    csrf_token: str
    form: FormState
    next: str
    done: str | None
    is_open: bool
    needs_verified: bool


@dataclass(frozen=True, slots=True)
class MailSentPage:
    """A link is on its way, or so it says to everybody; with a form to ask for it again at `action`."""

    meta: PageMeta
    csrf_token: str
    form: FormState
    title: str
    lead: str
    action: str
    submit: str
    is_sent: bool


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """One button that confirms an address: opening the link must not, since mail programs open links."""

    meta: PageMeta
    csrf_token: str
    form: FormState
    token: str


@dataclass(frozen=True, slots=True)
class ResetPage:
    """A new password, by the link of a mail."""

    meta: PageMeta
    csrf_token: str
    form: FormState
    token: str


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The first owner's account, by the link that starting the site printed."""

    meta: PageMeta
    csrf_token: str
    form: FormState
    token: str
    is_valid: bool


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """What readers see of a person, and the date of birth, which they do not."""

    meta: PageMeta
    form: FormState
    done: str | None
    person: AuthorRef
    email: str | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """A new password by somebody who knows the old one."""

    meta: PageMeta
    form: FormState
    done: str | None
    username: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where somebody is signed in."""

    id: str
    device: str
    address: str | None
    kind: str
    created_at: datetime
    last_used_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Where somebody is signed in, this place first."""

    meta: PageMeta
    done: str | None
    sessions: tuple[SignedIn, ...]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One API key, without its secret."""

    id: str
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission that a key may be given."""

    name: str
    description: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ApiKeysPage:
    """API keys, and the form for a new one; `new_key` is shown this once. `guide` is for those who may use models."""

    meta: PageMeta
    form: FormState
    done: str | None
    keys: tuple[KeyRow, ...]
    scopes: tuple[Scope, ...]
    lives: tuple[tuple[str, str], ...]
    new_key: str | None = None
    guide: GatewayGuide | None = None


@dataclass(frozen=True, slots=True)
class DataPage:
    """Taking one's data along, and the way to leave."""

    meta: PageMeta


@dataclass(frozen=True, slots=True)
class ErasePage:
    """Asks before an account is erased."""

    meta: PageMeta
    form: FormState
    username: str


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """Asks before something is ended."""

    meta: PageMeta
    title: str
    text: str
    action: str
    submit: str
    back: str


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail that the site wrote; in `text` its links can be followed. How far it is, `state` says in a word."""

    id: str
    subject: str
    recipient: str
    text: Markup
    created_at: datetime
    state: str
    kind: str
    reason: str
    tries: int
    ended_at: datetime | None
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class MailsPage:
    """The mails that the site wrote, newest first; `recipient` is the address they are limited to.

    `server` is the one they leave through; without one they stay here.
    """

    meta: PageMeta
    done: str | None
    server: str | None
    mails: tuple[MailRow, ...]
    recipient: str
    pager: Pager
