"""Google Gemini, through google-genai with a client of its own that is closed with the provider."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
from google.genai import Client
from google.genai.errors import APIError
from google.genai.types import HttpOptions
from pydantic_ai.models import Model
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from stoa.modules.ai.prices.tokens import estimate
from stoa.modules.ai.providers.making import times_of
from stoa.modules.ai.providers.protocol import Ask, ProviderFault
from stoa.modules.ai.providers.typed import TypedAnswer, TypedProvider
from stoa.modules.ai.providers.wire import WireTimes
from stoa.modules.ai.setup.snapshot import ProviderSetup
from stoa.shared.settings_parts import AiSettings


def gemini(setup: ProviderSetup, settings: AiSettings) -> "GeminiProvider":
    return GeminiProvider(setup, setup.base_url or settings.gemini_base_url, times_of(settings))


class GeminiProvider(TypedProvider):
    """One connection pool for all keys; where aiohttp is installed the SDK would take its own, and leak it."""

    def __init__(self, setup: ProviderSetup, base_url: str, times: WireTimes) -> None:
        super().__init__(setup.name, setup.kind, self._model, times)
        self._base_url = base_url
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(times.first, connect=times.connect), trust_env=False)
        self._clients: dict[str, Client] = {}

    async def open(self, ask: Ask, secret: str | None) -> TypedAnswer:
        if ask.path != "embeddings":
            return await super().open(ask, secret)
        answer = TypedAnswer(self._embedded(ask, secret), self._times.first)
        try:
            await answer.begin()
        except BaseException:
            await answer.close()
            raise
        return answer

    async def models(self, secret: str | None) -> list[str]:
        try:
            found = await self._client(secret).aio.models.list(config={"page_size": 200})
            return [str(one.name).removeprefix("models/") for one in found.page]
        except (APIError, httpx.HTTPError) as error:
            raise self._api_fault(error) from None

    async def close(self) -> None:
        await self._http.aclose()

    def _client(self, secret: str | None) -> Client:
        key = secret or ""
        if key not in self._clients:
            options = HttpOptions(base_url=self._base_url, httpx_async_client=self._http)
            self._clients[key] = Client(vertexai=False, api_key=key or "none", http_options=options)
        return self._clients[key]

    def _model(self, name: str, secret: str | None) -> Model:
        return GoogleModel(name, provider=GoogleProvider(client=self._client(secret)))

    async def _embedded(self, ask: Ask, secret: str | None) -> AsyncIterator[bytes]:
        """Gemini does not say how many tokens vectors took: they are counted here."""
        given = ask.body["input"]
        texts = [given] if isinstance(given, str) else given
        if not all(isinstance(text, str) for text in texts):
            raise ProviderFault("refused", f"{self.name} takes texts, not tokens.")
        try:
            found = await self._client(secret).aio.models.embed_content(model=ask.model, contents=texts)
        except (APIError, httpx.HTTPError) as error:
            raise self._api_fault(error) from None
        vectors: list[dict[str, Any]] = [
            {"object": "embedding", "index": place, "embedding": one.values}
            for place, one in enumerate(found.embeddings or ())
        ]
        tokens = estimate(ask.body)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        yield orjson.dumps({"object": "list", "model": ask.model, "data": vectors, "usage": usage})

    def _api_fault(self, error: Exception) -> ProviderFault:
        if isinstance(error, APIError):
            kind = "unauthorised" if error.code in {401, 403} else "rate" if error.code == 429 else "server"
            return ProviderFault(
                "refused" if error.code == 400 else kind,  # type: ignore[arg-type] # one of the kinds
                f"{self.name}: {str(error.message)[:300]}",
                upstream_status=error.code,
            )
        return ProviderFault("unreachable", f"{self.name} cannot be reached ({type(error).__name__}).")
