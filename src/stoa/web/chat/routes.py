"""The pages of chats. Every act is a form; a script sends the same forms and follows answers while they are written."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.schemas import (
    LONGEST_MESSAGE,
    LONGEST_PROMPT,
    ConversationChange,
    ConversationIn,
    ConversationQuery,
    MessageChange,
    MessageIn,
)
from stoa.modules.ai.chat.service import ConversationService
from stoa.modules.ai.chat.turns import Turn, Turns
from stoa.modules.ai.engine.parts import engine_of
from stoa.shared.database import database_of
from stoa.shared.errors import MalformedInput, StoaError
from stoa.shared.security import Actor, ActorDep, require
from stoa.web.chat.building import HERE, ChatBuilder, message_query
from stoa.web.forms import Form, FormState, checked, read_form
from stoa.web.private import private_page, see_other

NEEDS: Final = "use:ai"
router = APIRouter(prefix=HERE, include_in_schema=False)
_LONGEST: Final = {"content": LONGEST_MESSAGE, "system_prompt": LONGEST_PROMPT}
_DONE: Final[Mapping[str, str]] = {
    "saved": "Saved.",
    "deleted": "The conversation is deleted.",
    "archived": "The conversation is put away. You find it under Archive.",
    "restored": "The conversation is back in the list.",
}
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("", **require(NEEDS))
async def list_chats(
    actor: ActorDep,
    request: Request,
    *,
    search: Annotated[str | None, Query(max_length=200)] = None,
    archived: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
) -> Response:
    """One's conversations, and the form for another one."""
    query = ConversationQuery(search=search or None, archived=archived, cursor=cursor)
    return await private_page(request, await ChatBuilder(request, actor).list(query, done=_done(request)))


@router.post("", **require(NEEDS))
async def begin_chat(actor: ActorDep, request: Request) -> Response:
    """Begin a conversation with its first question."""
    form = await read_form(request, ("content", "is_grounded", "script"), longest=_LONGEST)
    try:
        first = checked(MessageIn, {"content": form["content"]})
        new = ConversationIn(is_grounded=bool(form["is_grounded"]))
        made = await database_of(request).transact(
            lambda session: ConversationService(session, engine_of(request), actor).create(new)
        )
        turn = await _turns(request, actor).send(made, first)
    except StoaError as fault:
        page = await ChatBuilder(request, actor).list(ConversationQuery(), form=form.refused(fault))
        return await private_page(request, page, fault=fault)
    return await _after(made, turn, form)


@router.get("/{conversation_id}", **require(NEEDS))
async def show_chat(
    conversation_id: UUID,
    actor: ActorDep,
    request: Request,
    *,
    cursor: Cursor = None,
    edit: Annotated[UUID | None, Query()] = None,
) -> Response:
    """A conversation: the branch that is shown."""
    builder = ChatBuilder(request, actor)
    page = await builder.one(
        conversation_id, message_query(cursor), editing_id=str(edit) if edit else None, done=_done(request)
    )
    return await private_page(request, page)


