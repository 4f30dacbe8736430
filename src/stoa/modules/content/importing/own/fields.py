"""Front matter of an export as values that may be kept: each is of its kind and within its bounds. Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, cast

from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.own.addresses import former_path
from stoa.modules.content.importing.values import web_address_of
from stoa.shared.slugs import SLUG_LENGTH, make_slug

MOST_TAGS = 500  # more than anybody may give an article here: imports of other sites bring many
_MOST_ALIASES = 1000


class Fields:
    """Raises ItemRefused where a value is not what an export would hold."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def text(self, name: str, longest: int) -> str | None:
        value = self._fields.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > longest:
            raise ItemRefused(f"'{name}' must be a text of at most {longest} characters.")
        return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}) or None

    def line(self, name: str, longest: int) -> str | None:
        value = self.text(name, longest)
        return value and value.replace("\n", " ").replace("\t", " ")

    def one_of(self, name: str, *allowed: str) -> str:
        value = self._fields.get(name, allowed[0])
        if value not in allowed:
            raise ItemRefused(f"'{name}' must be {', '.join(allowed[:-1])} or {allowed[-1]}.")
        return cast("str", value)

    def truth(self, name: str, *, default: bool) -> bool:
        value = self._fields.get(name)
        return default if value is None else str(value).lower() == "true"

    def time(self, name: str) -> datetime | None:
        value = self._fields.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(str(value))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ItemRefused(f"'{name}' must be a time like 2024-03-01T10:00:00Z.") from None

    def slug(self, fallback: str) -> str:
        wanted = self._fields.get("slug")
        return make_slug(wanted[: 4 * SLUG_LENGTH] if isinstance(wanted, str) else fallback, fallback="article")

    def texts(self, name: str, most: int) -> list[str]:
        value = self._fields.get(name, [])
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            raise ItemRefused(f"'{name}' must be a list of at most {most} texts.")
        return value

    def tags(self) -> tuple[str, ...]:
        return tuple(make_slug(tag[:200], fallback="tag") for tag in self.texts("tags", MOST_TAGS))

    def aliases(self) -> tuple[str, ...]:
        return tuple(path for alias in self.texts("aliases", _MOST_ALIASES) if (path := former_path(alias)))

    def web_address(self, name: str) -> str | None:
        return web_address_of(self._fields.get(name))

    def language(self) -> str | None:
        value = self.line("language", 35)
        return value if value and value.replace("-", "").isalnum() and value.isascii() else None

    def status(self) -> Literal["draft", "scheduled", "published", "archived"]:
        status = self.one_of("status", "draft", "scheduled", "published", "archived")
        if status == "scheduled" and self.time("publish_at") is None:
            raise ItemRefused("A scheduled article must say in 'publish_at' when it goes out.")
        return cast("Literal['draft', 'scheduled', 'published', 'archived']", status)
