"""Mail by any SMTP server, each with text and HTML. Without a server mails wait to be read at /admin/mail."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Final
from urllib.parse import urlsplit

import aiosmtplib

from stoa.modules.deliveries.channels.channel import NotSetUp, Parcel, TryAgain, Undeliverable
from stoa.modules.deliveries.channels.mail_layout import MailLayout
from stoa.shared.settings import Settings

_MINUTE, _HOUR = 60.0, 3600.0
_NO_SERVER = "The site has no mail server. Those who run it can read this at /admin/mail."


class MailChannel:
    name: Final = "mail"
    waits: Final[Sequence[float]] = (
        5,
        30,
        2 * _MINUTE,
        10 * _MINUTE,
        _HOUR,
        3 * _HOUR,
        6 * _HOUR,
        12 * _HOUR,
        24 * _HOUR,
    )
    seconds: Final = 60.0
    can_repeat: Final = True
    senders: Final = 2

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.mail
        self._site = settings.site.site_name
        self._host = urlsplit(settings.server.public_url).hostname or "localhost"
        self._layout = MailLayout(self._site, settings.server.public_url.rstrip("/"), settings.site.accent)

    async def send(self, parcel: Parcel) -> str:
        """The server's answer to the message. Raises NotSetUp, TryAgain, Undeliverable."""
        if self._settings.smtp_host is None:
            raise NotSetUp(_NO_SERVER)
        with _faults():
            _, answer = await aiosmtplib.send(
                self.message(parcel), recipients=[parcel.recipient], sender=self._sender, **self._connection()
            )
        return answer

    async def greet(self) -> str:
        """Sign in and go again; what the server says. Raises TryAgain, Undeliverable."""
        with _faults():
            async with aiosmtplib.SMTP(**self._connection()) as server:
                return (await server.noop()).message
        raise AssertionError("unreachable: faults are raised")

    def message(self, parcel: Parcel) -> EmailMessage:
        """Two parts with the same words. The `Message-ID` is the parcel's: a repeat can be told from a second mail."""
        content = parcel.content
        message = EmailMessage()
        message["From"] = formataddr((self._site, self._sender))
        message["To"] = parcel.recipient
        message["Subject"] = " ".join(str(content["subject"]).split())
        message["Date"] = format_datetime(parcel.created_at)
        message["Message-ID"] = f"<{parcel.id}@{self._host}>"
        message["Auto-Submitted"] = "auto-generated"
        if unsubscribe_url := content.get("unsubscribe_url"):
            message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self._layout.text(content))
        message.add_alternative(self._layout.html(content), subtype="html")
        return message

    @property
    def _sender(self) -> str:
        return self._settings.mail_from or f"noreply@{self._host}"

    def _connection(self) -> dict[str, Any]:
        chosen = self._settings
        has_tls = chosen.smtp_security != "none"
        return {
            "hostname": chosen.smtp_host,
            "port": chosen.smtp_port,
            "username": chosen.smtp_username or None,
            "password": chosen.smtp_password.get_secret_value() if chosen.smtp_password else None,
            "use_tls": chosen.smtp_security == "tls",
            "start_tls": chosen.smtp_security == "starttls",
            "tls_context": ssl.create_default_context(cafile=chosen.smtp_ca_file) if has_tls else None,
            "timeout": self.seconds / 2,
        }


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        words = f"The mail server refuses the address: {refused.code} {refused.message}"
        raise _refused(refused.code, words) from None
    except aiosmtplib.SMTPAuthenticationError as error:
        raise TryAgain(f"The mail server refuses our user name or password: {error.code}") from None
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code, f"The mail server answered {error.code} {error.message}") from None
    except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as error:
        raise TryAgain(f"The mail server does not answer: {error}") from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise TryAgain(f"The connection to the mail server broke: {error}", is_uncertain=True) from None


def _refused(code: int, words: str) -> TryAgain | Undeliverable:
    """4xx passes, 5xx stays (RFC 5321, section 4.2.1)."""
    return Undeliverable(words) if code >= 500 else TryAgain(words)
