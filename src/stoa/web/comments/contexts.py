"""What the lower half of an article's page is given: the comments, the form for one, the reactions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode

from markupsafe import Markup

from stoa.web.forms import FormState


@dataclass(frozen=True, slots=True)
class Commenter:
    """Who wrote it: somebody with a page of their own, or a guest, whose address nobody vouches for."""

    display_name: str
    username: str = ""
    avatar_url: str | None = None
    guest_url: str | None = None

    @property
    def url(self) -> str:
        return f"/authors/{quote(self.username, safe='')}" if self.username else ""

    @property
    def initial(self) -> str:
        return (self.display_name.strip() or self.username or "?")[:1].upper()


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment as this reader sees it. `html` is sanitised; a gap has no writer and no text."""

    id: str
    depth: int
    status: Literal["visible", "held", "rejected", "deleted"]
    version: int
    created_at: datetime
    writer: Commenter | None = None
    html: Markup = field(default_factory=Markup)
    body: str = ""
    edited_at: datetime | None = None
    is_own: bool = False
    can_moderate: bool = False
    has_more_answers: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """The comments below an article. `after` is where this page of threads begins, `more` where the next one does.

    `answering`, `editing` and `deleting` are the comments whose form is open; `form` is what was typed, if it was
    refused.
    """

    slug: str
    comments: tuple[CommentView, ...] = ()
    total: int = 0
    sort: Literal["oldest", "newest"] = "oldest"
    after: str = ""
    more: str | None = None
    is_open: bool = True
    can_write: bool = False
    answering: str = ""
    editing: str = ""
    deleting: str = ""
    form: FormState = field(default_factory=FormState)

    @property
    def path(self) -> str:
        return f"/articles/{quote(self.slug, safe='')}"

    @property
    def sign_in_url(self) -> str:
        return f"/sign-in?{urlencode({'next': f'{self.path}#comments'})}"

    @property
    def more_url(self) -> str:
        return self.address(after=self.more or "")

    def address(
        self, *, sort: str = "", after: str | None = None, reply: str = "", edit: str = "", delete: str = ""
    ) -> str:
        """The same page with another choice."""
        place = self.after if after is None else after
        chosen = {"sort": sort or self.sort, "after": place, "reply": reply, "edit": edit, "delete": delete}
        query = urlencode({name: value for name, value in chosen.items() if value not in {"", "oldest"}})
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True, slots=True)
class ReactionView:
    """A way to react, how many did, and whether this reader did."""

    kind: str
    label: str
    number: int
    is_mine: bool
