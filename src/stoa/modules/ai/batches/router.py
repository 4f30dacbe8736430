"""The API of batches."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.batches.reading import BatchReads
from stoa.modules.ai.batches.schemas import BatchIn, BatchOut, BatchPage
from stoa.modules.ai.batches.service import BatchService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, PageQuery, page_json
from stoa.shared.security import Actor, ActorDep, require

NEEDS = "use:ai"
router = APIRouter(prefix="/ai/batch", tags=["ai"])


@router.post("", status_code=202, responses=answers(BatchOut, 401, 403, 409, 413, 422, status=202), **require(NEEDS))
async def queue_batch(new: BatchIn, actor: ActorDep, request: Request) -> Response:
    """Queue up to 500 calls, to be answered one after another; one that is not valid refuses all of them."""
    batch_id = await database_of(request).transact(lambda session: BatchService(session, actor).create(new))
    location = {"location": f"{request.url.path}/{batch_id}"}
    return private_json(await _reads(request, actor).one(batch_id), 202, location)


@router.get("", responses=answers(Page[BatchOut], 401, 403), **require(NEEDS, list_parameters(PageQuery)))
async def list_batches(actor: ActorDep, request: Request) -> Response:
    """List your batches of the last 30 days, newest first."""
    query = query_of(request, PageQuery)
    page = await _reads(request, actor).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get("/{batch_id}", responses=answers(BatchPage, 401, 403, 404), **require(NEEDS, list_parameters(PageQuery)))
async def get_batch(batch_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Read how far a batch is, with its results in the order of its items."""
    query = query_of(request, PageQuery)
    page, batch = await _reads(request, actor).items(batch_id, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip, **batch))


@router.post("/{batch_id}/cancel", responses=answers(BatchOut, 401, 403, 404, 409), **require(NEEDS))
async def cancel_batch(batch_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Cancel what is left of a batch; what was answered until then stays."""
    await database_of(request).transact(lambda session: BatchService(session, actor).cancel(batch_id))
    return private_json(await _reads(request, actor).one(batch_id))


@router.delete("/{batch_id}", status_code=204, responses=answers(BatchOut, 401, 403, 404), **require(NEEDS))
async def delete_batch(batch_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """Delete a batch with its results; what is left of it is never asked."""
    await BatchService(session, actor).delete(batch_id)


def _reads(request: Request, actor: Actor) -> BatchReads:
    return BatchReads(reads_of(request), actor.user_id)
