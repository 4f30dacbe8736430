"""The API of exports."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.modules.audit.service import AuditService
from stoa.modules.content.exporting.packing import zipped
from stoa.modules.content.exporting.service import SiteExport
from stoa.shared.database import database_of
from stoa.shared.media.store import MediaStore
from stoa.shared.problems import Problem
from stoa.shared.security import ActorDep, require
from stoa.shared.settings import Settings

router = APIRouter(prefix="/export", tags=["imports"])
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "A zip that Stoa imports again, byte by byte the same."},
    **{fault: {"model": Problem, "description": "A problem document"} for fault in (400, 401, 403)},
}
_HEADERS = {"cache-control": "no-store", "content-disposition": 'attachment; filename="stoa-export.zip"'}


@router.get("", responses=_ZIP, response_class=Response, **require("manage:imports"))
async def export_site(request: Request, actor: ActorDep) -> Response:
    """Download the whole site: articles, pages, tags, authors, comments and pictures, but nothing private."""
    settings: Settings = request.app.state.settings
    media: MediaStore = request.app.state.media
    database = database_of(request)

    async def record(session: AsyncSession) -> None:
        await AuditService(session).record("site.exported", actor=actor)

    await database.transact(record)
    export = SiteExport(database.reads, media.read, site_name=settings.site.site_name, language=settings.site.language)
    return StreamingResponse(zipped(export.files()), media_type="application/zip", headers=_HEADERS)
