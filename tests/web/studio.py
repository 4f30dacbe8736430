"""The studio's pages as tests read them, and its forms as a browser sends them."""

from html.parser import HTMLParser
from typing import Any

import httpx

WORDS = "## A walk\n\nSome *words* of mine."


class Shown(HTMLParser):
    """What a page holds: its fields with what stands in them, its text, its links, its elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._area: str | None = None
        self._link: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        name = given.get("name") or ""
        if tag == "input" and given.get("type") != "file":
            self.fields[name] = given.get("value") or ""
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "a":
            self._link = given.get("href")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = None
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data
        self.text += data
        if self._link:
            self.links[data.strip()] = self._link

    def message_at(self, name: str) -> str:
        """The element that a field is described by when it was refused."""
        return next((a.get("aria-describedby") or "" for _, a in self.elements if a.get("name") == name), "")

    @property
    def acts(self) -> list[str]:
        return [str(a.get("value")) for tag, a in self.elements if tag == "button" and a.get("name") == "act"]


async def shown(client: httpx.AsyncClient, path: str, status: int = 200) -> Shown:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return Shown(answer.text)


async def sent(client: httpx.AsyncClient, path: str, **fields: Any) -> httpx.Response:
    """The form as a browser sends it."""
    parts = {name: (None, str(value)) for name, value in {"title": "A walk", "body": WORDS, **fields}.items()}
    return await client.post(path, files=parts)


async def written(client: httpx.AsyncClient, **fields: Any) -> str:
    """The address of the editor of a new article."""
    answer = await sent(client, "/studio/new", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]
