"""The API of those who manage models: providers and their keys."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.answers import KeyMade, ProviderOut, ProvidersOut, TryOut
from stoa.modules.ai.managing.provider_keys import ProviderKeyService
from stoa.modules.ai.managing.providers import ProviderService
from stoa.modules.ai.managing.router import NEEDS, Named, Reads
from stoa.modules.ai.managing.schemas import KeyChange, KeyIn, ProviderChange, ProviderIn
from stoa.modules.ai.managing.trying import try_provider
from stoa.modules.ai.providers.registry import kinds
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep
from stoa.shared.errors import VersionNeeded
from stoa.shared.if_match import IfMatch
from stoa.shared.middleware.page_cache import entity_tag
from stoa.shared.security import ActorDep, require

router = APIRouter(prefix="/admin/ai/providers", tags=["ai"])
_IF_MATCH = Header(alias="If-Match", max_length=2000, description="The `ETag` of the provider that was read, or `*`.")


def _versions(if_match: Annotated[str | None, _IF_MATCH] = None) -> IfMatch:
    if if_match is None:
        raise VersionNeeded("Send the ETag of the provider as you read it in If-Match, so that no change is lost.")
    return IfMatch.parse(if_match)


def _service(session: SessionDep, request: Request) -> ProviderService:
    return ProviderService(session, engine_of(request).setup)


def _keys(session: SessionDep, request: Request) -> ProviderKeyService:
    return ProviderKeyService(session, engine_of(request).setup)


Versions = Annotated[IfMatch, Depends(_versions)]
Service = Annotated[ProviderService, Depends(_service)]
Keys = Annotated[ProviderKeyService, Depends(_keys)]


@router.get("", responses=answers(ProvidersOut, 401, 403), **require(NEEDS))
async def list_providers(reads: Reads) -> ProvidersOut:
    """List the providers, those of the settings too, and the kinds there are."""
    return ProvidersOut(items=await reads.providers(), kinds=kinds())


@router.post("", status_code=201, responses=answers(ProviderOut, 401, 403, 409, 422, status=201), **require(NEEDS))
async def create_provider(new: ProviderIn, actor: ActorDep, service: Service, request: Request) -> Response:
    """Set a provider up; keys are added after."""
    made = await service.create(new, actor)
    answer = _versioned(made, 201)
    answer.headers["location"] = f"{request.url.path}/{made.name}"
    return answer


@router.get("/{name}", responses=answers(ProviderOut, 401, 403, 404), **require(NEEDS))
async def get_provider(name: Named, reads: Reads) -> Response:
    """Read a provider, with its keys but for their secrets."""
    return _versioned(await reads.provider(name))


@router.patch("/{name}", responses=answers(ProviderOut, 401, 403, 404, 412, 422, 428), **require(NEEDS))
async def change_provider(
    name: Named, change: ProviderChange, versions: Versions, actor: ActorDep, service: Service
) -> Response:
    """Change a provider that was read before, or switch it on or off."""
    return _versioned(await service.change(name, change, versions, actor))


@router.delete("/{name}", status_code=204, responses=answers(ProviderOut, 401, 403, 404), **require(NEEDS))
async def delete_provider(name: Named, actor: ActorDep, service: Service) -> None:
    """Delete a provider with its keys; calls that run over it come to their end."""
    await service.delete(name, actor)


@router.post("/{name}/try", responses=answers(TryOut, 401, 403, 404), **require(NEEDS))
async def ask_for_models(name: Named, actor: ActorDep, service: Service, request: Request) -> TryOut:
    """Ask a provider which models it has: whether address and key are right. Costs nothing."""
    tried = await try_provider(engine_of(request), name)
    await service.note_try(name, actor, is_good=tried.is_good)
    return tried


@router.post(
    "/{name}/keys", status_code=201, responses=answers(KeyMade, 401, 403, 404, 409, 422, status=201), **require(NEEDS)
)
async def add_key(name: Named, new: KeyIn, actor: ActorDep, keys: Keys) -> KeyMade:
    """Give a provider another key; its secret is never shown again."""
    return KeyMade(id=str(await keys.add(name, new, actor)))


@router.patch(
    "/{name}/keys/{key_id}", status_code=204, responses=answers(KeyMade, 401, 403, 404, 422), **require(NEEDS)
)
async def change_key(name: Named, key_id: UUID, change: KeyChange, actor: ActorDep, keys: Keys) -> None:
    """Change a key's label, weight, or whether it is used."""
    await keys.change(name, key_id, change, actor)


@router.delete("/{name}/keys/{key_id}", status_code=204, responses=answers(KeyMade, 401, 403, 404), **require(NEEDS))
async def delete_key(name: Named, key_id: UUID, actor: ActorDep, keys: Keys) -> None:
    """End a key here; end it with its provider too."""
    await keys.delete(name, key_id, actor)


def _versioned(provider: ProviderOut, status: int = 200) -> Response:
    body = provider.model_dump_json().encode()
    answer = private_json(body, status)
    answer.headers["etag"] = f'"{entity_tag(body, provider.version)}"'
    return answer
