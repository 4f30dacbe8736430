"""The API of uploads: everybody brings and sees their own."""

from uuid import UUID

from fastapi import APIRouter, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.parts import parts_of
from stoa.modules.content.uploads.schemas import UploadOut
from stoa.modules.content.uploads.service import Uploading, UploadReads, UploadService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, PageQuery, page_json
from stoa.shared.security import ActorDep, GuardedRoute, require

router = APIRouter(prefix="/uploads", tags=["uploads"], route_class=GuardedRoute)
_NEEDS = "upload:media"
_BROUGHT = {
    **answers(UploadOut, 401, 403, 413, 429, 503, 507, status=201),
    200: {"model": UploadOut, "description": "You brought this picture before."},
}
_GONE = {status: said for status, said in answers(UploadOut, 401, 403, 404).items() if status != 200}


@router.post("", status_code=201, responses=_BROUGHT, **require(_NEEDS))
async def upload(file: UploadFile, actor: ActorDep, request: Request) -> Response:
    """Upload a picture: PNG, JPEG, WebP or GIF of up to 20 MB and 24 megapixels, kept without its metadata."""
    state = request.app.state
    uploading = Uploading(database_of(request), state.media, state.pictures, parts_of(request).throttle)
    made, is_new = await uploading.bring(actor, file.filename or "", file.file)
    return private_json(made.model_dump_json(), 201 if is_new else 200)


@router.get("", responses=answers(Page[UploadOut], 401, 403), **require(_NEEDS, list_parameters(PageQuery)))
async def list_uploads(request: Request, actor: ActorDep) -> Response:
    """List one's own uploads, newest first."""
    query = query_of(request, PageQuery)
    page = await UploadReads(reads_of(request)).page(actor, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.delete("/{upload_id}", status_code=204, responses=_GONE, **require(_NEEDS))
async def forget_upload(upload_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Take an upload from one's list. The picture itself stays at its address, since texts may show it."""
    await UploadService(session).forget(actor, upload_id)
