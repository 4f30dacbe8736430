"""The pages of one provider: setting it up, changing it, trying it, deleting it."""

from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.managing.provider_keys import ProviderKeyService
from stoa.modules.ai.managing.providers import ProviderService
from stoa.modules.ai.managing.schemas import KeyIn, ProviderChange, ProviderIn
from stoa.modules.ai.managing.trying import try_provider
from stoa.modules.ai.providers.registry import kinds
from stoa.shared.database import SessionDep, database_of
from stoa.shared.errors import MalformedInput, StoaError
from stoa.shared.if_match import IfMatch
from stoa.shared.security import ActorDep, require
from stoa.web.ai.admin_contexts import AiConfirmPage, NewProviderPage, ProviderLine, ProviderPage, Tried
from stoa.web.ai.admin_done import done_of
from stoa.web.ai.admin_reading import own_provider, provider_with_keys
from stoa.web.ai.lines import lines_of
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_meta, private_page, see_other

NEEDS: Final = "manage:ai"
ALL: Final = "/admin/ai"
HERE: Final = "/admin/ai/providers"
router = APIRouter(prefix=HERE, include_in_schema=False)
EMPTY_KEY: Final = FormState({"weight": "1"})
_LONGEST: Final = {"models": 15_000}
_KINDS: Final = {
    "compatible": "A server that speaks OpenAI's format",
    "openai": "OpenAI",
    "gemini": "Gemini",
    "gguf": "A model file on this machine",
    "embedded": "The small model that comes along",
    "vectors": "The model of vectors that comes along",
}


@router.get("/new", **require(NEEDS))
async def new_provider(request: Request) -> Response:
    """The form for another provider."""
    return await _new_page(request, FormState())


@router.post("/new", **require(NEEDS))
async def create_provider(actor: ActorDep, request: Request) -> Response:
    """Set a provider up, with its first key."""
    form = await read_form(request, ("kind", "name", "base_url", "models", "file", "secret"), longest=_LONGEST)
    try:
        new = checked(ProviderIn, _new(form))
        key = checked(KeyIn, {"secret": SecretStr(form["secret"])}) if form["secret"] else None
        store = engine_of(request).setup

        async def make(session: AsyncSession) -> None:
            await ProviderService(session, store).create(new, actor)
            if key is not None:
                await ProviderKeyService(session, store).add(new.name, key, actor)

        await database_of(request).transact(make)
    except StoaError as fault:
        return await _new_page(request, form.refused(fault), fault=fault)
    return see_other(f"{HERE}/{new.name}?done=provider-added")


@router.get("/{name}", **require(NEEDS))
async def show_provider(name: str, request: Request) -> Response:
    """One provider, its keys and its last hour."""
    return await provider_page(request, name)


@router.post("/{name}", **require(NEEDS))
async def change_provider(name: str, actor: ActorDep, request: Request) -> Response:
    """Change a provider, or switch it on or off."""
    form = await read_form(request, ("base_url", "models", "is_enabled", "version"), longest=_LONGEST)
    await own_provider(request, name)
    try:
        change = checked(ProviderChange, _change(form))
        versions = IfMatch.exactly(_version(form))
        store = engine_of(request).setup
        await database_of(request).transact(
            lambda session: ProviderService(session, store).change(name, change, versions, actor)
        )
    except StoaError as fault:
        return await provider_page(request, name, form=form.refused(fault), fault=fault)
    return see_other(f"{HERE}/{name}?done=saved")


@router.post("/{name}/try", **require(NEEDS))
async def try_it(name: str, actor: ActorDep, request: Request) -> Response:
    """Ask a provider which models it has."""
    await read_form(request, ())
    engine = engine_of(request)
    told = await try_provider(engine, name)
    await database_of(request).transact(
        lambda session: ProviderService(session, engine.setup).note_try(name, actor, is_good=told.is_good)
    )
    some = ", ".join(told.models[:8]) + (" ..." if len(told.models) > 8 else "")
    text = f"It answered in {told.milliseconds} ms: {some}" if told.is_good else told.fault or ""
    return await provider_page(request, name, tried=Tried(told.is_good, text))


@router.get("/{name}/delete", **require(NEEDS))
async def ask_to_delete(name: str, request: Request) -> Response:
    """Ask before a provider is deleted."""
    await own_provider(request, name)
    title = "Delete the provider?"
    text = f"{name} is deleted with its keys, and routes go on without it. Calls that run over it come to their end."
    back = f"{HERE}/{name}"
    page = AiConfirmPage(private_meta(request, title), title, text, f"{back}/delete", "Delete the provider", back)
    return await private_page(request, page)


@router.post("/{name}/delete", **require(NEEDS))
async def delete_provider(name: str, actor: ActorDep, session: SessionDep, request: Request) -> Response:
    """Delete a provider with its keys."""
    await read_form(request, ())
    await ProviderService(session, engine_of(request).setup).delete(name, actor)
    return see_other(f"{ALL}?done=provider-deleted")


async def provider_page(
    request: Request,
    name: str,
    *,
    form: FormState | None = None,
    key_form: FormState = EMPTY_KEY,
    tried: Tried | None = None,
    fault: StoaError | None = None,
) -> Response:
    """The page of one provider; `form` and `key_form` are what was sent and refused."""
    provider, keys = await provider_with_keys(request, name)
    page = ProviderPage(
        meta=private_meta(request, f"AI: {name}"),
        done=None if fault or tried else done_of(request),
        form=form or _as_it_is(provider),
        key_form=key_form,
        provider=provider,
        keys=keys,
        tried=tried,
    )
    return await private_page(request, page, fault=fault)


async def _new_page(request: Request, form: FormState, *, fault: StoaError | None = None) -> Response:
    told = tuple((kind, _KINDS.get(kind, kind)) for kind in sorted(kinds(), key=_place))
    page = NewProviderPage(private_meta(request, "Add a provider"), form, told)
    return await private_page(request, page, fault=fault)


def _place(kind: str) -> int:
    known = list(_KINDS)
    return known.index(kind) if kind in known else len(known)


def _new(form: Form) -> dict[str, Any]:
    options = {"file": form["file"].strip()} if form["file"].strip() else {}
    return {
        "name": form["name"].strip(),
        "kind": form["kind"],
        "base_url": form["base_url"].strip() or None,
        "models": lines_of(form["models"]),
        "options": options,
    }


def _change(form: Form) -> dict[str, Any]:
    return {
        "base_url": form["base_url"].strip() or None,
        "models": lines_of(form["models"]),
        "is_enabled": form["is_enabled"] == "on",
    }


def _as_it_is(provider: ProviderLine) -> FormState:
    return FormState(
        {
            "base_url": provider.base_url,
            "models": "\n".join(provider.models),
            "is_enabled": "on" if provider.is_enabled else "",
            "version": str(provider.version),
        }
    )


def _version(form: Form) -> int:
    written = form["version"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise MalformedInput("The form does not say which version it is of. Read the page again.")
    return int(written)
