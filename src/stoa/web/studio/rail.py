"""The rail beside the studio's pages: the places that somebody may go to, and which one is open."""

from dataclasses import dataclass
from typing import Final, Literal

from stoa.shared.security import Actor

Place = Literal["articles", "new", "calendar", "comments", "topics", "import"]


@dataclass(frozen=True, slots=True)
class RailLink:
    """A place in the side rail; `count` is of what waits there."""

    label: str
    url: str
    is_here: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    place: Place
    label: str
    url: str
    needs: str


_ENTRIES: Final = (
    _Entry("articles", "Articles", "/studio", "create:article"),
    _Entry("new", "New", "/studio/new", "create:article"),
    _Entry("calendar", "Calendar", "/studio/calendar", "create:article"),
    _Entry("comments", "Comments", "/studio/comments", "create:article"),
    _Entry("topics", "Topics", "/studio/tags", "edit:tag"),
    _Entry("import", "Import and export", "/studio/import", "manage:imports"),
)


def rail_of(actor: Actor, here: Place, *, held: int = 0) -> tuple[RailLink, ...]:
    """The places this person may go to; `held` comments wait to be looked at."""
    waiting = {"comments": held}
    return tuple(
        RailLink(one.label, one.url, one.place == here, waiting.get(one.place, 0))
        for one in _ENTRIES
        if actor.can(one.needs)
    )
