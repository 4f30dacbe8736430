"""The API of prompts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.templates.schemas import TemplateIn, TemplateOut, TemplatesOut, TemplateText
from stoa.modules.ai.templates.service import TemplateReads, TemplateService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import VersionNeeded
from stoa.shared.if_match import IfMatch
from stoa.shared.middleware.page_cache import entity_tag
from stoa.shared.security import ActorDep, require

READS = "use:ai"
WRITES = "manage:ai"
router = APIRouter(prefix="/ai/templates", tags=["ai"])
Named = Annotated[str, Path(min_length=1, max_length=40)]
_IF_MATCH = Header(alias="If-Match", max_length=2000, description="The `ETag` of the template that was read, or `*`.")


def _versions(if_match: Annotated[str | None, _IF_MATCH] = None) -> IfMatch:
    if if_match is None:
        raise VersionNeeded("Send the ETag of the template as you read it in If-Match, so that no change is lost.")
    return IfMatch.parse(if_match)


Versions = Annotated[IfMatch, Depends(_versions)]


@router.get("", responses=answers(TemplatesOut, 401, 403), **require(READS))
async def list_templates(request: Request) -> TemplatesOut:
    """List the templates, each in its newest version."""
    return TemplatesOut(items=await TemplateReads(reads_of(request)).all())


@router.get("/{name}", responses=answers(TemplateOut, 401, 403, 404), **require(READS))
async def get_template(
    name: Named, request: Request, version: Annotated[int | None, Query(ge=1, le=100_000)] = None
) -> Response:
    """Read a template: its newest version, or one before."""
    return _versioned(await TemplateReads(reads_of(request)).one(name, version))


@router.post("", status_code=201, responses=answers(TemplateOut, 401, 403, 409, 422, status=201), **require(WRITES))
async def create_template(new: TemplateIn, actor: ActorDep, session: SessionDep) -> Response:
    """Write a template of the site's own."""
    return _versioned(await TemplateService(session).create(new, actor), 201)


@router.put("/{name}", responses=answers(TemplateOut, 401, 403, 404, 409, 412, 422, 428), **require(WRITES))
async def change_template(
    name: Named, text: TemplateText, versions: Versions, actor: ActorDep, session: SessionDep
) -> Response:
    """Write the next version of a template, also of one that comes with Stoa; the former ones stay."""
    return _versioned(await TemplateService(session).change(name, text, versions, actor))


def _versioned(template: TemplateOut, status: int = 200) -> Response:
    body = template.model_dump_json().encode()
    return private_json(body, status, {"etag": f'"{entity_tag(body, template.version)}"'})
