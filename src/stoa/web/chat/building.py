"""Reads what the pages of chats show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from starlette.requests import Request

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.reading import ChatReads
from stoa.modules.ai.chat.schemas import LONGEST_MESSAGE, ConversationQuery, MessageQuery
from stoa.modules.ai.engine.asking import names_of
from stoa.modules.ai.engine.parts import engine_of
from stoa.modules.ai.setup.snapshot import Snapshot
from stoa.shared.database import reads_of
from stoa.shared.security import Actor
from stoa.web.chat.contexts import ChatDeletePage, ChatPage, ChatRow, ChatsPage
from stoa.web.chat.showing import MessageLook
from stoa.web.contexts import Pager
from stoa.web.forms import FormState
from stoa.web.private import private_meta

HERE: Final = "/chat"
_MESSAGES: Final = 60
_RECENT: Final = 12
_NEW: Final = "New conversation"
EMPTY: Final = FormState()


class ChatBuilder:
    def __init__(self, request: Request, actor: Actor) -> None:
        self._request = request
        self._actor = actor
        self.reads = ChatReads(reads_of(request), actor.user_id)
        state = request.app.state
        self._answering: Answering = state.chat
        self._look = MessageLook(state.markdown, state.cache)

    async def list(self, query: ConversationQuery, *, form: FormState = EMPTY, done: str | None = None) -> ChatsPage:
        found = await self.reads.page(query)
        setup = await engine_of(self._request).setup.current()
        kept = {"search": query.search, "archived": "1" if query.archived else None}
        onwards = {name: value for name, value in kept.items() if value}
        pager = Pager(
            next_url=f"{HERE}?{urlencode({**onwards, 'cursor': found.next_cursor})}" if found.next_cursor else None,
            previous_url=f"{HERE}?{urlencode(onwards)}".rstrip("?") if query.cursor else None,
        )
        return ChatsPage(
            meta=private_meta(self._request, "Chat"),
            form=form,
            search=query.search or "",
            is_archive=query.archived,
            chats=[_row(orjson.loads(one), setup) for one in found.items],
            pager=pager,
            can_ground=self._answering.can_ground,
            longest=LONGEST_MESSAGE,
            done=done,
        )

    async def one(
        self,
        conversation_id: UUID,
        query: MessageQuery,
        *,
        form: FormState = EMPTY,
        settings: FormState | None = None,
        editing_id: str | None = None,
        done: str | None = None,
    ) -> ChatPage:
        """Raises ConversationNotFound."""
        told = orjson.loads(await self.reads.one(conversation_id))
        branch, leaf = await self.reads.branch(conversation_id, query)
        messages = [await self._look.message(orjson.loads(one)) for one in branch.items]
        setup = await engine_of(self._request).setup.current()
        here = f"{HERE}/{conversation_id}"
        recent = await self.reads.page(ConversationQuery(limit=_RECENT))
        return ChatPage(
            meta=private_meta(self._request, told["title"] or _NEW),
            id=told["id"],
            title=told["title"] or _NEW,
            form=form,
            settings=settings or _settings(told),
            messages=messages,
            earlier_url=f"{here}?{urlencode({'cursor': branch.next_cursor})}" if branch.next_cursor else None,
            leaf_id=str(leaf) if leaf else "",
            is_writing=any(one.is_writing for one in messages),
            editing_id=editing_id,
            recent=[_row(orjson.loads(one), setup) for one in recent.items],
            models=_models(setup),
            who=_who(told, setup),
            is_grounded=told["is_grounded"],
            includes_drafts=told["includes_drafts"],
            is_archived=told["archived_at"] is not None,
            can_ground=self._answering.can_ground,
            can_include_drafts=self._actor.can("create:article"),
            longest=LONGEST_MESSAGE,
            done=done,
            opens_settings=bool(settings),
        )

    async def deleting(self, conversation_id: UUID) -> ChatDeletePage:
        """Raises ConversationNotFound."""
        told = orjson.loads(await self.reads.one(conversation_id))
        return ChatDeletePage(
            private_meta(self._request, "Delete a conversation"), told["id"], told["title"] or _NEW,
            told["message_count"],
        )  # fmt: skip


def message_query(cursor: str | None) -> MessageQuery:
    return MessageQuery(limit=_MESSAGES, cursor=cursor)


def model_value(provider: str | None, model: str | None) -> str:
    """As the form of settings names it; empty is the site's own choice."""
    return f"{provider}/{model}" if provider and model else model or ""


def _settings(told: dict[str, Any]) -> FormState:
    return FormState({
        "title": told["title"],
        "model": model_value(told["provider"], told["model"]),
        "system_prompt": told["system_prompt"],
    })  # fmt: skip


def _models(setup: Snapshot) -> Sequence[tuple[str, str]]:
    return [("", "The site's own choice"), *((name, name) for name in names_of(setup))]


def _who(told: dict[str, Any], setup: Snapshot) -> str:
    chosen = model_value(told["provider"], told["model"])
    if chosen:
        return chosen
    route = setup.route("chat")
    return str(route[0]) if route else ""


def _row(told: dict[str, Any], setup: Snapshot) -> ChatRow:
    return ChatRow(
        id=told["id"],
        title=told["title"] or _NEW,
        model=_who(told, setup),
        updated_at=datetime.fromisoformat(told["updated_at"]),
        is_answering=told["is_answering"],
        excerpt=" ".join((told["excerpt"] or "").split()),
    )
