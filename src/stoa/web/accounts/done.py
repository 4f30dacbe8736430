"""What a page says after a form, by the code in its address: never words that somebody could put there."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

_DONE: Final[Mapping[str, str]] = {
    "verified": "Your address is confirmed.",
    "password-set": "Your password is set. Sign in with it.",
    "erased": "Your account and what was personal in it are gone.",
    "saved": "Saved.",
    "avatar": "Your picture is changed.",
    "avatar-removed": "Your picture is removed.",
    "password-changed": "Your password is changed. Other devices were signed out, and your API keys were ended.",
    "session-ended": "That sign-in was ended.",
    "sessions-ended": "You are signed in only here now.",
    "key-ended": "The API key was ended.",
    "code-sent": "A code is on its way.",
    "phone-confirmed": "Your number is confirmed.",
    "phone-removed": "Your number is forgotten.",
    "device-removed": "That device takes no more notices.",
    "built-in": "The built-in words are back.",
    "mail-again": "It is on its way again.",
}


def done_of(request: Request) -> str | None:
    return _DONE.get(request.query_params.get("done", ""))
