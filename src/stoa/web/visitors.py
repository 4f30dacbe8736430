"""Who looks at a page, and the answer for them: the same for everybody and kept, or theirs alone and kept by nobody."""

from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.notifications.reading import NotificationReads
from stoa.shared.answers import public_page
from stoa.shared.database import reads_of
from stoa.shared.security import Actor, viewer_of
from stoa.web.contexts import Visitor
from stoa.web.footer import footer_of
from stoa.web.rendering import Pages

HTML = "text/html; charset=utf-8"
_VARY = "Cookie"
_OWN = {"cache-control": "private, no-store", "vary": _VARY}


async def page_answer(request: Request, page: object, *, status: int = 200) -> Response:
    """A page that everybody may see; its header shows the person, if somebody is signed in."""
    return await answer_to(request, await viewer_of(request), page, status=status)


async def answer_to(request: Request, actor: Actor | None, page: object, *, status: int = 200) -> Response:
    """The same where it is known already who looks."""
    pages, footer = pages_of(request), await footer_of(request)
    if actor is not None:
        html = pages.render(page, await visitor_of(request, actor), footer)
        return Response(html, status, headers=_OWN, media_type=HTML)
    answer = public_page(pages.render(page, footer=footer))
    answer.status_code = status
    answer.headers["vary"] = _VARY
    return answer


async def visitor_of(request: Request, actor: Actor) -> Visitor:
    """What the header says of whoever is signed in."""
    return Visitor(
        username=actor.username,
        display_name=actor.display_name or actor.username,
        avatar_url=actor.avatar_url,
        can_write=actor.can("create:article"),
        can_read_mail=actor.can("view:mail"),
        can_word_notices=actor.can("edit:notification_template"),
        can_manage_webhooks=actor.can("manage:webhooks"),
        can_manage_ai=actor.can("manage:ai"),
        can_chat=actor.can("use:ai"),
        csrf_token=actor.csrf_token,
        unread=await NotificationReads(reads_of(request)).unread(actor.user_id),
    )


def pages_of(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages
