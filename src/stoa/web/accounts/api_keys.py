"""Settings of a person: their API keys. A key is shown in the answer to the form that made it, and never again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.auth.api_keys.schemas import ApiKeyIn
from stoa.modules.auth.api_keys.service import ApiKeyReads, ApiKeyService
from stoa.modules.auth.roles.service import RoleReads
from stoa.shared.clock import moment_of, utc_now
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import FieldFault, InvalidInput, NotFound, StoaError
from stoa.shared.security import OWN_ACCOUNT, Actor, ActorDep, require
from stoa.web.accounts.contexts import ApiKeysPage, ConfirmPage, KeyRow, Scope
from stoa.web.accounts.done import done_of
from stoa.web.ai.examples import NEEDS, gateway_guide
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other

router = APIRouter(prefix="/settings/api-keys", include_in_schema=False)
_HERE = "/settings/api-keys"
_LIVES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "It does not expire"))


@router.get("", **require(OWN_ACCOUNT))
async def list_keys(actor: ActorDep, request: Request) -> Response:
    """One's own keys, and the form for another."""
    return await _page(request, actor, FormState({"life": "90"}), chosen=request.query_params.getlist("scope"))


@router.post("", **require(OWN_ACCOUNT))
async def create_key(actor: ActorDep, request: Request) -> Response:
    """Create a key and show it, this once."""
    form = await read_form(request, ("name", "life"), lists=("scopes",))
    chosen = list(form.lists.get("scopes", ()))
    try:
        values = {**form.given("name"), "scopes": chosen, "expires_at": _end(form)}
        new = checked(ApiKeyIn, values)
        made = await database_of(request).transact(lambda session: ApiKeyService(session).create(new, actor))
    except StoaError as fault:
        return await _page(request, actor, form.refused(fault), chosen=chosen, fault=fault)
    return await _page(request, actor, FormState({"life": "90"}), new_key=made.key, status=201)


@router.get("/{key_id}/end", **require(OWN_ACCOUNT))
async def ask_to_end(key_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Ask before a key is ended."""
    key = next((key for key in await _keys(request, actor) if key.id == str(key_id)), None)
    if key is None:
        raise NotFound("You have no such API key.")
    page = ConfirmPage(
        meta=private_meta(request, "End an API key"),
        title=f"End the key {key.name}?",
        text=f"Whatever uses {key.prefix}… is refused from the next request on. This cannot be undone.",
        action=f"{_HERE}/{key_id}/end",
        submit="End the key",
        back=_HERE,
    )
    return await private_page(request, page)


@router.post("/{key_id}/end", **require(OWN_ACCOUNT))
async def end_key(key_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """End a key."""
    await read_form(request, ())
    await ApiKeyService(session).end(key_id, actor)
    return see_other(f"{_HERE}?done=key-ended")


async def _page(
    request: Request,
    actor: Actor,
    form: FormState,
    *,
    chosen: list[str] | None = None,
    new_key: str | None = None,
    status: int = 200,
    fault: StoaError | None = None,
) -> Response:
    known = orjson.loads(await RoleReads(reads_of(request)).permissions())["items"]
    page = ApiKeysPage(
        meta=private_meta(request, "API keys"),
        form=form,
        done=None if fault or new_key else done_of(request),
        keys=await _keys(request, actor),
        scopes=tuple(
            Scope(one["name"], one["description"], one["name"] in (chosen or ()))
            for one in known
            if actor.can(one["name"])
        ),
        lives=_LIVES,
        guide=gateway_guide(request.app.state.site.url, new_key) if actor.can(NEEDS) else None,
        new_key=new_key,
    )
    return await private_page(request, page, status=status, fault=fault)


async def _keys(request: Request, actor: Actor) -> tuple[KeyRow, ...]:
    found = orjson.loads(await ApiKeyReads(reads_of(request)).of(actor.user_id))["items"]
    return tuple(_row(one) for one in found)


def _row(one: dict[str, Any]) -> KeyRow:
    return KeyRow(
        id=one["id"],
        name=one["name"],
        prefix=one["prefix"],
        scopes=tuple(one["scopes"]),
        created_at=datetime.fromisoformat(one["created_at"]),
        expires_at=moment_of(one["expires_at"]),
        last_used_at=moment_of(one["last_used_at"]),
    )


def _end(form: Form) -> datetime | None:
    life = form["life"]
    if life not in dict(_LIVES):
        raise InvalidInput("Choose how long it lives.", faults=(FieldFault("body.life", "choose one of these"),))
    return utc_now() + timedelta(days=int(life)) if life else None
