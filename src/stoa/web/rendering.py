"""Turns page contexts into HTML: which template a context has, and how dates and numbers read.

Templates see the fields of their context, `site`, `asset`, `visitor` (who looks, or None) and `footer`, and
nothing else: a missing name is an error, never an empty place. Never reads a database, a request or a setting.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from stoa.shared.media.names import size_of, srcset
from stoa.web.accounts import contexts as accounts
from stoa.web.ai import admin_contexts as ai
from stoa.web.ai.usage_contexts import MyUsagePage
from stoa.web.assets import Assets
from stoa.web.chat.contexts import AskPage, ChatDeletePage, ChatPage, ChatsPage
from stoa.web.contexts import (
    ArticlePage,
    AuthorPage,
    ErrorPage,
    HomePage,
    PageLink,
    SearchPage,
    Site,
    StyleguidePage,
    TagPage,
    TagsPage,
    Visitor,
)
from stoa.web.following.contexts import FollowingPage
from stoa.web.notifications import contexts as notifications
from stoa.web.studio import revision_contexts as revisions
from stoa.web.studio.calendar_contexts import CalendarPage
from stoa.web.studio.comment_contexts import QueuePage
from stoa.web.studio.contexts import ConflictPage, DeletePage, EditorPage
from stoa.web.studio.finding_contexts import FindingsPage
from stoa.web.studio.import_contexts import ImportPage, ImportsPage
from stoa.web.studio.list_contexts import ArticlesPage
from stoa.web.studio.topic_contexts import TopicConfirmPage, TopicPage, TopicsPage
from stoa.web.webhooks import contexts as webhooks

TEMPLATES: Final[dict[type[Any], str]] = {
    HomePage: "home.html",
    ArticlePage: "article.html",
    TagPage: "tag.html",
    TagsPage: "tags.html",
    AuthorPage: "author.html",
    SearchPage: "search.html",
    FollowingPage: "following/page.html",
    ErrorPage: "error.html",
    StyleguidePage: "styleguide.html",
    accounts.RegisterPage: "account/register.html",
    accounts.SignInPage: "account/sign_in.html",
    accounts.MailSentPage: "account/mail_sent.html",
    accounts.VerifyPage: "account/verify.html",
    accounts.ResetPage: "account/reset.html",
    accounts.WelcomePage: "account/welcome.html",
    accounts.ProfilePage: "settings/profile.html",
    accounts.PasswordPage: "settings/password.html",
    accounts.SessionsPage: "settings/sessions.html",
    accounts.ApiKeysPage: "settings/api_keys.html",
    accounts.DataPage: "settings/data.html",
    accounts.ErasePage: "settings/erase.html",
    accounts.ConfirmPage: "settings/confirm.html",
    accounts.MailsPage: "admin/mails.html",
    notifications.NotificationsPage: "notifications/list.html",
    notifications.NotificationPage: "notifications/one.html",
    notifications.PreferencesPage: "settings/notifications.html",
    notifications.UnsubscribePage: "account/unsubscribe.html",
    notifications.LinkUnknownPage: "account/link_unknown.html",
    notifications.NoticeTemplatesPage: "admin/notice_templates.html",
    notifications.NoticeTemplatePage: "admin/notice_template.html",
    webhooks.WebhooksPage: "admin/webhooks.html",
    webhooks.NewWebhookPage: "admin/webhook_new.html",
    webhooks.WebhookPage: "admin/webhook.html",
    webhooks.WebhookDeliveryPage: "admin/webhook_delivery.html",
    webhooks.WebhookConfirmPage: "admin/webhook_confirm.html",
    AskPage: "chat/ask.html",
    ChatsPage: "chat/list.html",
    ChatPage: "chat/one.html",
    ChatDeletePage: "chat/delete.html",
    MyUsagePage: "settings/ai.html",
    ai.ProvidersPage: "admin/ai/providers.html",
    ai.NewProviderPage: "admin/ai/provider_new.html",
    ai.ProviderPage: "admin/ai/provider.html",
    ai.AiConfirmPage: "admin/ai/confirm.html",
    ai.RoutesPage: "admin/ai/routes.html",
    ai.PricesPage: "admin/ai/prices.html",
    ai.LimitsPage: "admin/ai/limits.html",
    ai.SpendingPage: "admin/ai/spending.html",
    ArticlesPage: "studio/articles.html",
    CalendarPage: "studio/calendar.html",
    QueuePage: "studio/comments.html",
    FindingsPage: "studio/findings.html",
    ImportsPage: "studio/imports.html",
    ImportPage: "studio/import.html",
    TopicsPage: "studio/tags.html",
    TopicPage: "studio/tag.html",
    TopicConfirmPage: "studio/tag_confirm.html",
    EditorPage: "studio/editor.html",
    ConflictPage: "studio/conflict.html",
    DeletePage: "studio/delete.html",
    revisions.RevisionsPage: "studio/revisions.html",
    revisions.RevisionPage: "studio/revision.html",
    revisions.ComparePage: "studio/compare.html",
    revisions.RestorePage: "studio/restore.html",
    revisions.PreviewLinksPage: "studio/preview_links.html",
    revisions.PreviewPage: "studio/preview.html",
}
_FOLDER = Path(__file__).parent / "templates"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# What could end a script element or a line of script, written so that JSON reads the same.
_SAFE_IN_SCRIPT = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


class Pages:
    """The templates of one site, compiled on first use and kept. Safe to share between requests."""

    def __init__(self, site: Site, assets: Assets) -> None:
        self._environment = environment(site, assets)
        self._templates: dict[type[Any], tuple[Template, tuple[str, ...]]] = {}

    def render(self, page: object, visitor: Visitor | None = None, footer: Sequence[PageLink] = ()) -> str:
        """The whole document for this page; its header shows the visitor, its footer leads to those pages."""
        template, names = self._templates.get(type(page)) or self._load(type(page))
        return template.render({name: getattr(page, name) for name in names}, visitor=visitor, footer=footer)

    def warm(self) -> None:
        """Compile every template, so that no visitor waits for it. Half a second of work, for a thread."""
        for kind in TEMPLATES:
            self._load(kind)

    def _load(self, kind: type[Any]) -> tuple[Template, tuple[str, ...]]:
        loaded = self._environment.get_template(TEMPLATES[kind]), names_of(kind)
        self._templates[kind] = loaded
        return loaded


def names_of(kind: type[Any]) -> tuple[str, ...]:
    """What a template of this context may name: its fields and properties."""
    return tuple(name for name in dir(kind) if not name.startswith("_"))


def environment(site: Site, assets: Assets) -> Environment:
    """Jinja as the pages need it: everything escaped, nothing undefined, no look at the disk after loading."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.update(site=site, asset=assets.url, visitor=None, footer=())
    made.filters.update(picture_forms=srcset, picture_size=size_of)
    made.filters.update(date=date, date_time=date_time, number=number, data_block=data_block, bare_address=bare_address)
    return made


@lru_cache(maxsize=4096)
def date(when: datetime) -> str:
    """12 March 2026."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


@lru_cache(maxsize=4096)
def date_time(when: datetime) -> str:
    """12 March 2026, 09:30 UTC."""
    return f"{date(when)}, {when:%H:%M} {'UTC' if when.tzinfo is UTC else when.tzname() or ''}".rstrip()


def number(value: int) -> str:
    """1,234."""
    return f"{value:,}"


def bare_address(value: str) -> str:
    """An address as people say it: without its scheme and a slash at the end."""
    return value.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def data_block(data: Any) -> Markup:
    """JSON for a script element that holds data: no character in it can end the element."""
    return Markup(orjson.dumps(data).decode().translate(_SAFE_IN_SCRIPT))  # noqa: S704 # every < > & is written as \u00xx
