"""Writes answers, each in a task of its own that goes on when nobody listens: it is the call's reader to the very end.

What came is saved every second, all of it at the end with what it cost. Nothing here waits for a page.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.ai.calling.deltas import deltas_of
from stoa.modules.ai.chat.citing import CitationCheck, StreamFilter
from stoa.modules.ai.chat.context import INSTRUCTIONS, MOST_PAST, Room, fit, messages_of, room_of, summary_room
from stoa.modules.ai.chat.ending import FAILED, PLAIN, SERVER_ENDED, STOPPED_BEFORE, Ending, ending_of, refused
from stoa.modules.ai.chat.grounding import NOTHING_FOUND, Library, Passage, Quoter, sources_of, with_passages
from stoa.modules.ai.chat.live import Ask, Live
from stoa.modules.ai.chat.reading import ChatReads
from stoa.modules.ai.chat.repository import ChatRepository
from stoa.modules.ai.chat.wire import Wire
from stoa.modules.ai.chat.wording import FirstSentences, FirstWords, Summariser, Titles
from stoa.modules.ai.engine.asking import Request
from stoa.modules.ai.engine.service import Engine
from stoa.modules.ai.guards.output import CANARY
from stoa.modules.ai.plain.text import content_words
from stoa.modules.ai.prices.tokens import count, ready
from stoa.modules.ai.terms import PLAIN_METHOD, Caller, Usage
from stoa.shared.database import Database
from stoa.shared.errors import StoaError

log = structlog.get_logger("stoa.ai")
FEATURE: Final = "chat"
_SAVE_SECONDS: Final = 1.0
_ALIVE_SECONDS: Final = 2.0
_PUBLISH_AGAIN_SECONDS: Final = 0.5
_TRIES: Final = 6
_LEANS: Final = 2
"""Words that carry meaning: a question with no more leans on the one before it."""
_LONGEST_BEFORE: Final = 500
_PATIENCE_SECONDS: Final = 20.0
_CANARY: Final = f"(This is {CANARY}. Never write that word.)"
_AWAY: Final = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True)
class Parts:
    """What others do for chat. Each answer's text goes through `filters`, made anew for it, in their order: what a
    model may say at all is filtered here.
    """

    library: Library | None = None
    quoter: Quoter | None = None
    summariser: Summariser = field(default_factory=FirstSentences)
    titles: Titles = field(default_factory=FirstWords)
    filters: Sequence[Callable[[], StreamFilter]] = ()


class Answering:
    """One per process. Opened before the engine, it is closed after it, when every call has come to its end."""

    def __init__(self, database: Database, redis_url: str, parts: Parts | None = None) -> None:
        self.wire = Wire(redis_url)
        self.is_ending = False
        self._database = database
        self._parts = parts or Parts()
        self._live: dict[UUID, Live] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.end()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_PATIENCE_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.wire.__aexit__()

    @property
    def can_ground(self) -> bool:
        return self._parts.library is not None

    def begin(self, ask: Ask, engine: Engine) -> Live:
        """Its row is there already, and `streaming`."""
        live = Live(ask, sources=None if ask.is_grounded else [])
        self._live[ask.answer_id] = live
        task = asyncio.create_task(self._run(live, engine), name=f"chat answer {ask.answer_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return live

    def live(self, answer_id: UUID) -> Live | None:
        """The answer, where this process writes it."""
        return self._live.get(answer_id)

    def end(self) -> None:
        """The server stops: who listens here is let go, and comes again to another process."""
        self.is_ending = True
        for live in self._live.values():
            live.tell()

    async def _run(self, live: Live, engine: Engine) -> None:
        others = [
            asyncio.create_task(self._save_for_ever(live), name=f"saving {live.ask.answer_id}"),
            asyncio.create_task(self._publish(live), name=f"publishing {live.ask.answer_id}"),
        ]
        try:
            try:
                ending = await self._write(live, engine)
            except StoaError as fault:
                ending = refused(fault)
            except asyncio.CancelledError:
                ending = SERVER_ENDED
            except Exception:
                log.exception("a chat answer failed", answer=str(live.ask.answer_id))
                ending = FAILED
            others[0].cancel()
            await self._end(live, ending)
        finally:
            others[0].cancel()
            self._live.pop(live.ask.answer_id, None)
            live.end()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(others[1], _PATIENCE_SECONDS)

    async def _write(self, live: Live, engine: Engine) -> Ending:
        ask = live.ask
        passages: Sequence[Passage] = ()
        about = ask.question
        if ask.is_grounded:
            about = await self._about(ask)
            passages = await self._passages(ask, about)
            live.know(sources_of(passages))
            await self._keep(live)
            if not passages:
                await self._note_plain(ask, engine)
                live.say(NOTHING_FOUND)
                return PLAIN
        filters: list[StreamFilter] = [CitationCheck(passages)] if passages else []
        filters += [make() for make in self._parts.filters]
        if passages and self._parts.quoter and not await engine.able(ask.model):
            await self._note_plain(ask, engine)
            said = await self._parts.quoter.answer(about, passages)
            live.say(_through(filters, said or NOTHING_FOUND, is_last=True))
            return PLAIN
        candidates = await engine.candidates(ask.model)
        room = room_of(min(engine.window(one) for one in candidates), min(one.longest_answer for one in candidates))
        body: dict[str, Any] = {"messages": await self._messages(ask, passages, room)}
        if room.answer < min(one.longest_answer for one in candidates):
            body["max_completion_tokens" if candidates[0].provider.kind == "openai" else "max_tokens"] = room.answer
        return await self._call(live, engine, body, filters)

    async def _note_plain(self, ask: Ask, engine: Engine) -> None:
        """No model is asked; it counts as a request all the same. Raises LimitReached."""
        caller = Caller(ask.actor.user_id, ask.actor.tier, ask.actor.key_id)
        request = Request(caller, ask.actor.role, FEATURE, ask.model, "chat/completions", {})
        await ready()
        await engine.note_free(request, PLAIN_METHOD, Usage(count(ask.question), 0, source="none"), ask.answer_id)

    async def _call(self, live: Live, engine: Engine, body: dict[str, Any], filters: list[StreamFilter]) -> Ending:
        ask = live.ask
        if live.is_stop_asked:
            return STOPPED_BEFORE
        if self.is_ending:
            return SERVER_ENDED
        caller = Caller(ask.actor.user_id, ask.actor.tier, ask.actor.key_id)
        request = Request(
            caller, ask.actor.role, FEATURE, ask.model, "chat/completions", body, streams=True, typed=ask.question
        )
        begun = await engine.begin(request, ask.answer_id)
        live.begin(begun.generation)
        async for text in deltas_of(begun, streams=True, complains=False):
            live.say(_through(filters, text))
        live.say(_through(filters, "", is_last=True))
        return ending_of(begun)

    async def _about(self, ask: Ask) -> str:
        """What is looked for: the question, and where it says little by itself, the one before it as well."""
        if len(content_words(ask.question)) > _LEANS:
            return ask.question
        past = await ChatReads(self._database.reads, ask.actor.user_id).past(ask.conversation_id, ask.before_id, 2)
        before = next((one.content for one in reversed(past) if one.role == "user"), "")
        return f"{before[:_LONGEST_BEFORE]} {ask.question}".strip()

    async def _passages(self, ask: Ask, about: str) -> Sequence[Passage]:
        if self._parts.library is None:
            return ()
        return await self._parts.library.passages(about, ask.actor, ask.includes_drafts)

    async def _messages(self, ask: Ask, passages: Sequence[Passage], room: Room) -> list[dict[str, str]]:
        reads = ChatReads(self._database.reads, ask.actor.user_id)
        past = await reads.past(ask.conversation_id, ask.before_id, MOST_PAST)
        question = with_passages(ask.question, passages) if passages else ask.question
        instructions = f"{ask.system_prompt or INSTRUCTIONS}\n{_CANARY}"
        fitted = fit(past, instructions, question, room)
        summary = ""
        if fitted.trimmed:
            most = summary_room(room, instructions, question, fitted.kept)
            summary = await self._parts.summariser.summary(fitted.trimmed, most) if most else ""
        return messages_of(instructions, summary, fitted.kept, question)

    async def _save_for_ever(self, live: Live) -> None:
        """What came until now, and that it is alive. Here it is heard too that it shall stop."""
        saved, saved_at = "", time.monotonic()
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            if live.text == saved and time.monotonic() - saved_at < _ALIVE_SECONDS:
                continue
            text = live.text
            is_stop_asked = await self._keep(live)
            saved, saved_at = text, time.monotonic()
            if is_stop_asked is None or is_stop_asked:
                live.stop()

    async def _keep(self, live: Live) -> bool | None:
        """Whether it shall stop; None where nobody waits for it: it was deleted."""
        values: dict[str, Any] = {"content": live.text}
        if live.sources:
            values["citations"] = live.sources
        try:
            async with self._database.unit_of_work() as session:
                return await ChatRepository(session).keep(live.ask.answer_id, values)
        except _AWAY as error:
            log.warning("a chat answer is not saved yet", error=type(error).__name__)
            return False

    async def _publish(self, live: Live) -> None:
        """For readers of other processes. Pieces that come while one is on its way go together."""
        sent, told = 0, False
        while not live.has_ended:
            text = live.text
            if len(text) > sent or (live.sources is not None and not told):
                if await self.wire.add(live.ask.answer_id, sent, text[sent:]):
                    sent, told = len(text), True
                else:
                    await asyncio.sleep(_PUBLISH_AGAIN_SECONDS)
            else:
                await live.wait(_PATIENCE_SECONDS)
        if live.is_gone:
            await self.wire.forget(live.ask.answer_id)
        else:
            await self.wire.add(live.ask.answer_id, sent, live.text[sent:], is_last=True)

    async def _end(self, live: Live, ending: Ending) -> None:
        """Text, tokens, cost and title in one transaction; what cannot be written now is tried again for a while."""
        ask = live.ask
        title = "" if ask.has_title else await self._title(ask, live.text)
        values = {**ending.values(), "content": live.text, "size": count(live.text)}
        values["citations"] = [{**one, "is_cited": f"[{one['number']}]" in live.text} for one in live.sources or ()]

        async def work(session: AsyncSession) -> bool:
            repository = ChatRepository(session)
            is_there = await repository.end(ask.answer_id, values)
            if is_there:
                await repository.touch(ask.conversation_id, title)
            return is_there

        for attempt in range(_TRIES):
            try:
                live.is_gone = not await self._database.transact(work)
            except _AWAY as error:
                log.warning("a chat answer is not written yet", error=type(error).__name__)
                await asyncio.sleep(min(2.0**attempt, 8.0))
            else:
                return
        log.error("a chat answer is left to the reaper", answer=str(ask.answer_id))

    async def _title(self, ask: Ask, answer: str) -> str:
        try:
            return " ".join((await self._parts.titles.title(ask.question, answer)).split())[:200]
        except StoaError:
            return await FirstWords().title(ask.question, answer)


def _through(filters: Sequence[StreamFilter], text: str, *, is_last: bool = False) -> str:
    for one in filters:
        text = one.feed(text) + (one.finish() if is_last else "")
    return text
