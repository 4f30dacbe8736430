"""What each page of chats is given. Forms take the visitor's token."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A conversation in a list; `excerpt` is what a search found in it."""

    id: str
    title: str
    model: str
    updated_at: datetime
    is_answering: bool
    excerpt: str

    @property
    def url(self) -> str:
        return f"/chat/{self.id}"


@dataclass(frozen=True, slots=True)
class ChatSource:
    """A passage that an answer was given."""

    number: int
    title: str
    heading: str
    url: str
    is_cited: bool


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A question or an answer as it is shown. `who` says what answered, `facts` what it took."""

    id: str
    role: Literal["user", "assistant"]
    status: str
    text: str
    html: Markup | None
    who: str = ""
    facts: str = ""
    error: str = ""
    sources: Sequence[ChatSource] = ()
    rating: int | None = None
    place: int = 1
    of: int = 1
    previous_id: str | None = None
    next_id: str | None = None

    @property
    def is_writing(self) -> bool:
        return self.status == "streaming"

    @property
    def cited(self) -> Sequence[ChatSource]:
        return [one for one in self.sources if one.is_cited]


@dataclass(frozen=True, slots=True)
class ChatsPage:
    """All conversations, and the form for another one."""

    meta: PageMeta
    form: FormState
    search: str
    is_archive: bool
    chats: Sequence[ChatRow]
    pager: Pager
    can_ground: bool
    longest: int
    done: str | None = None


@dataclass(frozen=True, slots=True)
class ChatPage:
    """One conversation: the branch that is shown, what may be asked next, and how it is set up."""

    meta: PageMeta
    id: str
    title: str
    form: FormState
    settings: FormState
    messages: Sequence[ChatMessage]
    earlier_url: str | None
    leaf_id: str
    is_writing: bool
    editing_id: str | None
    recent: Sequence[ChatRow]
    models: Sequence[tuple[str, str]]
    who: str
    is_grounded: bool
    includes_drafts: bool
    is_archived: bool
    can_ground: bool
    can_include_drafts: bool
    longest: int
    done: str | None = None
    opens_settings: bool = False


@dataclass(frozen=True, slots=True)
class AskPage:
    """A question about the site, and its answer; `who` says what answered."""

    meta: PageMeta
    question: str
    html: Markup | None
    sources: Sequence[ChatSource]
    who: str
    error: str
    longest: int


@dataclass(frozen=True, slots=True)
class ChatDeletePage:
    """Asks before a conversation is deleted for good."""

    meta: PageMeta
    id: str
    title: str
    messages: int = field(default=0)
