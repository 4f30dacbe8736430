"""The API of webhooks."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.deliveries.schemas import DeliveryOut
from stoa.modules.webhooks.parts import webhooks_of
from stoa.modules.webhooks.schemas import (
    DeliveryAsked,
    EndpointChange,
    EndpointIn,
    EndpointList,
    EndpointOut,
    EndpointWithSecret,
    WebhookDelivery,
)
from stoa.modules.webhooks.service import WebhookReads, WebhookService
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, reads_of
from stoa.shared.errors import VersionNeeded
from stoa.shared.if_match import IfMatch
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.middleware.page_cache import entity_tag
from stoa.shared.pagination import Page, PageQuery, page_json
from stoa.shared.security import ActorDep, require

NEEDS = "manage:webhooks"
router = APIRouter(prefix="/webhooks", tags=["webhooks"])
_IF_MATCH = Header(alias="If-Match", max_length=2000, description="The `ETag` of the endpoint that was read, or `*`.")


def _versions(if_match: Annotated[str | None, _IF_MATCH] = None) -> IfMatch:
    if if_match is None:
        raise VersionNeeded("Send the ETag of the endpoint as you read it in If-Match, so that no change is lost.")
    return IfMatch.parse(if_match)


def _service(session: SessionDep, request: Request) -> WebhookService:
    return WebhookService(session, webhooks_of(request))


Versions = Annotated[IfMatch, Depends(_versions)]
Service = Annotated[WebhookService, Depends(_service)]


@router.get("", responses=answers(EndpointList, 401, 403), **require(NEEDS))
async def list_endpoints(request: Request) -> Response:
    """List the endpoints that events are sent to, at most 20, and the types of events there are."""
    items = await WebhookReads(reads_of(request)).all()
    known = orjson.dumps(list(webhooks_of(request).event_types)).decode()
    return private_json(f'{{"items":{items},"known_types":{known}}}')


@router.post("", status_code=201, responses=answers(EndpointWithSecret, 401, 403, 409, status=201), **require(NEEDS))
async def create_endpoint(new: EndpointIn, actor: ActorDep, service: Service, request: Request) -> Response:
    """Have events sent to an address; the secret to check signatures with is shown this once."""
    made = await service.create(new, actor)
    answer = _versioned(made, 201)
    answer.headers["location"] = f"{request.url.path}/{made.id}"
    return answer


@router.get("/{endpoint_id}", responses=answers(EndpointOut, 401, 403, 404), **require(NEEDS))
async def get_endpoint(endpoint_id: UUID, request: Request) -> Response:
    """Read an endpoint."""
    found = await WebhookReads(reads_of(request)).one(endpoint_id)
    return _versioned(EndpointOut.model_validate_json(found))


@router.patch("/{endpoint_id}", responses=answers(EndpointOut, 401, 403, 404, 412, 428), **require(NEEDS))
async def change_endpoint(
    endpoint_id: UUID, change: EndpointChange, versions: Versions, actor: ActorDep, service: Service
) -> Response:
    """Change an endpoint that was read before, or switch it on or off."""
    return _versioned(await service.change(endpoint_id, change, versions, actor))


@router.delete("/{endpoint_id}", status_code=204, responses=answers(EndpointOut, 401, 403, 404), **require(NEEDS))
async def delete_endpoint(endpoint_id: UUID, actor: ActorDep, service: Service) -> None:
    """Delete an endpoint; what is under way to it ends."""
    await service.delete(endpoint_id, actor)


@router.post("/{endpoint_id}/rotate-secret", responses=answers(EndpointWithSecret, 401, 403, 404), **require(NEEDS))
async def rotate_secret(endpoint_id: UUID, actor: ActorDep, service: Service) -> Response:
    """Make a new secret, shown this once; the former one signs as well for 24 hours."""
    return _versioned(await service.rotate_secret(endpoint_id, actor))


@router.post(
    "/{endpoint_id}/test",
    status_code=202,
    responses=answers(DeliveryAsked, 401, 403, 404, 409, status=202),
    **require(NEEDS),
)
async def test_endpoint(endpoint_id: UUID, actor: ActorDep, service: Service) -> DeliveryAsked:
    """Send the event `webhook.test` there now."""
    return DeliveryAsked(delivery_id=await service.test(endpoint_id, actor))


@router.get(
    "/{endpoint_id}/deliveries",
    responses=answers(Page[DeliveryOut], 401, 403, 404),
    **require(NEEDS, list_parameters(PageQuery)),
)
async def list_deliveries(endpoint_id: UUID, request: Request) -> Response:
    """List what was sent to an endpoint, newest first."""
    query = query_of(request, PageQuery)
    page = await WebhookReads(reads_of(request)).deliveries(endpoint_id, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.get(
    "/{endpoint_id}/deliveries/{delivery_id}", responses=answers(WebhookDelivery, 401, 403, 404), **require(NEEDS)
)
async def get_delivery(endpoint_id: UUID, delivery_id: UUID, request: Request) -> Response:
    """Read what was sent, and how each try went."""
    return private_json(await WebhookReads(reads_of(request)).delivery(endpoint_id, delivery_id))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    responses=answers(DeliveryAsked, 401, 403, 404, 409, status=202),
    **require(NEEDS),
)
async def replay_delivery(endpoint_id: UUID, delivery_id: UUID, actor: ActorDep, service: Service) -> DeliveryAsked:
    """Send it again, under the same id."""
    await service.replay(endpoint_id, delivery_id, actor)
    return DeliveryAsked(delivery_id=delivery_id)


def _versioned(endpoint: EndpointOut, status: int = 200) -> Response:
    body = endpoint.model_dump_json().encode()
    answer = private_json(body, status)
    answer.headers["etag"] = f'"{entity_tag(body, endpoint.version)}"'
    return answer
