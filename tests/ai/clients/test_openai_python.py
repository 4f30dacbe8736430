"""OpenAI's own Python SDK, given nothing but another address and a key of this site."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.ai.mishaps.accounts import DEAR
from tests.ai.site import AiSite, Caller

WORDS = " ".join(f"word{number}" for number in range(1, 13))
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
ASKED = [{"role": "user", "content": "one two three"}]


@pytest.fixture
async def caller(site: AiSite) -> Caller:
    return await site.caller()


@pytest.fixture
async def sdk(site: AiSite, caller: Caller) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{site.address}/v1", api_key=caller.key, max_retries=0) as client:
        yield client


def chat(sdk: AsyncOpenAI, site: AiSite, manner: str = "ok", **more: object) -> Any:
    """As the SDK answers: whole, or a stream."""
    create: Any = sdk.chat.completions.create
    return create(model=f"{site.provider}/fake-{manner}", messages=ASKED, **more)


class TestAnswers:
    async def test_plain(self, sdk: AsyncOpenAI, site: AiSite, caller: Caller) -> None:
        answer = await chat(sdk, site)

        assert answer.choices[0].message.content == WORDS
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (3, 12)
        [row] = await site.settled(caller)
        assert (row["input_tokens"], row["output_tokens"], row["status"]) == (3, 12, "complete")

    async def test_streamed_with_usage(self, sdk: AsyncOpenAI, site: AiSite) -> None:
        stream = await chat(sdk, site, stream=True, stream_options={"include_usage": True})
        chunks = [chunk async for chunk in stream]

        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == WORDS
        assert chunks[-1].usage.completion_tokens == 12
        assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"

    async def test_streamed_as_the_sdk_s_own_events(self, sdk: AsyncOpenAI, site: AiSite) -> None:
        async with sdk.chat.completions.stream(model=f"{site.provider}/fake-ok", messages=ASKED) as stream:  # type: ignore[arg-type] # plain dicts
            final = await stream.get_final_completion()

        assert final.choices[0].message.content == WORDS

    @pytest.mark.parametrize("streams", [True, False])
    async def test_tools(self, sdk: AsyncOpenAI, site: AiSite, streams: bool) -> None:
        if streams:
            told = [chunk async for chunk in await chat(sdk, site, tools=[TOOL], stream=True)]
            calls = [call for chunk in told for call in chunk.choices[0].delta.tool_calls or ()]
        else:
            calls = (await chat(sdk, site, tools=[TOOL])).choices[0].message.tool_calls

        [call] = calls
        assert (call.function.name, call.function.arguments) == ("look_up", '{"word": "stoa"}')

    async def test_embeddings(self, sdk: AsyncOpenAI, site: AiSite) -> None:
        made = await sdk.embeddings.create(
            model=f"{site.provider}/fake-ok", input=["one two", "three"], encoding_format="float"
        )

        assert [len(one.embedding) for one in made.data] == [2, 2]
        assert made.usage.prompt_tokens == 3

    async def test_models(self, sdk: AsyncOpenAI) -> None:
        assert "stoa-chat" in [model.id async for model in sdk.models.list()]

    async def test_headers_are_there_for_those_who_look(self, sdk: AsyncOpenAI, site: AiSite) -> None:
        raw = await sdk.chat.completions.with_raw_response.create(
            model=f"{site.provider}/fake-ok",
            messages=ASKED,  # type: ignore[arg-type] # plain dicts
        )

        assert raw.headers["x-stoa-provider"] == site.provider
        assert int(raw.headers["x-ratelimit-limit-requests"]) > 0


class TestFaults:
    @pytest.mark.parametrize(
        ("manner", "kind"),
        [
            ("404", openai.BadRequestError),
            ("500", openai.InternalServerError),
            ("html", openai.InternalServerError),
            ("first-4000", openai.InternalServerError),
            ("wait-30", openai.RateLimitError),
        ],
    )
    async def test_of_a_provider(self, sdk: AsyncOpenAI, site: AiSite, manner: str, kind: type[Exception]) -> None:
        with pytest.raises(kind) as raised:
            await chat(sdk, site, manner)

        assert isinstance(raised.value, openai.APIStatusError)
        assert raised.value.code
        assert "fake" in raised.value.message

    async def test_of_a_key(self, site: AiSite) -> None:
        async with AsyncOpenAI(base_url=f"{site.address}/v1", api_key="sk-wrong", max_retries=0) as stranger:
            with pytest.raises(openai.AuthenticationError) as raised:
                await chat(stranger, site)

        assert raised.value.code == "invalid_api_key"

    async def test_of_rights(self, site: AiSite) -> None:
        caller = await site.caller(scopes=("use:ai",))
        async with AsyncOpenAI(base_url=f"{site.address}/v1", api_key=caller.key, max_retries=0) as client:
            with pytest.raises(openai.PermissionDeniedError):
                await chat(client, site)

    async def test_of_a_model(self, sdk: AsyncOpenAI) -> None:
        with pytest.raises(openai.NotFoundError) as raised:
            await sdk.chat.completions.create(model="no-such", messages=ASKED)  # type: ignore[arg-type] # plain dicts

        assert raised.value.code == "model_not_found"

    async def test_of_a_parameter(self, sdk: AsyncOpenAI, site: AiSite) -> None:
        with pytest.raises(openai.BadRequestError) as raised:
            await chat(sdk, site, max_tokens=0)

        assert raised.value.param == "max_tokens"

    async def test_of_a_budget_is_not_tried_again(self, site: AiSite, caller: Caller) -> None:
        await site.price("fake-ok", DEAR)
        await site.limit(f"user:{caller.user_id}", 5)
        async with AsyncOpenAI(base_url=f"{site.address}/v1", api_key=caller.key, max_retries=3) as client:
            with pytest.raises(openai.RateLimitError) as raised:
                await chat(client, site)

        assert raised.value.code == "insufficient_quota"
        assert "It begins anew at" in raised.value.message
        assert site.upstream.bill.calls == []

    @pytest.mark.parametrize("manner", ["cut-3", "error-3", "stall-3"])
    async def test_of_a_stream_that_breaks_off(self, sdk: AsyncOpenAI, site: AiSite, manner: str) -> None:
        stream = await chat(sdk, site, manner, stream=True)

        heard = [(await anext(stream)).choices[0].delta.content for _ in range(3)]
        with pytest.raises(openai.APIError):
            await anext(stream)

        assert heard == ["", "word1", " word2"]
