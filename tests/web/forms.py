"""A browser without scripts: it opens a page, fills in its form and sends it as browsers do."""

from html.parser import HTMLParser
from typing import Any

import httpx

from tests.people import PASSWORD

SESSION = "stoa_session"
NEW_PASSWORD = "four very unlikely words"
BROWSER = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}


class Shown(HTMLParser):
    """What a page shows of its forms: each control by its name, each message by the id it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: dict[str, dict[str, str | None]] = {}
        self.typed: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.text = ""
        self._into: tuple[dict[str, str], str] | None = None
        self.feed(html)

    @property
    def token(self) -> str:
        return self.typed["csrf_token"]

    def error(self, name: str) -> str:
        """The message at a field, which must be tied to it."""
        control = self.controls[name]
        if control.get("aria-invalid") != "true":
            return ""
        ids = [one for one in (control["aria-describedby"] or "").split() if one.endswith("-error")]
        return self.messages[ids[0]].strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name")
        if tag in {"input", "textarea", "select"} and name:
            self.controls[name] = found
            self.typed[name] = found.get("value") or ""
        if tag == "textarea" and name:
            self._into = (self.typed, name)
        elif tag == "p" and (found.get("id") or "").endswith("-error"):
            self._into = (self.messages, str(found["id"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "textarea"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._into:
            kept, name = self._into
            kept[name] = kept.get(name, "") + data


async def shown(client: httpx.AsyncClient, path: str) -> Shown:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return Shown(answer.text)


async def send(
    client: httpx.AsyncClient, path: str, fields: dict[str, Any], *, page: str | None = None, **options: Any
) -> httpx.Response:
    """Open `page` (the same as `path` if not said), and send its form to `path`."""
    token = (await shown(client, page or path)).token
    return await client.post(path, data={"csrf_token": token, **fields}, headers=BROWSER, **options)


async def sign_in(client: httpx.AsyncClient, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    return await send(client, "/sign-in", {"login": login, "password": password, **more})
