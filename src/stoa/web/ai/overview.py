"""The first page of those who manage models: who there is, how they do, who answers what."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.shared.security import require
from stoa.web.ai.admin_contexts import ProvidersPage
from stoa.web.ai.admin_done import done_of
from stoa.web.ai.admin_reading import answers_now, is_bare, provider_lines, setup_reads
from stoa.web.private import private_meta, private_page

NEEDS: Final = "manage:ai"
HERE: Final = "/admin/ai"
router = APIRouter(prefix=HERE, include_in_schema=False)


@router.get("", **require(NEEDS))
async def list_providers(request: Request) -> Response:
    """The providers there are, and who answers what."""
    providers = await provider_lines(request)
    page = ProvidersPage(
        meta=private_meta(request, "AI"),
        done=done_of(request),
        providers=providers,
        answers=answers_now((await setup_reads(request)).routes()),
        is_bare=is_bare(providers),
    )
    return await private_page(request, page)
