"""The API of chat."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.exporting import as_json, as_markdown
from stoa.modules.ai.chat.following import Mark, to_follow
from stoa.modules.ai.chat.reading import ChatReads
from stoa.modules.ai.chat.schemas import (
    ConversationChange,
    ConversationIn,
    ConversationOut,
    ConversationQuery,
    Exchange,
    Export,
    MessageChange,
    MessageIn,
    MessageOut,
    MessagePage,
    MessageQuery,
    RegenerateIn,
)
from stoa.modules.ai.chat.service import ConversationService
from stoa.modules.ai.chat.streaming import TYPE, AnswerStream
from stoa.modules.ai.chat.turns import Turn, Turns
from stoa.modules.ai.engine.parts import engine_of
from stoa.shared.answers import answers, private_json
from stoa.shared.database import SessionDep, database_of, reads_of
from stoa.shared.errors import InvalidInput
from stoa.shared.listing import list_parameters, query_of
from stoa.shared.pagination import Page, page_json
from stoa.shared.security import Actor, ActorDep, require

NEEDS = "use:ai"
router = APIRouter(prefix="/chat", tags=["chat"])
_FAULTS = (401, 403, 404, 409, 422)
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {TYPE: {"schema": {"type": "string"}}},
        "description": "Events: sources, delta ..., usage, then done or error; each with an id",
    }
}
LastId = Annotated[
    str | None, Header(alias="last-event-id", max_length=64, description="The last event you heard: go on after it.")
]
LastIdQuery = Annotated[str | None, Query(max_length=64, description="The same, for who cannot set headers.")]


@router.get(
    "/conversations",
    responses=answers(Page[ConversationOut], 401, 403),
    **require(NEEDS, list_parameters(ConversationQuery)),
)
async def list_conversations(request: Request, actor: ActorDep) -> Response:
    """List your conversations, used last first, or search in them."""
    query = query_of(request, ConversationQuery)
    page = await _reads(request, actor).page(query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip))


@router.post(
    "/conversations", status_code=201, responses=answers(ConversationOut, 401, 403, 422, status=201), **require(NEEDS)
)
async def create_conversation(new: ConversationIn, actor: ActorDep, request: Request) -> Response:
    """Begin a conversation, with the model you choose or the site's own choice."""
    made = await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).create(new)
    )
    return private_json(await _reads(request, actor).one(made), 201)


