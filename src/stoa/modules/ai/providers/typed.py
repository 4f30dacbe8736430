"""Any model that pydantic-ai knows, as a provider: OpenAI's JSON in and out, the SDK of its maker in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from pydantic_ai import direct
from pydantic_ai.exceptions import ModelHTTPError, UnexpectedModelBehavior, UserError
from pydantic_ai.models import Model

from stoa.modules.ai.providers.protocol import Ask, FaultKind, ProviderFault
from stoa.modules.ai.providers.telling import Teller
from stoa.modules.ai.providers.translating import messages_of, parameters_of, settings_of
from stoa.modules.ai.providers.wire import WireTimes
from stoa.shared.ids import new_id

ModelOf = Callable[[str, str | None], Model]
"""The model of that name, for that key."""


class TypedProvider:
    """`make` gives pydantic-ai's model; embeddings are a subclass's matter."""

    def __init__(self, name: str, kind: str, make: ModelOf, times: WireTimes) -> None:
        self.name = name
        self.kind = kind
        self._make = make
        self._times = times

    async def open(self, ask: Ask, secret: str | None) -> "TypedAnswer":
        """Raises ProviderFault."""
        if ask.path != "chat/completions":
            raise ProviderFault("refused", f"{self.name} makes no vectors here.")
        answer = TypedAnswer(self._told(ask, secret), self._times.idle)
        try:
            async with asyncio.timeout(self._times.first):
                await answer.begin()
        except TimeoutError:
            await answer.close()
            raise ProviderFault("timeout", f"{self.name} did not begin within {self._times.first:g} s.") from None
        except BaseException:
            await answer.close()
            raise
        return answer

    async def models(self, secret: str | None) -> list[str]:  # noqa: ARG002 # as every provider has it
        raise ProviderFault("refused", f"{self.name} cannot list its models.")

    async def close(self) -> None:
        """Models hold nothing open between calls here."""

    async def _told(self, ask: Ask, secret: str | None) -> AsyncIterator[bytes]:
        messages, parameters = messages_of(ask.body), parameters_of(ask.body)
        settings = settings_of(ask.body, self._times.first)
        teller = Teller(new_id().hex, ask.model)
        try:
            model = self._make(ask.model, secret)
            if not ask.streams:
                response = await direct.model_request(
                    model, messages, model_settings=settings, model_request_parameters=parameters
                )
                yield teller.whole(response)
                return
            async with direct.model_request_stream(
                model, messages, model_settings=settings, model_request_parameters=parameters
            ) as stream:
                async for event in stream:
                    chunk = teller.chunk(event)
                    if chunk is not None:
                        yield chunk
                if stream.finish_reason is None:  # one that was cut looks whole to the SDK
                    raise ProviderFault("cut", f"{self.name} broke off without saying that it was done.")  # noqa: TRY301
                yield teller.end(stream.finish_reason, stream.usage)
        except ProviderFault:
            raise
        except Exception as error:  # SDKs raise whatever their own clients do
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> ProviderFault:
        if isinstance(error, ModelHTTPError):
            kind = _kind_of(error.status_code)
            words = (
                f"{self.name} refuses the site's key ({error.status_code})."
                if kind == "unauthorised"
                else (f"{self.name}: {_words(error)}")
            )
            return ProviderFault(kind, words, upstream_status=error.status_code, retry_after=error.retry_after)
        if isinstance(error, UserError):
            return ProviderFault("refused", f"{self.name}: {str(error)[:300]}")
        if isinstance(error, UnexpectedModelBehavior | ValueError):
            return ProviderFault("garbage", f"{self.name} answered something that is no answer of a model.")
        return ProviderFault("unreachable", f"{self.name} does not answer as it should ({type(error).__name__}).")


class TypedAnswer:
    """Driven by a task of its own: the SDK's stream must end where it began, whoever hangs up."""

    content_type = "application/json"

    def __init__(self, told: AsyncIterator[bytes], idle: float) -> None:
        self._told = told
        self._idle = idle
        self._queue: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(32)
        self._first: bytes | None = None
        self._task = asyncio.create_task(self._drive(), name="ai typed answer")

    async def begin(self) -> None:
        """Until the first piece is there. Raises what came instead."""
        first = await self._queue.get()
        if isinstance(first, BaseException):
            raise first
        if first is None:
            raise ProviderFault("garbage", "The provider answered nothing.")
        self._first = first

    async def chunks(self) -> AsyncIterator[bytes]:
        if self._first is not None:
            yield self._first
        while True:
            try:
                async with asyncio.timeout(self._idle):
                    piece = await self._queue.get()
            except TimeoutError:
                raise ProviderFault("cut", f"The provider paused for more than {self._idle:g} s.") from None
            if piece is None:
                return
            if isinstance(piece, ProviderFault):
                raise ProviderFault("cut", piece.detail)
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _drive(self) -> None:
        try:
            async for chunk in self._told:
                await self._queue.put(chunk)
        except Exception as error:  # noqa: BLE001 # told to whoever reads
            await self._queue.put(error)
        else:
            await self._queue.put(None)
        finally:
            with contextlib.suppress(Exception):
                await self._told.aclose()  # type: ignore[attr-defined] # a generator


def _kind_of(status: int) -> FaultKind:
    if status in {401, 402, 403}:
        return "unauthorised"
    if status == 429:
        return "rate"
    return "refused" if 400 <= status < 500 and status != 408 else "server"


def _words(error: ModelHTTPError) -> str:
    body = error.body
    told = body.get("error", body) if isinstance(body, dict) else body
    message = told.get("message") if isinstance(told, dict) else told
    return str(message or f"status {error.status_code}")[:500]
