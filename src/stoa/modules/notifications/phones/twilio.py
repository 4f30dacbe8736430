"""SMS by Twilio's API, or any that speaks it. The address is the operator's own, so it may be anywhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from stoa.modules.deliveries.channels.channel import CannotDeliver, NotSetUp, TryAgain, Undeliverable
from stoa.modules.notifications.phones.provider import last_digits
from stoa.shared.retry_after import retry_after
from stoa.shared.settings_parts import NoticeSettings

SECONDS: Final = 10.0
_MOST_BYTES: Final = 65_536
_LONGEST_WAIT: Final = 3600.0
_NEVER: Final[Mapping[int, str]] = {
    21211: "There is no such number",
    21610: "Whoever has that number wants no SMS from us",
    21614: "That number cannot take SMS",
}
"""Twilio's error codes that no further try changes."""
_MISSING: Final = "The SMS provider needs STOA_SMS_ACCOUNT, STOA_SMS_TOKEN and STOA_SMS_FROM."
_MAYBE: Final = (
    "The provider was asked, but its answer never came ({why}). The SMS may have arrived all the same, so it is not "
    "sent again."
)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Mapping[str, Any]
    wait: float


class Twilio:
    """Cannot drop repeats: what may have been taken is not sent a second time."""

    def __init__(self, settings: NoticeSettings, seconds: float = SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        account = settings.sms_account
        self._url = f"{settings.sms_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"

    async def send(self, number: str, text: str) -> str:
        """Twilio's `sid`. Raises NotSetUp, TryAgain, Undeliverable."""
        chosen = self._settings
        if not (chosen.sms_account and chosen.sms_token and chosen.sms_from):
            raise NotSetUp(_MISSING)
        form = {"From": chosen.sms_from, "To": number, "Body": text}
        auth = httpx.BasicAuth(chosen.sms_account, chosen.sms_token.get_secret_value())
        try:
            answer = await _ask(self._url, auth, form, self._seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise TryAgain(f"The SMS provider does not answer: {type(error).__name__}.") from None
        except (httpx.HTTPError, TimeoutError) as error:
            raise TryAgain(_MAYBE.format(why=type(error).__name__), is_uncertain=True) from None
        if 200 <= answer.status < 300:
            return str(answer.body.get("sid") or "accepted, without an id")[:100]
        raise _fault(answer, number)


async def _ask(url: str, auth: httpx.Auth, form: Mapping[str, str], seconds: float) -> _Answer:
    """Neither redirects nor proxies of the environment: the secret goes to the address that was set, or nowhere."""
    timeout = httpx.Timeout(seconds, connect=seconds / 2)
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client:
        request = client.build_request("POST", url, data=dict(form), headers={"accept-encoding": "identity"})
        async with asyncio.timeout(seconds):
            response = await client.send(request, auth=auth, stream=True)
        try:
            body = await _read(response, seconds / 2)
        finally:
            await response.aclose()
    return _Answer(response.status_code, body, retry_after(response.headers, most=_LONGEST_WAIT))


async def _read(response: httpx.Response, seconds: float) -> Mapping[str, Any]:
    """The answer's JSON; empty for anything else. The status has come: nothing that follows can change it."""
    body = b""
    try:
        async with asyncio.timeout(seconds):
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return {}
        found = orjson.loads(body)
    except (httpx.HTTPError, TimeoutError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _fault(answer: _Answer, number: str) -> CannotDeliver:
    code, status = answer.body.get("code"), answer.status
    words = " ".join(str(answer.body.get("message") or "no reason given").split())[:200]
    words = words.replace(number, last_digits(number))  # reasons stand in the log, numbers do not
    if isinstance(code, int) and code in _NEVER:
        return Undeliverable(f"{_NEVER[code]} ({code}).")
    if status in {401, 403}:
        return TryAgain(f"The SMS provider refuses our account or its token ({status}).")
    if status == 429 or status >= 500:
        return TryAgain(f"The SMS provider answered {status}: {words}", wait=answer.wait)
    if 300 <= status < 400:
        return Undeliverable(f"The SMS provider answered {status}; redirects are not followed. See STOA_SMS_URL.")
    return Undeliverable(f"The SMS provider refuses it ({status}, code {code}): {words}")
