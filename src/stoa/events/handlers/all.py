"""The only place where handlers, jobs and tasks are joined: a new one is a line here."""

from typing import Any

from stoa.events.dead_letters import HandlerGaveUp
from stoa.events.event import Event
from stoa.events.handlers import nightly
from stoa.events.handlers.letters import letters
from stoa.events.queue.registry import TaskRegistry
from stoa.events.registry import Handler, Registry
from stoa.events.worker import Work
from stoa.modules.auth.events import (
    ApiKeyCreated,
    PasswordChanged,
    PasswordForgotten,
    RegistrationRepeated,
    SessionReused,
    SignInSlowed,
    UserSignedOut,
    VerificationAsked,
)
from stoa.modules.auth.mails import AccountMails
from stoa.modules.content.articles.events import ArticleChanged, ArticlePublished, ArticleUnpublished
from stoa.modules.content.importing.events import ImportFinished
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.users.events import UserBanned, UserRegistered, UserRoleChanged, UserUnbanned, UserVerified
from stoa.shared.settings import Settings

EVENTS: tuple[type[Event], ...] = (
    UserRegistered,
    UserVerified,
    UserRoleChanged,
    UserBanned,
    UserUnbanned,
    UserSignedOut,
    RegistrationRepeated,
    VerificationAsked,
    PasswordForgotten,
    PasswordChanged,
    SignInSlowed,
    SessionReused,
    ApiKeyCreated,
    ArticlePublished,
    ArticleUnpublished,
    ArticleChanged,
    ImportFinished,
    DeliveryFailed,
    HandlerGaveUp,
)
"""Every kind of event that is recorded, for the catalogue in docs/events.md."""


def all_work(settings: Settings) -> Work:
    """What this site does outside of requests."""
    mails = AccountMails(settings.site.site_name, settings.server.public_url.rstrip("/"))
    jobs = (
        nightly.refresh_search_words,
        nightly.empty_bin,
        nightly.forget_old_sign_ins,
        nightly.purge(settings.events.event_days),
    )
    handlers: tuple[Handler[Any], ...] = (*letters(mails), *(job.handler for job in jobs))
    return Work(Registry(handlers), jobs, TaskRegistry())
