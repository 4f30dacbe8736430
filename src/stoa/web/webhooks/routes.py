"""The pages of webhooks, for those who manage them. A secret is shown in the answer to its form, and never again."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.webhooks.parts import webhooks_of
from stoa.modules.webhooks.schemas import EndpointChange, EndpointIn
from stoa.modules.webhooks.service import MOST_ENDPOINTS, WebhookService
from stoa.shared.database import SessionDep, database_of
from stoa.shared.errors import MalformedInput, StoaError
from stoa.shared.if_match import IfMatch
from stoa.shared.security import ActorDep, require
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other
from stoa.web.webhooks.contexts import (
    EndpointRow,
    NewWebhookPage,
    WebhookConfirmPage,
    WebhookDeliveryPage,
    WebhookPage,
    WebhooksPage,
)
from stoa.web.webhooks.reading import all_endpoints, one_delivery, one_endpoint, some_deliveries, types_of

NEEDS: Final = "manage:webhooks"
HERE: Final = "/admin/webhooks"
router = APIRouter(prefix=HERE, include_in_schema=False)
_DONE: Final[Mapping[str, str]] = {
    "saved": "Saved.",
    "deleted": "The endpoint is deleted.",
    "tested": "A test is on its way. Reload this page in a moment to see how it was answered.",
    "replayed": "It is sent again, under the same id.",
}
_NEW: Final = FormState()


@router.get("", **require(NEEDS))
async def list_webhooks(request: Request) -> Response:
    """The endpoints there are."""
    endpoints = await all_endpoints(request)
    has_room = len(endpoints) < MOST_ENDPOINTS
    return await private_page(
        request, WebhooksPage(private_meta(request, "Webhooks"), _done(request), endpoints, has_room)
    )


@router.get("/new", **require(NEEDS))
async def new_webhook(request: Request) -> Response:
    """The form for another endpoint."""
    return await _new_page(request, _NEW, ())


@router.post("/new", **require(NEEDS))
async def create_webhook(actor: ActorDep, request: Request) -> Response:
    """Make an endpoint and show its secret, this once."""
    form = await read_form(request, ("url", "description"), lists=("event_types",))
    chosen = tuple(form.lists.get("event_types", ()))
    try:
        new = checked(EndpointIn, {**form.texts, "event_types": list(chosen)})
        made = await database_of(request).transact(
            lambda session: WebhookService(session, webhooks_of(request)).create(new, actor)
        )
    except StoaError as fault:
        return await _new_page(request, form.refused(fault), chosen, fault=fault)
    return await _page(request, made.id, secret=made.secret, status=201)


@router.get("/{endpoint_id}", **require(NEEDS))
async def show_webhook(endpoint_id: UUID, request: Request) -> Response:
    """One endpoint, and what was sent there."""
    return await _page(request, endpoint_id)


@router.post("/{endpoint_id}", **require(NEEDS))
async def change_webhook(endpoint_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Change an endpoint, or switch it on or off."""
    form = await read_form(request, ("url", "description", "is_enabled", "version"), lists=("event_types",))
    await one_endpoint(request, endpoint_id)
    try:
        change = checked(EndpointChange, _change(form))
        versions = IfMatch.exactly(_version(form))
        await database_of(request).transact(
            lambda session: WebhookService(session, webhooks_of(request)).change(endpoint_id, change, versions, actor)
        )
    except StoaError as fault:
        return await _page(request, endpoint_id, form=form, fault=fault)
    return see_other(f"{HERE}/{endpoint_id}?done=saved")


