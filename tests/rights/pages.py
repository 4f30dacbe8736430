"""Who may see which page: the reviewed table. A page without a row fails, and so does a row without a page.

What is true of every page is written once, in `expected`. `tests/matrix` does the same for the API.
"""

from dataclasses import dataclass
from typing import Final

from stoa.shared.security import OWN_ACCOUNT, SIGNED_IN
from tests.matrix.table import PUBLIC, RIGHTS

VISITORS: Final = ("anonymous", "viewer", "creator", "moderator", "admin")


@dataclass(frozen=True, slots=True)
class Page:
    """One page, asked for by a name that is nobody's where its address has one.

    `shown` is the answer to those who may see it, `to_members` the one to whoever is signed in, where that differs.
    """

    path: str
    needs: str
    shown: int = 200
    to_members: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What a form is sent to; `from_anywhere` is the answer to what may come from other sites, where that is meant."""

    path: str
    needs: str
    from_anywhere: int | None = None


def expected(page: Page, visitor: str) -> int:
    """To the sign-in page who is nobody, 403 for who may not."""
    if page.needs != PUBLIC:
        if visitor == "anonymous":
            return 303
        if page.needs not in {OWN_ACCOUNT, SIGNED_IN} and page.needs not in RIGHTS[visitor]:
            return 403
    if visitor != "anonymous" and page.to_members is not None:
        return page.to_members
    return page.shown


PAGES: Final = (
    # to read
    Page("/", PUBLIC),
    Page("/articles/{slug}", PUBLIC, 404),
    Page("/tags", PUBLIC),
    Page("/tags/{slug}", PUBLIC, 404),
    Page("/authors/{username}", PUBLIC, 404),
    Page("/search", PUBLIC),
    Page("/styleguide", PUBLIC),
    Page("/docs", PUBLIC),
    Page("/docs/start.js", PUBLIC),
    Page("/docs/{name}", PUBLIC, 404),
    # for programs
    Page("/feed.{form}", PUBLIC),
    Page("/tags/{slug}/feed.{form}", PUBLIC, 404),
    Page("/authors/{username}/feed.{form}", PUBLIC, 404),
    Page("/sitemap.xml", PUBLIC),
    Page("/sitemap-tags.xml", PUBLIC),
    Page("/sitemap-authors.xml", PUBLIC),
    Page("/sitemap-{number}.xml", PUBLIC),
    Page("/robots.txt", PUBLIC),
    Page("/static/{path}", PUBLIC, 404),
    Page("/service-worker.js", PUBLIC),
    Page("/media/{path:path}", PUBLIC, 404),
    Page("/healthz", PUBLIC),
    Page("/readyz", PUBLIC),
    Page("/.well-known/oauth-authorization-server", PUBLIC),
    # the way in
    Page("/register", PUBLIC, to_members=303),
    Page("/sign-in", PUBLIC, to_members=303),
    Page("/welcome", PUBLIC),
    Page("/verify-email", PUBLIC, 303),
    Page("/verify-email/resend", PUBLIC),
    Page("/forgot-password", PUBLIC),
    Page("/reset-password", PUBLIC, 303),
    Page("/unsubscribe/{token}", PUBLIC, 404),
    # what one follows
    Page("/following", SIGNED_IN),
    # what one was told
    Page("/notifications", SIGNED_IN),
    Page("/notifications/{notification_id}", SIGNED_IN, 404),
    # one's own account
    Page("/settings", OWN_ACCOUNT),
    Page("/settings/password", OWN_ACCOUNT),
    Page("/settings/sessions", OWN_ACCOUNT),
    Page("/settings/sessions/end-others", OWN_ACCOUNT),
    Page("/settings/notifications", OWN_ACCOUNT),
    Page("/settings/ai", OWN_ACCOUNT),
    Page("/settings/api-keys", OWN_ACCOUNT),
    Page("/settings/api-keys/{key_id}/end", OWN_ACCOUNT, 404),
    Page("/settings/data", OWN_ACCOUNT),
    Page("/settings/data/export", OWN_ACCOUNT),
    Page("/settings/data/erase", OWN_ACCOUNT),
    # writing
    Page("/studio", "create:article"),
    Page("/studio/new", "create:article"),
    Page("/studio/calendar", "create:article"),
    Page("/studio/comments", "create:article"),
    Page("/studio/comments/articles", "moderate:article"),
    Page("/studio/tags", "edit:tag"),
    Page("/studio/tags/{slug}", "edit:tag", 404),
    Page("/studio/tags/{slug}/merge", "edit:tag", 404),
    Page("/studio/tags/{slug}/delete", "delete:tag", 404),
    Page("/studio/import", "manage:imports"),
    Page("/studio/import/{import_id}", "manage:imports", 404),
    Page("/studio/articles/{slug}", "edit:article", 404),
    Page("/studio/articles/{slug}/delete", "delete:article", 404),
    Page("/studio/articles/{slug}/revisions", "edit:article", 404),
    Page("/studio/articles/{slug}/revisions/compare", "edit:article", 404),
    Page("/studio/articles/{slug}/revisions/{number}", "edit:article", 404),
    Page("/studio/articles/{slug}/revisions/{number}/restore", "edit:article", 404),
    Page("/studio/articles/{slug}/preview-links", "edit:article", 404),
    Page("/preview/{token}", PUBLIC, 404),
    # running the site
    Page("/admin/mail", "view:mail"),
    Page("/ask", PUBLIC, 404),
    Page("/chat", "use:ai"),
    Page("/chat/{conversation_id}", "use:ai", 404),
    Page("/chat/{conversation_id}/delete", "use:ai", 404),
    Page("/admin/webhooks", "manage:webhooks"),
    Page("/admin/webhooks/new", "manage:webhooks"),
    Page("/admin/webhooks/{endpoint_id}", "manage:webhooks", 404),
    Page("/admin/webhooks/{endpoint_id}/rotate-secret", "manage:webhooks", 404),
    Page("/admin/webhooks/{endpoint_id}/delete", "manage:webhooks", 404),
    Page("/admin/webhooks/{endpoint_id}/deliveries/{delivery_id}", "manage:webhooks", 404),
    Page("/admin/ai", "manage:ai"),
    Page("/admin/ai/spending", "manage:ai"),
    Page("/admin/ai/providers/new", "manage:ai"),
    Page("/admin/ai/providers/{name}", "manage:ai", 404),
    Page("/admin/ai/providers/{name}/delete", "manage:ai", 404),
    Page("/admin/ai/providers/{name}/keys/{key_id}/end", "manage:ai", 404),
    Page("/admin/ai/routes", "manage:ai"),
    Page("/admin/ai/prices", "manage:ai"),
    Page("/admin/ai/limits", "manage:ai"),
    Page("/admin/notice-templates", "edit:notification_template"),
    Page("/admin/notice-templates/{kind}", "edit:notification_template", 404),
)
ACTIONS: Final = (
    Action("/register", PUBLIC),
    Action("/sign-in", PUBLIC),
    Action("/sign-out", PUBLIC),
    Action("/welcome", PUBLIC),
    Action("/verify-email", PUBLIC),
    Action("/verify-email/resend", PUBLIC),
    Action("/forgot-password", PUBLIC),
    Action("/reset-password", PUBLIC),
    Action("/unsubscribe/{token}", PUBLIC, from_anywhere=404),  # mail programs send it: its address is the right to it
    Action("/notifications/read-all", SIGNED_IN),
    Action("/notifications/{notification_id}/read", SIGNED_IN),
    Action("/notifications/{notification_id}/archive", SIGNED_IN),
    Action("/articles/{slug}/comments", "create:comment"),
    Action("/articles/{slug}/reactions", SIGNED_IN),
    Action("/comments/{comment_id}/edit", "create:comment"),
    Action("/comments/{comment_id}/{act}", SIGNED_IN),
    Action("/authors/{username}/follow", SIGNED_IN),
    Action("/tags/{slug}/follow", SIGNED_IN),
    Action("/settings", OWN_ACCOUNT),
    Action("/settings/avatar", OWN_ACCOUNT),
    Action("/settings/avatar/remove", OWN_ACCOUNT),
    Action("/settings/password", OWN_ACCOUNT),
    Action("/settings/sessions/{session_id}/end", OWN_ACCOUNT),
    Action("/settings/sessions/end-others", OWN_ACCOUNT),
    Action("/settings/notifications", OWN_ACCOUNT),
    Action("/settings/notifications/phone", OWN_ACCOUNT),
    Action("/settings/notifications/phone/confirm", OWN_ACCOUNT),
    Action("/settings/notifications/phone/remove", OWN_ACCOUNT),
    Action("/settings/notifications/devices/{subscription_id}/remove", OWN_ACCOUNT),
    Action("/settings/api-keys", OWN_ACCOUNT),
    Action("/settings/api-keys/{key_id}/end", OWN_ACCOUNT),
    Action("/settings/data/erase", OWN_ACCOUNT),
    Action("/admin/mail/{delivery_id}/send", "view:mail"),
    Action("/admin/notice-templates/{kind}", "edit:notification_template"),
    Action("/admin/notice-templates/{kind}/reset", "edit:notification_template"),
    Action("/studio/new", "create:article"),
    Action("/studio/bulk", "create:article"),
    Action("/studio/calendar", "publish:article"),
    Action("/studio/comments", "create:article"),
    Action("/studio/comments/articles", "moderate:article"),
    Action("/studio/tags/{slug}", "edit:tag"),
    Action("/studio/tags/{slug}/merge", "edit:tag"),
    Action("/studio/tags/{slug}/delete", "delete:tag"),
    Action("/studio/tags/{slug}/restore", "delete:tag"),
    Action("/studio/import", "manage:imports"),
    Action("/studio/import/{import_id}/cancel", "manage:imports"),
    Action("/studio/import/{import_id}/run", "manage:imports"),
    Action("/studio/articles/{slug}", "edit:article"),
    Action("/studio/articles/{slug}/delete", "delete:article"),
    Action("/studio/new/autosave", "create:article"),
    Action("/studio/articles/{slug}/autosave", "edit:article"),
    Action("/studio/articles/{slug}/revisions/{number}/restore", "edit:article"),
    Action("/studio/articles/{slug}/preview-links", "edit:article"),
    Action("/studio/articles/{slug}/preview-links/revoke", "edit:article"),
    Action("/studio/articles/{slug}/restore", "delete:article"),
    Action("/chat", "use:ai"),
    *(
        Action(f"/chat/{{conversation_id}}/{name}", "use:ai")
        for name in ("messages", "regenerate", "edit", "stop", "branch", "rate", "settings", "archive", "delete")
    ),
    Action("/admin/webhooks/new", "manage:webhooks"),
    Action("/admin/webhooks/{endpoint_id}", "manage:webhooks"),
    Action("/admin/webhooks/{endpoint_id}/test", "manage:webhooks"),
    Action("/admin/webhooks/{endpoint_id}/rotate-secret", "manage:webhooks"),
    Action("/admin/webhooks/{endpoint_id}/delete", "manage:webhooks"),
    Action("/admin/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay", "manage:webhooks"),
    Action("/admin/ai/providers/new", "manage:ai"),
    Action("/admin/ai/providers/{name}", "manage:ai"),
    Action("/admin/ai/providers/{name}/try", "manage:ai"),
    Action("/admin/ai/providers/{name}/delete", "manage:ai"),
    Action("/admin/ai/providers/{name}/keys", "manage:ai"),
    Action("/admin/ai/providers/{name}/keys/{key_id}", "manage:ai"),
    Action("/admin/ai/providers/{name}/keys/{key_id}/end", "manage:ai"),
    Action("/admin/ai/routes/{task}", "manage:ai"),
    Action("/admin/ai/prices", "manage:ai"),
    Action("/admin/ai/prices/remove", "manage:ai"),
    Action("/admin/ai/tiers/{name}", "manage:ai"),
    Action("/admin/ai/budgets", "manage:ai"),
    Action("/admin/ai/budgets/remove", "manage:ai"),
)
