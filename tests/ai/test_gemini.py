"""Gemini behind the gateway: OpenAI's words for its callers, Google's SDK in between."""

import json

import httpx2
import pytest
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from stoa.modules.ai.providers.protocol import Ask, ProviderFault
from stoa.modules.ai.providers.reading import Reading
from stoa.modules.ai.providers.typed import TypedProvider
from stoa.modules.ai.providers.wire import WireTimes
from tests.ai.site import QUESTION, AiSite
from tests.ai.test_gateway import events

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
async def gemini(site: AiSite) -> AiSite:
    return await site.with_provider("gemini")


class TestGemini:
    async def test_answers_in_openai_s_words(self, gemini: AiSite) -> None:
        caller = await gemini.caller()

        response = await gemini.ask(caller, max_tokens=4, temperature=0.5, stop=["end"])

        assert response.json()["choices"][0]["message"]["content"] == "word1 word2 word3 word4"
        [call] = gemini.upstream.bill.calls
        assert call.wire == "gemini"
        assert call.body["generationConfig"]["maxOutputTokens"] == 4
        assert call.body["generationConfig"]["stopSequences"] == ["end"]
        [row] = await gemini.settled(caller)
        assert (row["status"], row["source"], row["input_tokens"], row["output_tokens"]) == (
            "complete",
            "provider",
            3,
            4,
        )

    async def test_streams_in_openai_s_words(self, gemini: AiSite) -> None:
        caller = await gemini.caller()

        response = await gemini.ask(caller, stream=True, stream_options={"include_usage": True}, max_tokens=4)

        told = events(response.text)
        assert told[-1] == "[DONE]"
        assert json.loads(told[-2])["usage"]["total_tokens"] == 7
        texts = [json.loads(one)["choices"][0]["delta"].get("content", "") for one in told[:-2]]
        assert "".join(texts) == "word1 word2 word3 word4"
        [row] = await gemini.settled(caller)
        assert (row["status"], row["output_tokens"]) == ("complete", 4)

    async def test_says_when_it_was_cut(self, gemini: AiSite) -> None:
        caller = await gemini.caller()

        response = await gemini.ask(caller, "fake-cut-2", stream=True)

        assert json.loads(events(response.text)[-1])["error"]["code"] == "answer_cut"
        [row] = await gemini.settled(caller)
        assert (row["status"], row["source"]) == ("cut", "estimated")

    @pytest.mark.parametrize("manner", ["500", "503", "html", "json"])
    async def test_no_answer_is_a_fault(self, gemini: AiSite, manner: str) -> None:
        caller = await gemini.caller()
        gemini.upstream.manners.tell([manner] * 4)

        response = await gemini.ask(caller)

        assert response.status_code == 502
        [row] = await gemini.settled(caller)
        assert (row["status"], row["cost_micros"]) == ("error", 0)

    async def test_sends_pictures_and_earlier_words(self, gemini: AiSite) -> None:
        messages = [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "good day"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "what is this"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_PIXEL}"}},
                ],
            },
        ]

        response = await gemini.ask(await gemini.caller(), messages=messages)

        assert response.status_code == 200
        [call] = gemini.upstream.bill.calls
        assert [content["role"] for content in call.body["contents"]] == ["user", "model", "user"]
        assert call.body["systemInstruction"]["parts"][0]["text"] == "Be short."
        assert call.body["contents"][-1]["parts"][-1]["inlineData"]["mime_type"] == "image/png"

    async def test_fetches_nothing_that_a_caller_names(self, gemini: AiSite) -> None:
        part = {"type": "image_url", "image_url": {"url": f"{gemini.upstream_address}/log"}}

        response = await gemini.ask(await gemini.caller(), messages=[{"role": "user", "content": [part]}])

        assert (response.status_code, "data: URLs" in response.json()["error"]["message"]) == (400, True)
        assert gemini.upstream.bill.calls == []

    async def test_embeds(self, gemini: AiSite) -> None:
        async with gemini.client(await gemini.caller()) as client:
            asked = {"model": f"{gemini.provider}/fake-ok", "input": ["a b", "c"]}
            response = await client.post("/v1/embeddings", json=asked)

        assert [one["embedding"] for one in response.json()["data"]] == [[0.1, 0.2], [0.1, 0.2]]


class TestAnyModel:
    """What pydantic-ai knows is a provider: here OpenAI's own SDK, against the fake provider."""

    async def _open(self, site: AiSite, model: str, *, streams: bool, **body: object) -> bytes:
        async with httpx2.AsyncClient() as http:
            known = OpenAIProvider(base_url=f"{site.upstream_address}/v1", api_key="sk-typed", http_client=http)
            provider = TypedProvider(
                "typed", "test", lambda name, _: OpenAIChatModel(name, provider=known), WireTimes(5, 5, 5)
            )
            ask = Ask("chat/completions", model, {"messages": QUESTION, **body}, streams)
            answer = await provider.open(ask, None)
            try:
                return b"".join([chunk async for chunk in answer.chunks()])
            finally:
                await answer.close()

    @pytest.mark.parametrize("streams", [False, True])
    async def test_answers(self, site: AiSite, *, streams: bool) -> None:
        reading = Reading(streams=streams)

        reading.feed(await self._open(site, "fake-ok", streams=streams, max_tokens=3))

        seen = reading.finish()
        assert (seen.output_text, seen.finish_reason) == ("word1 word2 word3", "stop")
        assert seen.usage is not None
        assert (seen.usage.input, seen.usage.output) == (3, 3)

    async def test_tools_are_called_by_name(self, site: AiSite) -> None:
        tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
        for streams in (False, True):
            told = await self._open(site, "fake-ok", streams=streams, tools=[tool])
            assert b"look_up" in told
            assert b"tool_calls" in told

    async def test_faults_are_told_apart(self, site: AiSite) -> None:
        kinds = {"fake-401": "unauthorised", "fake-429": "rate", "fake-404": "refused", "fake-503": "server"}
        for model, kind in kinds.items():
            with pytest.raises(ProviderFault) as caught:
                await self._open(site, model, streams=False)
            assert caught.value.kind == kind
