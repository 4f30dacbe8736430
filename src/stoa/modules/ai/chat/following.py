"""Who listens to an answer, from wherever they left off: in this process, over Valkey, or else in the database.

The number of an event is its place in the text, so that nothing is missed or doubled however it came here.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
import orjson

from stoa.modules.ai.chat.answering import Answering
from stoa.modules.ai.chat.errors import MessageNotFound
from stoa.modules.ai.chat.live import Live
from stoa.modules.ai.chat.reading import ChatReads
from stoa.modules.ai.chat.wire import BEGINNING
from stoa.shared.errors import MalformedInput, TooManyRequests

MOST_OF_ONE: Final = 8
_SIGN_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 1.0
_RETRY: Final = b"retry: 1000\n\n"
_SIGN: Final = b": still here\n\n"
Stage = Literal["start", "sources", "text", "usage", "end"]
_STAGES: Final = ("start", "sources", "text", "usage", "end")
_LONGEST_NUMBER: Final = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """The last event somebody heard of an answer; `place` is how many characters of it they know."""

    answer_id: UUID
    stage: Stage = "start"
    place: int = 0

    def __str__(self) -> str:
        return f"{self.answer_id}:{self.place if self.stage == 'text' else self.stage}"

    @classmethod
    def read(cls, sent: str) -> "Mark":
        """Raises MalformedInput for what no event here was numbered."""
        written, _, known = sent.partition(":")
        try:
            answer_id = UUID(written)
        except ValueError:
            raise _unreadable() from None
        if known in {"sources", "usage", "end"}:
            return cls(answer_id, known)  # type: ignore[arg-type] # one of the stages
        if known.isascii() and known.isdigit() and len(known) <= _LONGEST_NUMBER:
            return cls(answer_id, "text", int(known))
        raise _unreadable()

    def has(self, stage: Stage) -> bool:
        return _STAGES.index(self.stage) >= _STAGES.index(stage)


async def to_follow(reads: ChatReads, conversation_id: UUID, mark: Mark | None) -> Mark | None:
    """Where a reader goes on: behind `mark`, else with what is being written; None where there is nothing to hear.

    Raises ConversationNotFound, MessageNotFound.
    """
    leaf = await reads.leaf(conversation_id)
    if mark is None:
        row = await reads.followed(leaf, 0) if leaf is not None else None
        return Mark(leaf) if leaf is not None and row is not None and row["status"] == "streaming" else None
    row = await reads.followed(mark.answer_id, mark.place)
    if row is None or row["conversation_id"] != conversation_id:
        raise MessageNotFound
    return None if mark.stage == "end" else mark


class Seats:
    """How many streams each person has open in this process."""

    def __init__(self) -> None:
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def seat(self, user_id: UUID) -> Iterator[None]:
        """Raises TooManyRequests."""
        if self._taken[user_id] >= MOST_OF_ONE:
            raise TooManyRequests(
                f"You have {MOST_OF_ONE} answers open already. Close one of the pages.", retry_after=10
            )
        self._taken[user_id] += 1
        try:
            yield
        finally:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]


class Following:
    """One reader of one answer, beyond `mark`."""

    def __init__(self, answering: Answering, reads: ChatReads, mark: Mark) -> None:
        self._answering = answering
        self._reads = reads
        self._mark = mark
        self._known = mark.place
        self._has_sources = mark.has("sources")
        self._said_at = time.monotonic()

    async def parts(self) -> AsyncIterator[bytes]:
        """The lines of `text/event-stream`: `sources`, `delta` ..., `usage`, then `done` or `error`."""
        yield _RETRY
        if not self._mark.has("usage"):
            live = self._answering.live(self._mark.answer_id)
            async for part in self._here(live) if live is not None else self._elsewhere():
                yield part
        async for part in self._end():
            yield part

    async def _here(self, live: Live) -> AsyncIterator[bytes]:
        while not (live.has_ended or self._answering.is_ending):
            if live.sources is not None and not self._has_sources:
                yield self._sources(live.sources)
            if self._has_sources and len(live.text) > self._known:
                yield self._delta(live.text[self._known :])
            else:
                await live.wait(_SIGN_SECONDS)
                for part in self._sign():
                    yield part

    async def _elsewhere(self) -> AsyncIterator[bytes]:
        """From Valkey as long as it leaves no gap; the row is looked at whenever nothing comes from there."""
        after, looked_at = BEGINNING, 0.0
        while not self._answering.is_ending:
            pieces = await self._answering.wire.read(self._mark.answer_id, after) if self._has_sources else None
            for piece in pieces or ():
                after = piece.id
                if piece.is_last:
                    return
                beyond = piece.text[self._known - piece.place :] if piece.place <= self._known else ""
                if beyond:
                    yield self._delta(beyond)
            if pieces and pieces[-1].place + len(pieces[-1].text) <= self._known:
                continue
            if pieces is None:
                await _until(looked_at + _LOOK_SECONDS)
            looked_at = time.monotonic()
            row = await self._row()
            if row is None or row["status"] != "streaming":
                return
            for part in [*self._news(row), *self._sign()]:
                yield part

    def _news(self, row: asyncpg.Record) -> Iterator[bytes]:
        if row["citations"] is not None and not self._has_sources:
            yield self._sources(orjson.loads(row["citations"]))
        if self._has_sources and row["rest"]:
            yield self._delta(row["rest"])

    async def _end(self) -> AsyncIterator[bytes]:
        """As the row has it, once it has ended; else the reader comes again."""
        row = await self._row()
        if row is None or row["status"] == "streaming":
            return
        if not self._has_sources:
            yield self._sources(orjson.loads(row["citations"] or "[]"))
        if row["rest"] and not self._mark.has("usage"):
            yield self._delta(row["rest"])
        if not self._mark.has("usage"):
            yield self._event("usage", "usage", _usage(row))
        told = {
            "message_id": str(row["id"]), "status": row["status"], "length": row["length"], "method": row["method"],
            "provider": row["provider"], "model": row["model"],
        }  # fmt: skip
        if row["status"] == "complete":
            yield self._event("done", "end", {**told, "note": row["error"]})
        else:
            detail = row["error"] or "The answer was stopped."
            yield self._event("error", "end", {**told, "detail": detail, "code": row["error_code"]})

    async def _row(self) -> asyncpg.Record | None:
        return await self._reads.followed(self._mark.answer_id, self._known)

    def _sources(self, sources: list[dict[str, Any]]) -> bytes:
        self._has_sources = True
        items = [{name: value for name, value in one.items() if name != "is_cited"} for one in sources]
        return self._event("sources", "sources", {"message_id": str(self._mark.answer_id), "items": items})

    def _delta(self, text: str) -> bytes:
        self._known += len(text)
        return self._event("delta", "text", {"text": text})

    def _event(self, name: str, stage: Stage, data: object) -> bytes:
        self._said_at = time.monotonic()
        mark = Mark(self._mark.answer_id, stage, self._known)
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(mark).encode(), name.encode(), orjson.dumps(data))

    def _sign(self) -> list[bytes]:
        """That it lives, when nothing was said for some time: otherwise proxies cut it."""
        if time.monotonic() - self._said_at < _SIGN_SECONDS:
            return []
        self._said_at = time.monotonic()
        return [_SIGN]


def _usage(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "input_tokens": row["input_tokens"] or 0,
        "output_tokens": row["output_tokens"] or 0,
        "cost_micro_usd": row["cost_micros"] if row["source"] else 0,
        "source": row["source"] or "none",
    }


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def _unreadable() -> MalformedInput:
    return MalformedInput("Last-Event-ID is none of this stream's. Send the `id` of the last event you heard, or none.")
