"""The API of API keys."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.auth.api_keys.schemas import ApiKeyIn, ApiKeyList, NewApiKey
from stoa.modules.auth.api_keys.service import ApiKeyReads, ApiKeyService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.security import OWN_ACCOUNT, ActorDep, require

router = APIRouter(prefix="/api-keys", tags=["api keys"])


@router.get("", responses=answers(ApiKeyList, 401, 403), **require(OWN_ACCOUNT))
async def list_keys(actor: ActorDep, request: Request) -> Response:
    """List one's own API keys."""
    return private_json(await ApiKeyReads(reads_of(request)).of(actor.user_id))


@router.post("", status_code=201, responses=answers(NewApiKey, 401, 403, 409, status=201), **require(OWN_ACCOUNT))
async def create_key(new: ApiKeyIn, actor: ActorDep, session: SessionDep) -> NewApiKey:
    """Create an API key; it is shown this once."""
    return await ApiKeyService(session).create(new, actor)


@router.delete("/{key_id}", status_code=204, responses=answers(ApiKeyList, 401, 403, 404), **require(OWN_ACCOUNT))
async def end_key(key_id: UUID, actor: ActorDep, session: SessionDep) -> None:
    """End an API key."""
    await ApiKeyService(session).end(key_id, actor)
