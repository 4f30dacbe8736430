"""Who may call what: the reviewed table. A route without a row fails, and so does a row without a route.

What is true of every route is written once, in `expected`: nobody gets past a route's permission, whatever they name in
the path. A row says what is its own: the permission, the answer to who may, and the answers for what is another's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from stoa.shared.clock import utc_now
from stoa.shared.security import OWN_ACCOUNT, SIGNED_IN

API: Final = "/api/v1"
PUBLIC: Final = "public"
IDENTITIES: Final = ("anonymous", "viewer", "creator", "moderator", "admin", "banned")
READER: Final = frozenset({"create:comment", "use:ai"})
WRITER: Final = READER | {
    "create:article", "edit:article", "publish:article", "delete:article", "create:tag", "upload:media", "use:gateway",
}  # fmt: skip
KEEPER: Final = frozenset({"moderate:article", "moderate:comment", "edit:tag", "delete:tag"})
OWNER: Final = frozenset(
    {
        "manage:users",
        "manage:roles",
        "view:audit",
        "view:mail",
        "manage:events",
        "manage:webhooks",
        "edit:notification_template",
        "manage:imports",
        "manage:ai",
        "read:metrics",
    }
)
RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "anonymous": frozenset(),
    "viewer": READER,
    "banned": frozenset(),
    "creator": WRITER,
    "moderator": WRITER | KEEPER,
    "admin": WRITER | KEEPER | OWNER,
}
MATCH: Final = {"if-match": "*"}
CHAT: Final = f"{API}/chat/conversations"
AI: Final = f"{API}/admin/ai"
COMPATIBLE: Final = {"kind": "compatible", "base_url": "http://127.0.0.1:9/v1"}
PRICE: Final = {"input": 1, "cached_input": 1, "output": 1}
LIMITS: Final = {"requests_per_minute": 20, "tokens_per_minute": 20_000, "streams": 2}
ENDPOINT: Final = {"url": "https://hooks.example.com/stoa", "event_types": ["*"]}


@dataclass(frozen=True, slots=True)
class Row:
    """One route.

    `thing` is made anew for each request and stands in the path: `own`, `foreign`, for articles `foreign-draft`, and
    one that is `missing`. `foreign` answers are by identity, "*" for all others; without any, foreign things are as
    one's own. `audit` is what the act leaves in the log when it is done to something foreign.
    """

    method: str
    path: str
    needs: str
    done: int
    thing: str | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    foreign: Mapping[str, int] = field(default_factory=dict)
    foreign_draft: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    audit: str | None = None


def expected(row: Row, identity: str, credential: str, target: str) -> int:
    """The status that this caller is answered."""
    if row.needs != PUBLIC:
        if identity == "anonymous":
            return 401
        if identity == "banned":
            return 403
        if row.needs == OWN_ACCOUNT:
            if credential == "key":
                return 403
        elif row.needs != SIGNED_IN and row.needs not in RIGHTS[identity]:
            return 403
    special = {"foreign": row.foreign, "foreign-draft": row.foreign_draft, "missing": row.missing}.get(target, {})
    return special.get(identity, special.get("*", 404 if target == "missing" else row.done))


ARTICLE: Final = {"title": "A title", "body": "Some words."}
KEEPERS: Final = {"moderator": 200, "admin": 200}
NOT_MINE: Final = {"*": 403, **KEEPERS}
NOT_THERE: Final = {"*": 404, **KEEPERS}
HIDDEN: Final = {"*": 404}
UNASKED: Final = {"*": 422}
UNKNOWN_LINK: Final = {"token": "x" * 43}
BROWSER: Final = {
    "endpoint": "https://push.example.com/a-browser",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}

WORDS: Final = {"subject": "Welcome", "short": "Welcome.", "text": "Welcome."}
NO_PUSH: Final = {"preferences": [{"category": "content", "channel": "push", "wish": "off"}]}

TABLE: Final = (
    # models; what is asked of them is nothing, so that none is
    Row("POST", "/v1/chat/completions", "use:gateway", 400),
    Row("POST", "/v1/embeddings", "use:gateway", 400),
    Row("GET", "/v1/models", "use:gateway", 200),
    Row("POST", f"{API}/ai/chat", "use:ai", 422),
    Row("POST", f"{API}/ai/stream", "use:ai", 422),
    Row("GET", f"{API}/ai/stream", "use:ai", 422),
    Row("POST", f"{API}/ai/calls/{{call_id}}/stop", "use:ai", 204, "call", foreign=HIDDEN),
    Row("GET", f"{API}/ai/providers", "use:ai", 200),
    # chats; nothing is asked in them, so that no model is
    Row("GET", f"{CHAT}", "use:ai", 200),
    Row("POST", f"{CHAT}", "use:ai", 201, body={"title": "A talk"}),
    Row("GET", f"{CHAT}/{{conversation_id}}", "use:ai", 200, "chat", foreign=HIDDEN),
    Row("PATCH", f"{CHAT}/{{conversation_id}}", "use:ai", 200, "chat", body={"title": "Another"}, foreign=HIDDEN),
    Row("DELETE", f"{CHAT}/{{conversation_id}}", "use:ai", 204, "chat", foreign=HIDDEN),
    Row("GET", f"{CHAT}/{{conversation_id}}/messages", "use:ai", 200, "chat", foreign=HIDDEN),
    Row("POST", f"{CHAT}/{{conversation_id}}/messages", "use:ai", 422, "chat", foreign=UNASKED, missing=UNASKED),
    Row("POST", f"{CHAT}/{{conversation_id}}/stream", "use:ai", 422, "chat", foreign=UNASKED, missing=UNASKED),
    Row("GET", f"{CHAT}/{{conversation_id}}/stream", "use:ai", 204, "chat", foreign=HIDDEN),
    Row("POST", f"{CHAT}/{{conversation_id}}/stop", "use:ai", 204, "chat", foreign=HIDDEN),
    Row("POST", f"{CHAT}/{{conversation_id}}/regenerate", "use:ai", 409, "chat", foreign=HIDDEN),
    Row("GET", f"{CHAT}/{{conversation_id}}/export", "use:ai", 200, "chat", foreign=HIDDEN),
    Row("PATCH", f"{API}/chat/messages/{{message_id}}", "use:ai", 200, "chat answer", body={"rating": 1},
        foreign=HIDDEN),
    Row("POST", f"{API}/ai/generate", "use:ai", 422),
    Row("POST", f"{API}/ai/generate/stream", "use:ai", 422),
    Row("POST", f"{API}/ai/summarize", "use:ai", 422),
    Row("POST", f"{API}/ai/edit", "use:ai", 422),
    Row("POST", f"{API}/ai/edit/stream", "use:ai", 422),
    Row("POST", f"{API}/ai/classify", "use:ai", 422),
    Row("POST", f"{API}/ai/moderate", "use:ai", 422),
    Row("POST", f"{API}/ai/batch", "use:ai", 202, body={"items": [{"call": "moderate", "body": {"text": "Hello."}}]}),
    Row("GET", f"{API}/ai/batch", "use:ai", 200),
    Row("GET", f"{API}/ai/batch/{{batch_id}}", "use:ai", 200, "batch", foreign=HIDDEN),
    Row("POST", f"{API}/ai/batch/{{batch_id}}/cancel", "use:ai", 200, "batch", foreign=HIDDEN),
    Row("DELETE", f"{API}/ai/batch/{{batch_id}}", "use:ai", 204, "batch", foreign=HIDDEN),
    Row("GET", f"{API}/ai/templates", "use:ai", 200),
    Row("GET", f"{API}/ai/templates/{{name}}", "use:ai", 200, "template"),
    Row(
        "POST", f"{API}/ai/templates", "manage:ai", 201, body={"name": "m-{unique}", "body": "Say hello."},
        audit="ai.template_created",
    ),
    Row(
        "PUT", f"{API}/ai/templates/{{name}}", "manage:ai", 200, "template", body={"body": "Say hello."}, headers=MATCH,
        audit="ai.template_changed",
    ),
    Row("POST", f"{API}/ai/feedback", "use:ai", 422),
    Row("GET", f"{API}/admin/ai/feedback", "manage:ai", 200),
    Row("GET", f"{API}/ai/usage", SIGNED_IN, 200),
    Row("GET", "/metrics", "read:metrics", 200),
    Row("GET", f"{API}/admin/ai/usage", "manage:ai", 200),
    Row("GET", f"{AI}/providers", "manage:ai", 200),
    Row(
        "POST", f"{AI}/providers", "manage:ai", 201, body={"name": "m-{unique}", **COMPATIBLE},
        audit="ai.provider_created",
    ),
    Row("GET", f"{AI}/providers/{{name}}", "manage:ai", 200, "provider"),
    Row(
        "PATCH", f"{AI}/providers/{{name}}", "manage:ai", 200, "provider", body={"is_enabled": False}, headers=MATCH,
        audit="ai.provider_changed",
    ),
    Row("DELETE", f"{AI}/providers/{{name}}", "manage:ai", 204, "provider", audit="ai.provider_deleted"),
    Row("POST", f"{AI}/providers/{{name}}/try", "manage:ai", 200, "provider", audit="ai.provider_tried"),
    Row(
        "POST", f"{AI}/providers/{{name}}/keys", "manage:ai", 201, "provider", body={"secret": "a secret of ours"},
        audit="ai.key_added",
    ),
    Row(
        "PATCH", f"{AI}/providers/{{name}}/keys/{{key_id}}", "manage:ai", 204, "provider key", body={"weight": 2},
        audit="ai.key_changed",
    ),
    Row("DELETE", f"{AI}/providers/{{name}}/keys/{{key_id}}", "manage:ai", 204, "provider key", audit="ai.key_deleted"),
    Row("GET", f"{AI}/routes", "manage:ai", 200),
    Row("PUT", f"{AI}/routes/{{task}}", "manage:ai", 204, "task", body={"places": []}, audit="ai.route_set"),
    Row("GET", f"{AI}/prices", "manage:ai", 200),
    Row("PUT", f"{AI}/prices", "manage:ai", 422, body={"provider": "nobody", "model": "m", **PRICE}),
    Row("DELETE", f"{AI}/prices", "manage:ai", 422),
    Row("GET", f"{AI}/tiers", "manage:ai", 200),
    Row("PUT", f"{AI}/tiers/{{name}}", "manage:ai", 204, "tier", body=LIMITS, audit="ai.tier_changed"),
    Row("GET", f"{AI}/budgets", "manage:ai", 200),
    Row(
        "PUT", f"{AI}/budgets", "manage:ai", 204, body={"scope": "site", "period": "day", "limit_micro_usd": 5},
        audit="ai.budget_set",
    ),
    Row("DELETE", f"{AI}/budgets", "manage:ai", 422),
    # what everybody may
    Row("GET", f"{API}/articles", PUBLIC, 200),
    Row(
        "GET", f"{API}/articles/{{slug}}", PUBLIC, 200, "article",
        foreign_draft={"anonymous": 404, "viewer": 404, "creator": 404, "banned": 403, **KEEPERS},
        missing={"banned": 403},  # who asks is looked at only where nothing public is found
    ),
    Row("GET", f"{API}/articles/{{slug}}/related", PUBLIC, 200, "published article"),
    # comments and reactions
    Row("GET", f"{API}/articles/{{slug}}/comments", PUBLIC, 200, "published article"),
    Row(
        "POST", f"{API}/articles/{{slug}}/comments", "create:comment", 201, "published article",
        body={"body": "Some words."},
    ),
    Row("GET", f"{API}/comments", SIGNED_IN, 200),
    Row("GET", f"{API}/comments/{{comment_id}}", PUBLIC, 200, "comment"),
    Row("GET", f"{API}/comments/{{comment_id}}/replies", PUBLIC, 200, "comment", missing={"*": 200}),
    Row(
        "PUT", f"{API}/comments/{{comment_id}}", "create:comment", 200, "comment", body={"body": "Other words."},
        headers=MATCH, foreign={"*": 403},
    ),
    Row(
        "DELETE", f"{API}/comments/{{comment_id}}", SIGNED_IN, 204, "comment",
        foreign={"*": 403, "moderator": 204, "admin": 204}, audit="comment.deleted",
    ),
    Row(
        "POST", f"{API}/comments/{{comment_id}}/approve", SIGNED_IN, 200, "held comment below", foreign=NOT_THERE,
        audit="comment.approved",
    ),
    Row(
        "POST", f"{API}/comments/{{comment_id}}/reject", SIGNED_IN, 200, "comment below", foreign=NOT_MINE,
        audit="comment.rejected",
    ),
    Row(
        "POST", f"{API}/comments/{{comment_id}}/restore", SIGNED_IN, 200, "deleted comment", foreign=HIDDEN,
    ),
    Row("PUT", f"{API}/articles/{{slug}}/reactions/{{kind}}", SIGNED_IN, 200, "reaction"),
    Row("DELETE", f"{API}/articles/{{slug}}/reactions/{{kind}}", SIGNED_IN, 200, "reaction"),
    Row("GET", f"{API}/moderation/articles", "moderate:article", 200),
    Row(
        "POST", f"{API}/moderation/articles/{{finding_id}}/fine", "moderate:article", 204, "finding",
        audit="article.found_fine",
    ),
    # following
    Row("GET", f"{API}/follows", SIGNED_IN, 200),
    Row("GET", f"{API}/feed", SIGNED_IN, 200),
    Row("PUT", f"{API}/users/{{username}}/follow", SIGNED_IN, 204, "person"),
    Row("DELETE", f"{API}/users/{{username}}/follow", SIGNED_IN, 204, "person"),
    Row("PUT", f"{API}/tags/{{slug}}/follow", SIGNED_IN, 204, "tag"),
    Row("DELETE", f"{API}/tags/{{slug}}/follow", SIGNED_IN, 204, "tag"),
    Row("GET", f"{API}/tags", PUBLIC, 200),
    Row("GET", f"{API}/tags/{{slug}}", PUBLIC, 200, "tag"),
    Row("GET", f"{API}/tags/{{slug}}/articles", PUBLIC, 200, "tag"),
    Row("GET", f"{API}/users/{{username}}", PUBLIC, 200, "person"),
    Row("GET", f"{API}/users/{{username}}/articles", PUBLIC, 200, "person"),
    Row("POST", f"{API}/register", PUBLIC, 202, body={"email": "new@example.com", "password": "a long password"}),
    Row("POST", f"{API}/token", PUBLIC, 400, body={"grant_type": "refresh_token", "refresh_token": "x" * 43}),
    Row("POST", f"{API}/token/refresh", PUBLIC, 400, body={"refresh_token": "x" * 43}),
    Row("POST", f"{API}/token/revoke", PUBLIC, 200, body={"token": "x" * 43}),
    Row("POST", f"{API}/verify-email", PUBLIC, 400, body=UNKNOWN_LINK),
    Row("POST", f"{API}/verify-email/resend", PUBLIC, 202, body={"email": "nobody@example.com"}),
    Row("POST", f"{API}/password/forgot", PUBLIC, 202, body={"email": "nobody@example.com"}),
    Row("POST", f"{API}/password/reset", PUBLIC, 400, body={**UNKNOWN_LINK, "password": "a long password"}),
    # one's own account
    Row("GET", f"{API}/users/me", SIGNED_IN, 200),
    Row("PUT", f"{API}/users/me", OWN_ACCOUNT, 200, body={"bio": "Writes."}),
    Row(
        "DELETE", f"{API}/users/me", OWN_ACCOUNT, 204, body={"password": "{password}"},
    ),
    Row("PUT", f"{API}/users/me/avatar", OWN_ACCOUNT, 200, body={"file": "{picture}"}),
    Row("DELETE", f"{API}/users/me/avatar", OWN_ACCOUNT, 204),
    Row("GET", f"{API}/users/me/export", OWN_ACCOUNT, 200),
    Row(
        "POST", f"{API}/password/change", OWN_ACCOUNT, 200,
        body={"current_password": "{password}", "password": "another long password"},
    ),
    Row("POST", f"{API}/logout", OWN_ACCOUNT, 204),
    Row("GET", f"{API}/sessions", OWN_ACCOUNT, 200),
    Row("DELETE", f"{API}/sessions", OWN_ACCOUNT, 204),
    Row("DELETE", f"{API}/sessions/{{session_id}}", OWN_ACCOUNT, 204, "session", foreign=HIDDEN),
    Row("GET", f"{API}/api-keys", OWN_ACCOUNT, 200),
    Row("POST", f"{API}/api-keys", OWN_ACCOUNT, 201, body={"name": "A key"}),
    Row("DELETE", f"{API}/api-keys/{{key_id}}", OWN_ACCOUNT, 204, "key", foreign=HIDDEN),
    Row("GET", f"{API}/notifications", SIGNED_IN, 200),
    Row("GET", f"{API}/notifications/unread-count", SIGNED_IN, 200),
    Row("GET", f"{API}/notifications/stream", SIGNED_IN, 200),
    Row("POST", f"{API}/notifications/read-all", SIGNED_IN, 204),
    Row("GET", f"{API}/notifications/{{notification_id}}", SIGNED_IN, 200, "notification", foreign=HIDDEN),
    Row("PATCH", f"{API}/notifications/{{notification_id}}/read", SIGNED_IN, 204, "notification", foreign=HIDDEN),
    Row("POST", f"{API}/notifications/{{notification_id}}/archive", SIGNED_IN, 204, "notification", foreign=HIDDEN),
    Row("GET", f"{API}/notifications/preferences", SIGNED_IN, 200),
    Row("PUT", f"{API}/notifications/preferences", OWN_ACCOUNT, 204, body=NO_PUSH),
    Row("GET", f"{API}/notifications/phone", OWN_ACCOUNT, 200),
    Row("PUT", f"{API}/notifications/phone", OWN_ACCOUNT, 200, body={"number": "+41 79 123 45 67"}),
    Row("POST", f"{API}/notifications/phone/confirm", OWN_ACCOUNT, 409, body={"code": "123456"}),
    Row("DELETE", f"{API}/notifications/phone", OWN_ACCOUNT, 204),
    Row("GET", f"{API}/notifications/push/key", OWN_ACCOUNT, 200),
    Row("GET", f"{API}/notifications/push/subscriptions", OWN_ACCOUNT, 200),
    Row("POST", f"{API}/notifications/push/subscriptions", OWN_ACCOUNT, 201, body=BROWSER),
    Row(
        "DELETE", f"{API}/notifications/push/subscriptions/{{subscription_id}}", OWN_ACCOUNT, 204, "push subscription",
        foreign=HIDDEN,
    ),
    Row("GET", f"{API}/tasks-queue/{{task_id}}", SIGNED_IN, 200, "queued task", foreign=HIDDEN),
    Row("POST", f"{API}/tasks-queue/{{task_id}}/cancel", SIGNED_IN, 204, "queued task", foreign=HIDDEN),
    # writing
    Row("POST", f"{API}/articles", "create:article", 201, body=ARTICLE),
    Row("POST", f"{API}/articles/preview", "create:article", 200, body={"body": "Some words."}),
    Row(
        "PATCH", f"{API}/articles/{{slug}}", "edit:article", 200, "article", {"title": "Another"}, MATCH,
        foreign=NOT_MINE, foreign_draft=NOT_THERE, audit="article.changed",
    ),
    Row(
        "PUT", f"{API}/articles/{{slug}}", "edit:article", 200, "article", ARTICLE, MATCH,
        foreign=NOT_MINE, foreign_draft=NOT_THERE, audit="article.changed",
    ),
    Row(
        "DELETE", f"{API}/articles/{{slug}}", "delete:article", 204, "article",
        foreign={"*": 403, "moderator": 204, "admin": 204},
        foreign_draft={"*": 404, "moderator": 204, "admin": 204}, audit="article.deleted",
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/publish", "publish:article", 200, "article",
        foreign=NOT_MINE, foreign_draft=NOT_THERE,
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/unpublish", "publish:article", 200, "article",
        foreign=NOT_MINE, foreign_draft=NOT_THERE, audit="article.unpublished",
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/restore", "delete:article", 200, "article",
        foreign=NOT_MINE, foreign_draft=NOT_THERE,
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/schedule", "publish:article", 200, "article",
        {"publish_at": f"{utc_now().year + 1}-01-01T08:00:00Z"},
        foreign={"*": 403, "moderator": 409, "admin": 409}, foreign_draft=NOT_THERE,
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/archive", "publish:article", 200, "article",
        foreign=NOT_MINE, foreign_draft=NOT_THERE, audit="article.archived",
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/tags", "edit:article", 200, "article", {"tags": ["Another tag"]},
        foreign=NOT_MINE, foreign_draft=NOT_THERE,
    ),
    Row(
        "DELETE", f"{API}/articles/{{slug}}/tags/{{tag}}", "edit:article", 200, "tag of an article",
        foreign=NOT_MINE, audit="article.changed",
    ),
    Row(
        "GET", f"{API}/articles/{{slug}}/revisions", "edit:article", 200, "article",
        foreign=NOT_MINE, foreign_draft=NOT_THERE,
    ),
    Row("GET", f"{API}/articles/{{slug}}/revisions/{{number}}", "edit:article", 200, "revision", foreign=NOT_MINE),
    Row(
        "GET", f"{API}/articles/{{slug}}/revisions/{{number}}/diff/{{other}}", "edit:article", 200,
        "pair of revisions", foreign=NOT_MINE,
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/revisions/{{number}}/restore", "edit:article", 200, "revision",
        foreign=NOT_MINE,
    ),
    Row(
        "POST", f"{API}/articles/{{slug}}/preview-link", "edit:article", 201, "article", {"days": 7},
        foreign={"*": 403, "moderator": 201, "admin": 201},
        foreign_draft={"*": 404, "moderator": 201, "admin": 201}, audit="article.shared",
    ),
    Row(
        "DELETE", f"{API}/articles/{{slug}}/preview-link", "edit:article", 204, "article",
        foreign={"*": 403, "moderator": 204, "admin": 204}, foreign_draft={"*": 404, "moderator": 204, "admin": 204},
    ),
    Row("POST", f"{API}/tags", "create:tag", 201, body={"name": "New {unique}"}),
    # keeping things clean
    Row("PATCH", f"{API}/tags/{{slug}}", "edit:tag", 200, "tag", {"name": "Another name"}, audit="tag.changed"),
    Row("DELETE", f"{API}/tags/{{slug}}", "delete:tag", 204, "tag", audit="tag.deleted"),
    Row("POST", f"{API}/tags/{{slug}}/restore", "delete:tag", 200, "deleted tag", audit="tag.restored"),
    Row(
        "POST", f"{API}/tags/{{slug}}/merge", "edit:tag", 200, "tag", {"into": "the-other-tag"}, audit="tag.merged",
    ),
    # running the site
    Row("GET", f"{API}/users", "manage:users", 200),
    Row("GET", f"{API}/admin/users/{{username}}", "manage:users", 200, "person"),
    Row(
        "PATCH", f"{API}/admin/users/{{username}}", "manage:users", 200, "person", {"role": "creator"},
        audit="user.changed",
    ),
    Row(
        "POST", f"{API}/admin/users/{{username}}/ban", "manage:users", 200, "person", {"reason": "Spam"},
        audit="user.banned",
    ),
    Row("DELETE", f"{API}/admin/users/{{username}}/ban", "manage:users", 204, "banned person", audit="user.unbanned"),
    Row("POST", f"{API}/admin/users/{{username}}/sign-out", "manage:users", 204, "person", audit="user.signed_out"),
    Row(
        "POST", f"{API}/admin/users/{{username}}/resend-verification", "manage:users", 204, "unverified person",
        audit="user.verification_sent",
    ),
    Row("GET", f"{API}/admin/permissions", "manage:roles", 200),
    Row("GET", f"{API}/admin/roles", "manage:roles", 200),
    Row(
        "POST", f"{API}/admin/roles", "manage:roles", 201, body={"name": "editor-{unique}", "description": "Edits"},
        audit="role.created",
    ),
    Row(
        "PATCH", f"{API}/admin/roles/{{name}}", "manage:roles", 200, "role", {"permissions": ["create:tag"]},
        audit="role.changed",
    ),
    Row("DELETE", f"{API}/admin/roles/{{name}}", "manage:roles", 204, "role", audit="role.deleted"),
    Row("GET", f"{API}/admin/audit", "view:audit", 200),
    Row("GET", f"{API}/admin/mail", "view:mail", 200),
    Row("POST", f"{API}/admin/mail/{{delivery_id}}/send", "view:mail", 202, "mail", audit="delivery.sent_again"),
    Row("GET", f"{API}/admin/events/state", "manage:events", 200),
    Row("GET", f"{API}/admin/events/dead", "manage:events", 200),
    Row("GET", f"{API}/admin/events/{{event_id}}", "manage:events", 200, "dead letter"),
    Row(
        "POST", f"{API}/admin/events/{{event_id}}/replay", "manage:events", 200, "dead letter", {},
        audit="event.replayed",
    ),
    Row("GET", f"{API}/admin/notification-templates", "edit:notification_template", 200),
    Row("GET", f"{API}/admin/notification-templates/{{name}}", "edit:notification_template", 200, "own words"),
    Row(
        "PUT", f"{API}/admin/notification-templates/{{name}}", "edit:notification_template", 204, "own words", WORDS,
        audit="notification_template.changed",
    ),
    Row(
        "DELETE", f"{API}/admin/notification-templates/{{name}}", "edit:notification_template", 204, "own words",
        audit="notification_template.reset",
    ),
    Row(
        "POST", f"{API}/admin/notification-templates/{{name}}/preview", "edit:notification_template", 200, "own words",
        WORDS,
    ),
    Row("GET", f"{API}/uploads", "upload:media", 200),
    Row("POST", f"{API}/uploads", "upload:media", 201, body={"file": "{picture}"}),
    Row("DELETE", f"{API}/uploads/{{upload_id}}", "upload:media", 204, "upload", foreign=HIDDEN),
    Row("GET", f"{API}/imports", "manage:imports", 200),
    Row("POST", f"{API}/imports", "manage:imports", 202, body={"file": "{archive}"}, audit="import.started"),
    Row("GET", f"{API}/imports/{{import_id}}", "manage:imports", 200, "import"),
    Row("GET", f"{API}/imports/{{import_id}}/items", "manage:imports", 200, "import"),
    Row("GET", f"{API}/imports/{{import_id}}/report.csv", "manage:imports", 200, "import"),
    Row(
        "POST", f"{API}/imports/{{import_id}}/cancel", "manage:imports", 200, "waiting import",
        audit="import.cancelled",
    ),
    Row("POST", f"{API}/imports/{{import_id}}/run", "manage:imports", 202, "tried import", audit="import.started"),
    Row("GET", f"{API}/export", "manage:imports", 200, audit="site.exported"),
    Row("GET", f"{API}/webhooks", "manage:webhooks", 200),
    Row("POST", f"{API}/webhooks", "manage:webhooks", 201, body=ENDPOINT, audit="webhook.created"),
    Row("GET", f"{API}/webhooks/{{endpoint_id}}", "manage:webhooks", 200, "webhook"),
    Row(
        "PATCH", f"{API}/webhooks/{{endpoint_id}}", "manage:webhooks", 200, "webhook",
        {"description": "Another"}, MATCH, audit="webhook.changed",
    ),
    Row("DELETE", f"{API}/webhooks/{{endpoint_id}}", "manage:webhooks", 204, "webhook", audit="webhook.deleted"),
    Row(
        "POST", f"{API}/webhooks/{{endpoint_id}}/rotate-secret", "manage:webhooks", 200, "webhook",
        audit="webhook.secret_rotated",
    ),
    Row("POST", f"{API}/webhooks/{{endpoint_id}}/test", "manage:webhooks", 202, "webhook", audit="webhook.tested"),
    Row("GET", f"{API}/webhooks/{{endpoint_id}}/deliveries", "manage:webhooks", 200, "webhook"),
    Row(
        "GET", f"{API}/webhooks/{{endpoint_id}}/deliveries/{{delivery_id}}", "manage:webhooks", 200,
        "webhook delivery",
    ),
    Row(
        "POST", f"{API}/webhooks/{{endpoint_id}}/deliveries/{{delivery_id}}/replay", "manage:webhooks", 202,
        "webhook delivery", audit="delivery.sent_again",
    ),
)  # fmt: skip