@router.post("/{conversation_id}/messages", **require(NEEDS))
async def send(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Ask in it."""
    form = await read_form(request, ("content", "after", "script"), longest=_LONGEST)
    try:
        new = checked(MessageIn, {"content": form["content"], "after": form["after"] or None})
        turn = await _turns(request, actor).send(conversation_id, new)
    except StoaError as fault:
        return await _again(request, actor, conversation_id, fault, form=form.refused(fault))
    return await _after(conversation_id, turn, form)


@router.post("/{conversation_id}/regenerate", **require(NEEDS))
async def regenerate(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Have an answer given anew."""
    form = await read_form(request, ("message_id", "script"))
    try:
        turn = await _turns(request, actor).regenerate(conversation_id, _id(form))
    except StoaError as fault:
        return await _again(request, actor, conversation_id, fault, form=form.refused(fault))
    return await _after(conversation_id, turn, form)


@router.post("/{conversation_id}/edit", **require(NEEDS))
async def edit(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Ask a question in other words, as a branch."""
    form = await read_form(request, ("message_id", "content", "script"), longest=_LONGEST)
    try:
        change = checked(MessageChange, {"content": form["content"]})
        turn = await _turns(request, actor).edit(_id(form), change.content or "")
    except StoaError as fault:
        return await _again(request, actor, conversation_id, fault, form=form.refused(fault))
    return await _after(conversation_id, turn, form)


@router.post("/{conversation_id}/stop", **require(NEEDS))
async def stop(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """End the answer that is being written; what came until then is kept."""
    await read_form(request, ("script",))
    await _turns(request, actor).stop(conversation_id)
    return see_other(f"{HERE}/{conversation_id}")


@router.post("/{conversation_id}/branch", **require(NEEDS))
async def branch(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Show another branch."""
    form = await read_form(request, ("message_id", "script"))
    await _change(request, actor, conversation_id, ConversationChange(leaf_id=_id(form)))
    return see_other(f"{HERE}/{conversation_id}#message-{_id(form)}")


@router.post("/{conversation_id}/rate", **require(NEEDS))
async def rate(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Rate an answer, or take that back."""
    form = await read_form(request, ("message_id", "rating", "script"))
    rating = {"1": 1, "-1": -1, "": None}.get(form["rating"])
    await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).rate(_id(form), rating)
    )
    return see_other(f"{HERE}/{conversation_id}#message-{_id(form)}")


@router.post("/{conversation_id}/settings", **require(NEEDS))
async def change_settings(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Rename it, choose another model, say how it is answered."""
    known = ("title", "model", "system_prompt", "is_grounded", "includes_drafts", "script")
    form = await read_form(request, known, longest=_LONGEST)
    try:
        change = checked(ConversationChange, _settings(form))
        await _change(request, actor, conversation_id, change)
    except StoaError as fault:
        return await _again(request, actor, conversation_id, fault, settings=form.refused(fault))
    return see_other(f"{HERE}/{conversation_id}?done=saved")


@router.post("/{conversation_id}/archive", **require(NEEDS))
async def archive(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Put it away, or take it back."""
    form = await read_form(request, ("act", "script"))
    puts_away = form["act"] != "restore"
    await _change(request, actor, conversation_id, ConversationChange(is_archived=puts_away))
    return see_other(f"{HERE}?done=archived" if puts_away else f"{HERE}/{conversation_id}?done=restored")


@router.get("/{conversation_id}/delete", **require(NEEDS))
async def ask_to_delete(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Ask before it is gone for good."""
    return await private_page(request, await ChatBuilder(request, actor).deleting(conversation_id))


@router.post("/{conversation_id}/delete", **require(NEEDS))
async def delete(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Delete it, and all that was said in it."""
    await read_form(request, ())
    await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).delete(conversation_id)
    )
    return see_other(f"{HERE}?done=deleted")


def _settings(form: Form) -> dict[str, Any]:
    provider, _, model = form["model"].partition("/")
    if not model:
        provider, model = "", form["model"]
    return {
        "title": form["title"],
        "provider": provider or None,
        "model": model or None,
        "system_prompt": form["system_prompt"],
        "is_grounded": bool(form["is_grounded"]),
        "includes_drafts": bool(form["includes_drafts"]),
    }


async def _change(request: Request, actor: Actor, conversation_id: UUID, change: ConversationChange) -> None:
    await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).change(conversation_id, change)
    )


async def _after(conversation_id: UUID, turn: Turn, form: Form) -> Response:
    """Back to the conversation: at once for a script, which follows the answer; else when it is whole."""
    if not form["script"]:
        await turn.live.ended()
    return see_other(f"{HERE}/{conversation_id}#message-{turn.answer_id}")


async def _again(
    request: Request,
    actor: Actor,
    conversation_id: UUID,
    fault: StoaError,
    *,
    form: FormState | None = None,
    settings: FormState | None = None,
) -> Response:
    """The conversation as it is, with what was typed and why it was refused."""
    builder = ChatBuilder(request, actor)
    page = await builder.one(conversation_id, message_query(None), form=form or FormState(), settings=settings)
    return await private_page(request, page, fault=fault)


def _turns(request: Request, actor: Actor) -> Turns:
    answering: Answering = request.app.state.chat
    return Turns(database_of(request), engine_of(request), answering, actor)


def _id(form: Form) -> UUID:
    try:
        return UUID(form["message_id"])
    except ValueError:
        raise MalformedInput("The form names no message. Load the page again.") from None


def _done(request: Request) -> str | None:
    return _DONE.get(request.query_params.get("done", ""))
