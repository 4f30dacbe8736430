"""The API of imports."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from stoa.modules.content.importing.folder import ImportFolder
from stoa.modules.content.importing.job_reading import ImportReads
from stoa.modules.content.importing.jobs import NEEDS, ImportJobs
from stoa.modules.content.importing.schemas import ImportIn, ImportJobOut, ImportRowOut, RowQuery
from stoa.shared.answers import answers, private_json
from stoa.shared.database import database_of, reads_of
from stoa.shared.ids import new_id
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, PageQuery, page_json
from stoa.shared.security import Actor, ActorDep, GuardedRoute, require

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {}}, "description": "All rows of the report, in the order of the source."}
}


class ImportForm(ImportIn):
    """What is uploaded, and how it is to be imported."""

    file: UploadFile = Field(description="A zip of Markdown, WordPress' .xml, Ghost's .json, or an export of Stoa.")


async def start_import(request: Request, actor: Actor, file: UploadFile, choices: ImportIn) -> UUID:
    """Keep an uploaded source and have it imported; answers the job's id. For the API and for forms."""
    actor.demand(NEEDS)
    folder: ImportFolder = request.app.state.import_folder
    job_id = new_id()
    stored = await asyncio.to_thread(folder.keep, job_id, file.filename or "", file.file)
    try:
        return await database_of(request).transact(
            lambda session: ImportJobs(session).start(actor, job_id, stored, choices)
        )
    except BaseException:
        await asyncio.to_thread(folder.remove, stored.place)
        raise


@router.post(
    "", status_code=202, responses=answers(ImportJobOut, 401, 403, 409, 413, 503, status=202), **require(NEEDS)
)
async def post_import(
    request: Request, actor: ActorDep, form: Annotated[ImportForm, Form(media_type="multipart/form-data")]
) -> Response:
    """Import a file: articles, pages, tags, authors and comments. A worker does it; follow the Location."""
    job_id = await start_import(request, actor, form.file, form)
    return await _accepted(request, job_id)


@router.get("", responses=answers(Page[ImportJobOut], 401, 403), **require(NEEDS, list_parameters(PageQuery)))
async def list_imports(request: Request) -> Response:
    """List imports, newest first."""
    query = query_of(request, PageQuery)
    page = await ImportReads(reads_of(request)).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/{import_id}", responses=answers(ImportJobOut, 401, 403, 404), **require(NEEDS))
async def get_import(import_id: UUID, request: Request) -> Response:
    """Read an import and how far it is."""
    return private_json(await ImportReads(reads_of(request)).one(import_id))


@router.get(
    "/{import_id}/items",
    responses=answers(Page[ImportRowOut], 401, 403, 404),
    **require(NEEDS, list_parameters(RowQuery)),
)
async def list_items(import_id: UUID, request: Request) -> Response:
    """List what became of each item, in the order of the source. Kept for 90 days."""
    query = query_of(request, RowQuery)
    page = await ImportReads(reads_of(request)).rows(import_id, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get(
    "/{import_id}/report.csv",
    responses={**answers(ImportJobOut, 401, 403, 404), **_CSV},
    response_class=Response,
    **require(NEEDS),
)
async def get_report(import_id: UUID, request: Request) -> Response:
    """Download the whole report."""
    lines = await ImportReads(reads_of(request)).report(import_id)
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers={
            "cache-control": "no-store", "content-disposition": f'attachment; filename="import-{import_id}.csv"',
        },
    )  # fmt: skip


@router.post("/{import_id}/cancel", responses=answers(ImportJobOut, 401, 403, 404, 409), **require(NEEDS))
async def cancel_import(import_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Cancel an import; what it imported so far stays."""
    await database_of(request).transact(lambda session: ImportJobs(session).cancel(actor, import_id))
    return private_json(await ImportReads(reads_of(request)).one(import_id))


@router.post(
    "/{import_id}/run", status_code=202, responses=answers(ImportJobOut, 401, 403, 404, 409, status=202),
    **require(NEEDS),
)  # fmt: skip
async def run_import(import_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Import for real what was tried within the last day, as a new import, or go on with one that stopped."""
    job_id = await database_of(request).transact(lambda session: ImportJobs(session).run(actor, import_id))
    return await _accepted(request, job_id)


async def _accepted(request: Request, job_id: UUID) -> Response:
    answer = private_json(await ImportReads(reads_of(request)).one(job_id), 202)
    answer.headers["location"] = f"/api/v1/imports/{job_id}"
    return answer
