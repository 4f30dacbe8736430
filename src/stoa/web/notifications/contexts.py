"""What the pages of notifications are given: one frozen dataclass a page. Never reads a database or a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from stoa.web.contexts import PageMeta, Pager
from stoa.web.forms import FormState

View = Literal["all", "unread", "archived", "hidden"]


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One notification, in the list and on its own page. `times`: what happened again before it was read."""

    id: str
    title: str
    message: str
    category: str
    created_at: datetime
    times: int
    is_unread: bool
    is_archived: bool

    @property
    def path(self) -> str:
        return f"/notifications/{self.id}"


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """The notifications of whoever looks, newest first. `up_to` is the number of the newest that is shown.

    What is `hidden` they do not want to see on the site; it is kept to tell what became of it.
    """

    meta: PageMeta
    notifications: tuple[NewsItem, ...]
    view: View
    here: str
    up_to: int
    pager: Pager


@dataclass(frozen=True, slots=True)
class Way:
    """How far a notification got on one way out: `state` in a word, `reason` where there is something to tell."""

    name: str
    state: str
    kind: str
    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class NotificationPage:
    """One notification, where it leads, and how it reached its reader or why it did not."""

    meta: PageMeta
    notification: NewsItem
    url: str | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class WishCell:
    """Whether notices of a category go by a channel; what is locked stays as it is."""

    value: str
    channel: str
    is_on: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class WishRow:
    """A category, what it is about, and its cells in the order of the channels."""

    category: str
    text: str
    cells: tuple[WishCell, ...]


@dataclass(frozen=True, slots=True)
class Phone:
    """Where SMS go. While it waits for its code, nothing goes there."""

    number: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that takes notices."""

    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """What reaches somebody and on which way: a grid of categories and channels, the telephone, the devices.

    `form` is the telephone's, either its number or its code; without `has_sms` no code would arrive.
    """

    meta: PageMeta
    done: str | None
    form: FormState
    channels: tuple[str, ...]
    rows: tuple[WishRow, ...]
    phone: Phone | None
    has_sms: bool
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """Mails of one category end here, by the link that each of them carries. `token` is that link's."""

    meta: PageMeta
    category: str
    token: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class LinkUnknownPage:
    """A link out of a mail that is not whole, or not of this site."""

    meta: PageMeta


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One kind of notice, by the words of its occasion; `changed_at` is set where its words are the site's own."""

    type: str
    label: str
    category: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeTemplatesPage:
    """Every kind of notice that the site sends, to choose one and word it."""

    meta: PageMeta
    done: str | None
    rows: tuple[TemplateRow, ...]


@dataclass(frozen=True, slots=True)
class Worded:
    """A notice as it reads, made with sample data."""

    subject: str
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class NoticeTemplatePage:
    """The words of one kind of notice, with `names` that stand for what differs, and how it reads."""

    meta: PageMeta
    done: str | None
    form: FormState
    row: TemplateRow
    names: tuple[str, ...]
    preview: Worded | None
