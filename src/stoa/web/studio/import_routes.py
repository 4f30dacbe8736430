"""The addresses of imports: choose a file, look how far it is, read the report, cancel, run again."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, UploadFile
from starlette.responses import Response

from stoa.modules.content.importing.jobs import NEEDS, ImportJobs
from stoa.modules.content.importing.router import start_import
from stoa.modules.content.importing.schemas import ImportIn
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import FieldFault, InvalidInput, StoaError
from stoa.shared.security import ActorDep, require
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.studio.imports import HERE, Imports, ReportQuery
from stoa.web.studio.rail_links import rail_for

router = APIRouter(prefix=HERE, include_in_schema=False)
_FIELDS: Final = ("status", "author", "old_site", "source", "dry_run")
_TITLE: Final = "Import and export"
PageNumber = Annotated[int, Query(ge=1, le=500)]


async def _imports(request: Request, actor: ActorDep) -> Imports:
    return Imports(reads_of(request), await rail_for(request, actor, "import"))


ImportsDep = Annotated[Imports, Depends(_imports)]


@router.get("", **require(NEEDS))
async def show_imports(request: Request, imports: ImportsDep, page: PageNumber = 1) -> Response:
    """The form for a file, and the former imports."""
    return await _page(request, imports, FormState({"dry_run": "on", "status": "published"}), number=page)


@router.post("", **require(NEEDS))
async def upload_import(request: Request, actor: ActorDep, imports: ImportsDep) -> Response:
    """Keep the file and have it imported."""
    form = await read_form(request, _FIELDS, files=("file",))
    file = form.files.get("file")
    try:
        if file is None or not file.filename:
            raise InvalidInput("Choose a file.", faults=(FieldFault("body.file", "Choose the file to import."),))
        sent = UploadFile(file.file, filename=file.filename)
        job_id = await start_import(request, actor, sent, checked(ImportIn, _chosen(form)))
    except StoaError as fault:
        return await _page(request, imports, form.refused(fault), fault=fault)
    finally:
        if file is not None:
            await file.close()
    return see_other(f"{HERE}/{job_id}")


@router.get("/{import_id}", **require(NEEDS))
async def show_import(
    request: Request, import_id: UUID, imports: ImportsDep, query: Annotated[ReportQuery, Query()]
) -> Response:
    """One import: how far it is, and its report."""
    job = await imports.title(import_id)
    return await private_page(request, await imports.one(private_meta(request, f"Import: {job.title}"), job, query))


@router.post("/{import_id}/cancel", **require(NEEDS))
async def cancel_import(request: Request, import_id: UUID, actor: ActorDep, session: SessionDep) -> Response:
    """Cancel it; what it imported so far stays."""
    await read_form(request, ())
    await ImportJobs(session).cancel(actor, import_id)
    return see_other(f"{HERE}/{import_id}")


@router.post("/{import_id}/run", **require(NEEDS))
async def run_import(request: Request, import_id: UUID, actor: ActorDep, session: SessionDep) -> Response:
    """Import for real what was tried, or go on with what stopped."""
    await read_form(request, ())
    return see_other(f"{HERE}/{await ImportJobs(session).run(actor, import_id)}")


def _chosen(form: Form) -> dict[str, Any]:
    return {**form.given("status", "author", "old_site", "source"), "dry_run": form["dry_run"] == "on"}


async def _page(
    request: Request, imports: Imports, form: FormState, *, fault: StoaError | None = None, number: int = 1
) -> Response:
    most = request.app.state.settings.content.import_mb
    page = await imports.page(private_meta(request, _TITLE), form, most_megabytes=most, number=number)
    return await private_page(request, page, fault=fault)
