"""What the engine needs of a provider. Each of them speaks OpenAI's JSON here, whatever it speaks outside."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from stoa.shared.errors import StoaError

Path = Literal["chat/completions", "embeddings"]
FaultKind = Literal["unreachable", "timeout", "unauthorised", "rate", "server", "garbage", "cut", "refused"]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is sent to one provider: `body` is OpenAI-style JSON with the provider's own name of the model."""

    path: Path
    model: str
    body: dict[str, Any]
    streams: bool = False


class ProviderFault(StoaError):
    """A provider did not answer as it should. Everything but `refused` may be tried with the next one.

    `body_head` is what the provider said to what it refuses; `retry_after` is in seconds.
    """

    status = 502
    code = "provider-fault"
    title = "The model's provider failed"

    def __init__(
        self,
        kind: FaultKind,
        detail: str,
        *,
        upstream_status: int | None = None,
        retry_after: float | None = None,
        body_head: bytes = b"",
    ) -> None:
        super().__init__(detail)
        self.kind: FaultKind = kind
        self.upstream_status = upstream_status
        self.retry_after = retry_after
        self.body_head = body_head


class Answer(Protocol):
    """An answer whose status was good and whose first bytes are there."""

    content_type: str

    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they come. Raises ProviderFault when it breaks off, pauses too long or grows too large."""

    async def close(self) -> None:
        """Hang up, if it still runs."""


class Provider(Protocol):
    name: str
    kind: str

    async def open(self, ask: Ask, secret: str | None) -> Answer:
        """Raises ProviderFault; then nothing of an answer was seen."""

    async def models(self, secret: str | None) -> list[str]:
        """The names of the models it offers. Raises ProviderFault."""

    async def close(self) -> None: ...