@router.get("/conversations/{conversation_id}", responses=answers(ConversationOut, 401, 403, 404), **require(NEEDS))
async def get_conversation(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Read what a conversation is; its messages are a list of their own."""
    return private_json(await _reads(request, actor).one(conversation_id))


@router.patch("/conversations/{conversation_id}", responses=answers(ConversationOut, *_FAULTS), **require(NEEDS))
async def change_conversation(
    conversation_id: UUID, change: ConversationChange, actor: ActorDep, request: Request
) -> Response:
    """Rename it, choose another model, put it away, or show another branch."""
    await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).change(conversation_id, change)
    )
    return private_json(await _reads(request, actor).one(conversation_id))


@router.delete(
    "/conversations/{conversation_id}",
    status_code=204,
    responses=answers(ConversationOut, 401, 403, 404),
    **require(NEEDS),
)
async def delete_conversation(conversation_id: UUID, actor: ActorDep, session: SessionDep, request: Request) -> None:
    """Delete a conversation and all that was said in it, for good."""
    await ConversationService(session, engine_of(request), actor).delete(conversation_id)


@router.get(
    "/conversations/{conversation_id}/messages",
    responses=answers(MessagePage, 401, 403, 404),
    **require(NEEDS, list_parameters(MessageQuery)),
)
async def list_messages(conversation_id: UUID, actor: ActorDep, request: Request) -> Response:
    """Read the branch that is shown: its last messages, in order; `next_cursor` leads to those before."""
    query = query_of(request, MessageQuery)
    page, leaf = await _reads(request, actor).branch(conversation_id, query)
    return private_json(page_json(page, limit=query.limit, skip=query.skip, leaf_id=str(leaf) if leaf else None))


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=201,
    responses=answers(Exchange, *_FAULTS, status=201),
    **require(NEEDS),
)
async def send_message(conversation_id: UUID, new: MessageIn, actor: ActorDep, request: Request) -> Response:
    """Ask, and wait for the whole answer; its `status` says how it ended."""
    turn = await _turns(request, actor).send(conversation_id, new)
    await turn.live.ended()
    return await _exchange(turn, actor, request)


@router.post(
    "/conversations/{conversation_id}/stream",
    response_class=Response,
    responses={**answers(Exchange, *_FAULTS, 429), **_EVENTS},
    **require(NEEDS),
)
async def stream_message(conversation_id: UUID, new: MessageIn, actor: ActorDep, request: Request) -> Response:
    """Ask, and hear the answer while it is written (server-sent events). Leaving does not end it."""
    turn = await _turns(request, actor).send(conversation_id, new)
    return AnswerStream(request, actor, Mark(turn.answer_id))


@router.get(
    "/conversations/{conversation_id}/stream",
    response_class=Response,
    responses={
        **answers(Exchange, 401, 403, 404, 429),
        **_EVENTS,
        204: {"description": "Nothing is written, or you heard all of it"},
    },
    **require(NEEDS),
)
async def follow_answer(
    conversation_id: UUID,
    actor: ActorDep,
    request: Request,
    *,
    message_id: Annotated[UUID | None, Query(description="An answer; else the one being written.")] = None,
    last_event_id: LastIdQuery = None,
    last_id: LastId = None,
) -> Response:
    """Hear an answer from where you left off, whichever process writes it, also after its end."""
    sent = last_id or last_event_id
    mark = Mark.read(sent) if sent else Mark(message_id) if message_id else None
    mark = await to_follow(_reads(request, actor), conversation_id, mark)
    return Response(status_code=204) if mark is None else AnswerStream(request, actor, mark)


@router.post(
    "/conversations/{conversation_id}/stop",
    status_code=204,
    responses=answers(Exchange, 401, 403, 404),
    **require(NEEDS),
)
async def stop_answer(conversation_id: UUID, actor: ActorDep, request: Request) -> None:
    """End the answer that is being written, if one is; what came until then is kept."""
    await _turns(request, actor).stop(conversation_id)


@router.post(
    "/conversations/{conversation_id}/regenerate",
    status_code=202,
    responses=answers(Exchange, *_FAULTS, status=202),
    **require(NEEDS),
)
async def regenerate_answer(
    conversation_id: UUID, actor: ActorDep, request: Request, which: RegenerateIn | None = None
) -> Response:
    """Have a question answered anew, as a branch beside the former answer; follow it with GET .../stream."""
    turn = await _turns(request, actor).regenerate(conversation_id, which.message_id if which else None)
    return await _exchange(turn, actor, request, 202)


@router.get(
    "/conversations/{conversation_id}/export",
    responses={**answers(Export, 401, 403, 404), 200: {"model": Export, "content": {"text/markdown": {}}}},
    **require(NEEDS),
)
async def export_conversation(
    conversation_id: UUID,
    actor: ActorDep,
    request: Request,
    format: Annotated[  # noqa: A002 # its name in the address
        Literal["json", "markdown"], Query(description="JSON holds every branch, Markdown the one that is shown.")
    ] = "json",
) -> Response:
    """Take a conversation with you, as a file."""
    conversation, messages = await _reads(request, actor).whole(conversation_id)
    if format == "markdown":
        return _file(as_markdown(conversation, messages), f"chat-{conversation_id}.md", "text/markdown; charset=utf-8")
    return _file(as_json(conversation, messages), f"chat-{conversation_id}.json", "application/json")


@router.patch("/messages/{message_id}", responses=answers(MessageOut, *_FAULTS), **require(NEEDS))
async def change_message(message_id: UUID, change: MessageChange, actor: ActorDep, request: Request) -> Response:
    """Ask a question in other words (a branch, whose answer begins at once), or rate an answer."""
    if change.content is not None:
        if "rating" in change.model_fields_set:
            raise InvalidInput("Send either `content` or `rating`: questions are edited, answers are rated.")
        turn = await _turns(request, actor).edit(message_id, change.content)
        return private_json(await _reads(request, actor).message(turn.question_id))
    if "rating" not in change.model_fields_set:
        raise InvalidInput("Send `content`, the question in other words, or `rating`: 1, -1 or null.")
    await database_of(request).transact(
        lambda session: ConversationService(session, engine_of(request), actor).rate(message_id, change.rating)
    )
    return private_json(await _reads(request, actor).message(message_id))


def _reads(request: Request, actor: Actor) -> ChatReads:
    return ChatReads(reads_of(request), actor.user_id)


def _turns(request: Request, actor: Actor) -> Turns:
    answering: Answering = request.app.state.chat
    return Turns(database_of(request), engine_of(request), answering, actor)


async def _exchange(turn: Turn, actor: Actor, request: Request, status: int = 201) -> Response:
    reads = _reads(request, actor)
    question, answer = await reads.message(turn.question_id), await reads.message(turn.answer_id)
    return private_json(f'{{"question":{question},"answer":{answer}}}', status)


def _file(content: bytes | str, name: str, media_type: str) -> Response:
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=media_type)
