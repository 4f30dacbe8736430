"""The keys on the page of a provider: adding, weighing, resting and ending them."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.errors import KeyNotFound
from stoa.modules.ai.managing.provider_keys import ProviderKeyService
from stoa.modules.ai.managing.schemas import KeyChange, KeyIn
from stoa.shared.database import SessionDep, database_of
from stoa.shared.errors import StoaError
from stoa.shared.security import ActorDep, require
from stoa.web.ai.admin_contexts import AiConfirmPage
from stoa.web.ai.admin_reading import own_provider, provider_with_keys
from stoa.web.ai.providers import provider_page
from stoa.web.forms import checked, read_form
from stoa.web.private import private_meta, private_page, see_other

NEEDS: Final = "manage:ai"
HERE: Final = "/admin/ai/providers"
router = APIRouter(prefix=HERE, include_in_schema=False)


@router.post("/{name}/keys", **require(NEEDS))
async def add_key(name: str, actor: ActorDep, request: Request) -> Response:
    """Give a provider another key."""
    form = await read_form(request, ("secret", "label", "weight"))
    await own_provider(request, name)
    try:
        form.demand("secret")
        new = checked(KeyIn, {"secret": form["secret"], "label": form["label"], "weight": form["weight"] or 1})
        store = engine_of(request).setup
        await database_of(request).transact(lambda session: ProviderKeyService(session, store).add(name, new, actor))
    except StoaError as fault:
        return await provider_page(request, name, key_form=form.refused(fault), fault=fault)
    return see_other(f"{HERE}/{name}?done=key-added")


@router.post("/{name}/keys/{key_id}", **require(NEEDS))
async def change_key(name: str, key_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Weigh a key, or let it rest."""
    form = await read_form(request, ("weight", "is_enabled"))
    change = checked(KeyChange, {"weight": form["weight"], "is_enabled": form["is_enabled"] == "on"})
    await ProviderKeyService(session, engine_of(request).setup).change(name, key_id, change, actor)
    return see_other(f"{HERE}/{name}?done=saved")


@router.get("/{name}/keys/{key_id}/end", **require(NEEDS))
async def ask_to_end(name: str, key_id: UUID, request: Request) -> Response:
    """Ask before a key is ended."""
    _, keys = await provider_with_keys(request, name)
    key = next((one for one in keys if one.id == str(key_id)), None)
    if key is None:
        raise KeyNotFound
    title = "End the key?"
    text = f"{key.label or 'The key'} …{key.ending} of {name} is not used any more. End it with the provider too."
    back = f"{HERE}/{name}"
    page = AiConfirmPage(private_meta(request, title), title, text, f"{back}/keys/{key_id}/end", "End the key", back)
    return await private_page(request, page)


@router.post("/{name}/keys/{key_id}/end", **require(NEEDS))
async def end_key(name: str, key_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """End a key here."""
    await read_form(request, ())
    await ProviderKeyService(session, engine_of(request).setup).delete(name, key_id, actor)
    return see_other(f"{HERE}/{name}?done=key-ended")
