"""The link in each mail that ends mails of its kind. Whoever has the link may do that, and nothing else."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.notifications.errors import UnknownLink
from stoa.modules.notifications.unsubscribing import Unsubscribing
from stoa.shared.database import SessionDep
from stoa.shared.security import PUBLIC
from stoa.web.contexts import Site
from stoa.web.notifications.contexts import LinkUnknownPage, UnsubscribePage
from stoa.web.private import TOKEN_IN_ADDRESS, private_meta, private_page

router = APIRouter(prefix="/unsubscribe", include_in_schema=False)


@router.get("/{token}", **PUBLIC)
async def ask_to_unsubscribe(token: str, request: Request) -> Response:
    """Ask before mails end: mail programs open links, so opening one must not change anything."""
    try:
        category = _links(request).category_of(token)
    except UnknownLink as fault:
        return await _unknown(request, fault)
    page = UnsubscribePage(private_meta(request, "No more of these mails?"), category.label, token, is_done=False)
    return await private_page(request, page, headers=TOKEN_IN_ADDRESS)


# Neither cookie nor token of a form: a mail program sends this with neither (RFC 8058), its body says nothing more.
# The signed link is the right to it, and a foreign page that sends a form here would have to know it.
@router.post("/{token}", **PUBLIC)
async def unsubscribe(token: str, session: SessionDep, request: Request) -> Response:
    """End the mails of that category."""
    try:
        category = await _links(request).unsubscribe(session, token)
    except UnknownLink as fault:
        return await _unknown(request, fault)
    page = UnsubscribePage(private_meta(request, "No more of these mails"), category.label, token, is_done=True)
    return await private_page(request, page, headers=TOKEN_IN_ADDRESS)


def _links(request: Request) -> Unsubscribing:
    site: Site = request.app.state.site
    return Unsubscribing(parts_of(request).keyring, site.url)


async def _unknown(request: Request, fault: UnknownLink) -> Response:
    page = LinkUnknownPage(private_meta(request, "This link does not work"))
    return await private_page(request, page, headers=TOKEN_IN_ADDRESS, fault=fault)
