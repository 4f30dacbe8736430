"""The API of tags."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.content.tags.schemas import TagChange, TagIn, TagMerge, TagOut, TagQuery
from stoa.modules.content.tags.service import TagReads, TagService
from stoa.shared.answers import answers, public_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.listing import public_list, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.parameters import SlugPath
from stoa.shared.security import PUBLIC, ActorDep, require

router = APIRouter(prefix="/tags", tags=["tags"])


@router.get("", responses=answers(Page[TagOut]), **public_list(TagQuery))
async def list_tags(request: Request) -> Response:
    """List tags by name or by number of articles."""
    query = query_of(request, TagQuery)
    page = await TagReads(reads_of(request)).page(query)
    return public_json(page_json(page, limit=query.limit, skip=query.skip))


@router.post("", status_code=201, responses=answers(TagOut, 401, 403, 409, status=201), **require("create:tag"))
async def create_tag(new: TagIn, session: SessionDep) -> TagOut:
    """Create a tag."""
    return await TagService(session).create(new)


@router.get("/{slug}", responses=answers(TagOut, 404), **PUBLIC)
async def get_tag(slug: SlugPath, request: Request) -> Response:
    """Read a tag; a former slug answers 301."""
    return public_json(await TagReads(reads_of(request)).one(slug))


@router.patch("/{slug}", responses=answers(TagOut, 401, 403, 404, 409), **require("edit:tag"))
async def change_tag(slug: SlugPath, change: TagChange, actor: ActorDep, session: SessionDep) -> TagOut:
    """Rename a tag; its former slug leads to it for ever."""
    return await TagService(session).change(slug, change, actor)


@router.delete("/{slug}", status_code=204, responses=answers(TagOut, 401, 403, 404), **require("delete:tag"))
async def delete_tag(slug: SlugPath, actor: ActorDep, session: SessionDep) -> None:
    """Delete a tag; it can be restored for 30 days."""
    await TagService(session).delete(slug, actor)


@router.post("/{slug}/restore", responses=answers(TagOut, 401, 403, 404, 409), **require("delete:tag"))
async def restore_tag(slug: SlugPath, actor: ActorDep, session: SessionDep) -> TagOut:
    """Bring a deleted tag back with its articles; what was merged into another stays there."""
    return await TagService(session).restore(slug, actor)


@router.post("/{slug}/merge", responses=answers(TagOut, 401, 403, 404, 409), **require("edit:tag"))
async def merge_tag(slug: SlugPath, merge: TagMerge, actor: ActorDep, session: SessionDep) -> TagOut:
    """Move all articles of a tag to another one."""
    return await TagService(session).merge(slug, merge.into, actor)
