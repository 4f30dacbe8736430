"""The only place where handlers, jobs and tasks are joined: a new one is a line here."""

from typing import Any, Final

from stoa.events.dead_letters import HandlerGaveUp
from stoa.events.event import Event
from stoa.events.handlers import nightly
from stoa.events.handlers.content import content_notices, follower_task
from stoa.events.handlers.imports import import_jobs, import_tasks
from stoa.events.handlers.judging import ToxicityJudge
from stoa.events.handlers.letters import letters
from stoa.events.handlers.moderation import moderation
from stoa.events.handlers.notices import notices
from stoa.events.handlers.passages import passages
from stoa.events.handlers.site import site_notices
from stoa.events.handlers.webhooks import webhooks
from stoa.events.queue.registry import TaskRegistry
from stoa.events.registry import Handler, Registry
from stoa.events.worker import Work
from stoa.modules.ai.events import AiBatchDone, AiBudgetLow
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
from stoa.modules.content.articles.events import (
    ArticleChanged,
    ArticleDeleted,
    ArticlePublished,
    ArticleRestored,
    ArticleScheduled,
    ArticleUnpublished,
)
from stoa.modules.content.comments.events import (
    CommentApproved,
    CommentCreated,
    CommentDeleted,
    CommentEdited,
    CommentHeld,
    CommentRejected,
)
from stoa.modules.content.follows.events import FollowCreated, FollowDeleted
from stoa.modules.content.importing.events import ImportFailed, ImportFinished
from stoa.modules.content.importing.task import Workshop
from stoa.modules.content.moderation.judging import Judge
from stoa.modules.content.reactions.service import announce_reactions
from stoa.modules.content.tags.events import TagMerged
from stoa.modules.deliveries.channels.apprise import service_addresses
from stoa.modules.deliveries.events import DeliveryFailed
from stoa.modules.notifications.wording.wording import Wording
from stoa.modules.users.events import UserBanned, UserRegistered, UserRoleChanged, UserUnbanned, UserVerified
from stoa.modules.webhooks.events import WebhookDisabled
from stoa.shared.keyring import Keyring
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
    ArticleScheduled,
    ArticleDeleted,
    ArticleRestored,
    CommentCreated,
    CommentEdited,
    CommentHeld,
    CommentApproved,
    CommentRejected,
    CommentDeleted,
    FollowCreated,
    FollowDeleted,
    TagMerged,
    ImportFinished,
    ImportFailed,
    AiBudgetLow,
    AiBatchDone,
    DeliveryFailed,
    WebhookDisabled,
    HandlerGaveUp,
)
"""Every kind of event that is recorded, for the catalogue in docs/events.md."""


GUARD: Final[Judge] = ToxicityJudge()


def all_work(
    settings: Settings, keyring: Keyring | None = None, shop: Workshop | None = None, judge: Judge | None = GUARD
) -> Work:
    """What this site does outside of requests; without `keyring` and `shop` to be looked at only, not carried out.

    `judge` looks at texts after they were written; without it none is held for its words.
    """
    wording = Wording(settings, keyring)
    mails = AccountMails(settings.site.site_name, settings.server.public_url.rstrip("/"))
    jobs = (
        nightly.refresh_search_words,
        nightly.empty_bin,
        nightly.forget_old_sign_ins,
        *nightly.purges(settings.events.event_days, wording),
        *import_jobs(shop),
    )
    handlers: tuple[Handler[Any], ...] = (
        *letters(mails),
        *notices(wording),
        *content_notices(wording),
        *moderation(judge, settings.content.moderation),
        *site_notices(wording, len(service_addresses(settings))),
        *webhooks(EVENTS),
        *passages(),
        *(job.handler for job in jobs),
    )
    tasks = (*import_tasks(shop), announce_reactions, follower_task(wording))
    return Work(Registry(handlers), jobs, TaskRegistry(tasks))