@router.post("/{endpoint_id}/test", **require(NEEDS))
async def test_webhook(endpoint_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Send a test there."""
    await read_form(request, ())
    await WebhookService(session, webhooks_of(request)).test(endpoint_id, actor)
    return see_other(f"{HERE}/{endpoint_id}?done=tested")


@router.get("/{endpoint_id}/rotate-secret", **require(NEEDS))
async def ask_to_rotate(endpoint_id: UUID, request: Request) -> Response:
    """Ask before there is a new secret."""
    text = (
        "You get a new secret to check signatures with. The present one signs as well for 24 hours, so nothing is lost."
    )
    return await _ask(request, endpoint_id, "rotate-secret", "Make a new secret", text)


@router.post("/{endpoint_id}/rotate-secret", **require(NEEDS))
async def rotate_secret(endpoint_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Make a new secret and show it, this once."""
    await read_form(request, ())
    made = await database_of(request).transact(
        lambda session: WebhookService(session, webhooks_of(request)).rotate_secret(endpoint_id, actor)
    )
    return await _page(request, endpoint_id, secret=made.secret)


@router.get("/{endpoint_id}/delete", **require(NEEDS))
async def ask_to_delete(endpoint_id: UUID, request: Request) -> Response:
    """Ask before an endpoint is deleted."""
    text = "Nothing is sent there any more, and what is under way ends. This cannot be undone."
    return await _ask(request, endpoint_id, "delete", "Delete the endpoint", text)


@router.post("/{endpoint_id}/delete", **require(NEEDS))
async def delete_webhook(endpoint_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Delete an endpoint."""
    await read_form(request, ())
    await WebhookService(session, webhooks_of(request)).delete(endpoint_id, actor)
    return see_other(f"{HERE}?done=deleted")


@router.get("/{endpoint_id}/deliveries/{delivery_id}", **require(NEEDS))
async def show_delivery(endpoint_id: UUID, delivery_id: UUID, request: Request) -> Response:
    """What was sent, and how each try went."""
    endpoint = await one_endpoint(request, endpoint_id)
    delivery, body, tries = await one_delivery(request, endpoint_id, delivery_id)
    meta = private_meta(request, f"{delivery.kind} to {endpoint.name}")
    return await private_page(request, WebhookDeliveryPage(meta, _done(request), endpoint, delivery, body, tries))


@router.post("/{endpoint_id}/deliveries/{delivery_id}/replay", **require(NEEDS))
async def replay_delivery(
    endpoint_id: UUID, delivery_id: UUID, actor: ActorDep, session: SessionDep, request: Request
) -> Response:
    """Send it again."""
    await read_form(request, ())
    await WebhookService(session, webhooks_of(request)).replay(endpoint_id, delivery_id, actor)
    return see_other(f"{HERE}/{endpoint_id}/deliveries/{delivery_id}?done=replayed")


async def _new_page(
    request: Request, form: FormState, chosen: tuple[str, ...], *, fault: StoaError | None = None
) -> Response:
    page = NewWebhookPage(private_meta(request, "New webhook"), form, types_of(request, chosen))
    return await private_page(request, page, fault=fault)


async def _page(
    request: Request,
    endpoint_id: UUID,
    *,
    form: Form | None = None,
    fault: StoaError | None = None,
    secret: str | None = None,
    status: int = 200,
) -> Response:
    endpoint = await one_endpoint(request, endpoint_id)
    deliveries, pager = await some_deliveries(request, endpoint_id)
    refused = form is not None and fault is not None
    page = WebhookPage(
        meta=private_meta(request, f"Webhook: {endpoint.name}"),
        form=form.refused(fault) if form and fault else _as_it_is(endpoint),
        done=None if refused or secret else _done(request),
        endpoint=endpoint,
        types=types_of(request, tuple(form.lists.get("event_types", ())) if form else endpoint.event_types),
        deliveries=deliveries,
        pager=pager,
        secret=secret,
    )
    return await private_page(request, page, status=status, fault=fault)


async def _ask(request: Request, endpoint_id: UUID, what: str, submit: str, text: str) -> Response:
    endpoint = await one_endpoint(request, endpoint_id)
    back = f"{HERE}/{endpoint_id}"
    title = f"{submit}?"
    meta = private_meta(request, title)
    page = WebhookConfirmPage(meta, title, f"{endpoint.name}: {text}", f"{back}/{what}", submit, back)
    return await private_page(request, page)


def _as_it_is(endpoint: EndpointRow) -> FormState:
    return FormState(
        {
            "url": endpoint.url,
            "description": endpoint.description,
            "is_enabled": "on" if endpoint.is_enabled else "",
            "version": str(endpoint.version),
        }
    )


def _change(form: Form) -> dict[str, Any]:
    return {
        "url": form["url"],
        "description": form["description"],
        "event_types": list(form.lists.get("event_types", ())),
        "is_enabled": form["is_enabled"] == "on",
    }


def _version(form: Form) -> int:
    written = form["version"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise MalformedInput("The form does not say which version it is of. Read the page again.")
    return int(written)


def _done(request: Request) -> str | None:
    return _DONE.get(request.query_params.get("done", ""))
