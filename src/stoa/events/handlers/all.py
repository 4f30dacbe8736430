"""The only place where handlers, jobs and tasks are joined: a new one is a line here."""

from typing import Any

from stoa.events.handlers import nightly, welcome
from stoa.events.queue.registry import TaskRegistry
from stoa.events.registry import Handler, Registry
from stoa.events.worker import Work
from stoa.modules.auth.events import PasswordChanged
from stoa.modules.auth.mails import AccountMails
from stoa.modules.content.articles.events import ArticleChanged, ArticlePublished, ArticleUnpublished
from stoa.modules.users.events import UserBanned, UserRegistered, UserVerified
from stoa.shared.settings import Settings

EVENTS = (
    UserRegistered,
    UserVerified,
    UserBanned,
    PasswordChanged,
    ArticlePublished,
    ArticleUnpublished,
    ArticleChanged,
)
"""Every kind of event that modules record, for the catalogue in docs/events.md."""


def all_work(settings: Settings) -> Work:
    """What this site does outside of requests."""
    mails = AccountMails(settings.site.site_name, settings.server.public_url.rstrip("/"))
    jobs = (
        nightly.refresh_search_words,
        nightly.empty_bin,
        nightly.forget_old_sign_ins,
        nightly.purge(settings.events.event_days),
    )
    handlers: tuple[Handler[Any], ...] = (welcome.welcome(mails), *(job.handler for job in jobs))
    return Work(Registry(handlers), jobs, TaskRegistry())
