"""What people can be told, by which ways, and what holds until they choose otherwise. Plain facts, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

CategoryName = Literal["security", "account", "content", "comments", "following", "site"]
ChannelName = Literal["in_app", "mail", "sms", "push"]
Wish = Literal["off", "instant"]
LaterWish = Literal["daily", "weekly"]
IN_APP: Final = "in_app"
MAIL: Final = "mail"
SMS: Final = "sms"
PUSH: Final = "push"

CHANNELS: Final[Mapping[str, str]] = {
    IN_APP: "On the site",
    MAIL: "Mail",
    SMS: "SMS",
    PUSH: "Push",
}
"""Every way to somebody, with its label."""


@dataclass(frozen=True, slots=True)
class Category:
    """What people switch on and off together. `locked` channels stay on."""

    name: str
    label: str
    description: str
    wishes: Mapping[str, Wish]
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NoticeType:
    """One occasion. `sample` names what its words may hold; `quiet` channels are off until somebody asks for them."""

    name: str
    category: str
    label: str
    sample: Mapping[str, str | int]
    quiet: frozenset[str] = frozenset()


def _wishes(mail: Wish) -> Mapping[str, Wish]:
    return {IN_APP: "instant", MAIL: mail, SMS: "off", PUSH: "instant"}


CATEGORIES: Final[Mapping[str, Category]] = {
    category.name: category
    for category in (
        Category(
            "security",
            "Security",
            "Your password, sign-ins, sessions and API keys.",
            _wishes("instant"),
            frozenset({IN_APP, MAIL}),
        ),
        Category("account", "Account", "Your account itself: its role, its standing, a welcome.", _wishes("instant")),
        Category("content", "Your articles", "What others did to your articles, and who follows you.", _wishes("off")),
        Category(
            "comments", "Comments", "Comments below your articles, answers to yours, and yours.", _wishes("instant")
        ),
        Category("following", "Following", "New articles by whom and on what you follow.", _wishes("off")),
        Category(
            "site", "Running the site", "What needs the attention of those who run this site.", _wishes("instant")
        ),
    )
}
_NO_MAIL: Final = frozenset({MAIL})
_NO_PUSH: Final = frozenset({PUSH})
_QUIET: Final = frozenset({MAIL, PUSH})
_TITLE: Final = {"title": "A walk by the river"}
_SAID: Final = {**_TITLE, "name": "Ada", "excerpt": "I read this with pleasure."}

TYPES: Final[Mapping[str, NoticeType]] = {
    kind.name: kind
    for kind in (
        NoticeType("welcome", "account", "Welcome", {}),
        NoticeType("role_changed", "account", "Another role", {"role": "creator", "former_role": "viewer"}),
        NoticeType("account_banned", "account", "Banned", {"reason": "Spam", "until": "01 March 2030, 12:00 UTC"}),
        NoticeType("ban_lifted", "account", "Ban lifted", {}),
        NoticeType("password_changed", "security", "Password changed", {}),
        NoticeType("sign_in_attempts", "security", "Failed sign-ins", {"address": "192.0.2.7"}),
        NoticeType("session_reused", "security", "Sign-in used twice", {}),
        NoticeType("signed_out", "security", "Signed out everywhere", {}),
        NoticeType("api_key_created", "security", "New API key", {"prefix": "stoa_1a2b"}),
        NoticeType("article_taken_down", "content", "Article taken down", _TITLE),
        NoticeType("article_edited", "content", "Article edited", _TITLE),
        NoticeType("new_follower", "content", "New follower", {"name": "Ada"}, _NO_PUSH),
        NoticeType("article_published", "following", "New article", {**_TITLE, "author": "Ada"}),
        NoticeType("comment_on_article", "comments", "Comment below your article", _SAID),
        NoticeType("comment_answered", "comments", "Answer to your comment", _SAID),
        NoticeType("comment_in_thread", "comments", "Comment in your thread", _SAID, _QUIET),
        NoticeType("comment_waits", "comments", "Comment to look at", {**_TITLE, "name": "Ada"}, _NO_MAIL),
        NoticeType("comment_held", "comments", "Your comment waits", _TITLE, _QUIET),
        NoticeType("comment_approved", "comments", "Your comment is shown", _TITLE, _NO_MAIL),
        NoticeType("comment_hidden", "comments", "Your comment was hidden", _TITLE, _NO_MAIL),
        NoticeType(
            "dead_letter",
            "site",
            "Work given up",
            {
                "event_id": "0197a5c2-0000-7000-8000-000000000000",
                "event_type": "user.verified",
                "handler": "mail.welcome",
            },
        ),
        NoticeType(
            "delivery_failed",
            "site",
            "Delivery failed",
            {"channel": "mail", "kind": "welcome", "reason": "The mail server refuses the address."},
            _NO_MAIL,
        ),
        NoticeType(
            "webhook_disabled",
            "site",
            "Webhook switched off",
            {"host": "hooks.example.com", "reason": "It failed for 5 days."},
        ),
        NoticeType(
            "ai_budget_low",
            "site",
            "Budget for models runs low",
            {"whose": "The site's", "period": "day", "spent": "$0.81", "limit": "$1"},
        ),
        NoticeType(
            "own_ai_budget_low",
            "account",
            "Your budget for models runs low",
            {"period": "day", "spent": "$0.04", "limit": "$0.05"},
            _QUIET,
        ),
        NoticeType("ai_batch_done", "account", "Batch answered", {"done": 38, "failed": 2}, _QUIET),
        NoticeType(
            "import_finished",
            "site",
            "Import finished",
            {"imported": 40, "updated": 2, "unchanged": 0, "skipped": 1, "failed": 0},
            _NO_MAIL,
        ),
    )
}


def default_wish(kind: NoticeType, channel: str) -> Wish:
    """What holds for that type until somebody chooses for its category."""
    return "off" if channel in kind.quiet else CATEGORIES[kind.category].wishes[channel]
