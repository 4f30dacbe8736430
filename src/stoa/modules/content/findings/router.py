"""The API of findings: what the guard found in articles, for those who moderate them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.findings.schemas import FindingOut, FindingQuery
from stoa.modules.content.findings.service import MODERATE, FindingReads, FindingService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/moderation/articles", tags=["moderation"])
_CLOSED = {status: said for status, said in answers(FindingOut, 401, 403, 404).items() if status != 200}
FindingId = Annotated[UUID, Path(description="The finding's id.")]


@router.get("", responses=answers(Page[FindingOut], 401, 403), **require(MODERATE, list_parameters(FindingQuery)))
async def list_findings(request: Request) -> Response:
    """List the published articles in which the site's guard found something, newest first."""
    query = query_of(request, FindingQuery)
    page = await FindingReads(reads_of(request)).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.post("/{finding_id}/fine", status_code=204, responses=_CLOSED, **require(MODERATE))
async def find_fine(finding_id: FindingId, actor: ActorDep, session: SessionDep) -> None:
    """Say that an article is fine as it reads now; it is asked about again when its text changes."""
    await FindingService(session).find_fine(actor, finding_id)
