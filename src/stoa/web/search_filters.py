"""What the search page may be asked for: its query string, and the filters read from it. Knows no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from stoa.modules.content.articles.schemas import LONGEST_SEARCH, MOST_TAGS
from stoa.shared.errors import InvalidInput
from stoa.shared.slugs import SLUG_PATTERN, make_slug
from stoa.shared.text import clean_line

Match = Literal["any", "all"]
Sort = Literal["rank", "newest", "oldest"]
MATCHES: Final[Mapping[str, str]] = {"any": "Any of them", "all": "All of them"}
SORTS: Final[Mapping[str, str]] = {"rank": "Best match first", "newest": "Newest first", "oldest": "Oldest first"}
_LAST_YEAR: Final = 9000
_DAY: Final = timedelta(days=1)

_Typed = AfterValidator(lambda value: clean_line(value) if value else "")


class SearchWords(BaseModel):
    """The query string of the search page; what is typed there comes back in its fields. `tag` is a former name."""

    q: Annotated[str, StringConstraints(max_length=LONGEST_SEARCH), _Typed] = ""
    tags: Annotated[str, StringConstraints(max_length=1000), _Typed] = ""
    tag: Annotated[str, StringConstraints(max_length=120), _Typed] = ""
    tags_match: str = Field(default="any", max_length=10)
    author: Annotated[str, StringConstraints(max_length=60), _Typed] = ""
    from_date: Annotated[str, StringConstraints(max_length=40), _Typed] = ""
    to_date: Annotated[str, StringConstraints(max_length=40), _Typed] = ""
    sort: str = Field(default="rank", max_length=20)
    page: Annotated[int, Field(ge=1, le=50)] = 1

    @property
    def filters(self) -> "SearchFilters":
        """As they were typed, tags as slugs. What is no choice of the form is the usual one."""
        typed = [_slug_of(part) for part in f"{self.tags},{self.tag}".split(",") if part.strip()]
        return SearchFilters(
            tags=tuple(dict.fromkeys(typed)),
            tags_match="all" if self.tags_match == "all" else "any",
            author=_username_of(self.author),
            from_date=self.from_date,
            to_date=self.to_date,
            sort="newest" if self.sort == "newest" else "oldest" if self.sort == "oldest" else "rank",
        )


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Every choice of the form but the words. Days are text such as 2026-03-12, both of them included."""

    tags: tuple[str, ...] = ()
    tags_match: Match = "any"
    author: str = ""
    from_date: str = ""
    to_date: str = ""
    sort: Sort = "rank"

    @property
    def kept(self) -> dict[str, str]:
        """The choices that are not the usual ones, for addresses."""
        given = {
            "tags": ",".join(self.tags),
            "tags_match": self.tags_match if self.tags_match == "all" and self.tags else "",
            "author": self.author,
            "from_date": self.from_date,
            "to_date": self.to_date,
            "sort": self.sort if self.sort != "rank" else "",
        }
        return {name: value for name, value in given.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Fewer articles are asked for than there are."""
        return bool(self.tags or self.author or self.from_date or self.to_date)

    @property
    def asked(self) -> dict[str, Any]:
        """For the API's query of articles. Raises InvalidInput."""
        if len(self.tags) > MOST_TAGS:
            raise InvalidInput(f"{len(self.tags)} topics are given; {MOST_TAGS} are allowed.")
        first, last = _day(self.from_date), _day(self.to_date)
        if first and last and first > last:
            raise InvalidInput(f"The first day, {first}, is after the last, {last}. Change one of them.")
        return {
            "tags": list(self.tags),
            "tags_match": self.tags_match,
            "author": self.author or None,
            "from_date": _midnight(first) if first else None,
            "to_date": _midnight(last + _DAY) if last else None,
            **({} if self.sort == "rank" else {"sort": "published_at"}),
            **({"order": "asc"} if self.sort == "oldest" else {}),
        }

    def url(self, words: str) -> str:
        """The page of that search."""
        query = {**({"q": words} if words else {}), **self.kept}
        return f"/search?{urlencode(query)}" if query else "/search"

    def without_tag(self, slug: str) -> "SearchFilters":
        return replace(self, tags=tuple(tag for tag in self.tags if tag != slug))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.max
    if found is not None and found.year > _LAST_YEAR:
        raise InvalidInput(f"“{text}” is not a day. Write it as year, month and day: 2026-03-12.")
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _slug_of(typed: str) -> str:
    """People type the name of a topic, addresses hold its slug."""
    plain = typed.strip().lower()
    if re.match(SLUG_PATTERN, plain):
        return plain
    try:
        return make_slug(plain, fallback=plain)
    except ValueError:
        return plain


def _username_of(typed: str) -> str:
    plain = typed.strip().lower().removeprefix("@")
    return _slug_of(plain) if " " in plain else plain
