"""Streams that break and go on, here and at another server: nothing is missed, nothing doubled; stopping; dying."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from stoa.modules.ai.chat.reaping import reap_answers
from tests.ai.chat.talk import API, WORDS, Chatter, Event, first_words, names_of, text_of
from tests.ai.serving import serving
from tests.ai.site import AiSite


async def some(chatter: Chatter, chat: str, number: int) -> list[Event]:
    """The first events of an answer; then the tab is closed."""
    events: list[Event] = []
    async with chatter.asking(chat) as heard:
        async for event in heard:
            events.append(event)
            if len(events) == number:
                break
    return events


class TestResuming:
    @pytest.mark.parametrize("number", [1, 2, 5])
    async def test_in_the_middle_misses_and_doubles_nothing(self, ada: Chatter, number: int) -> None:
        chat = await ada.begin("fake-slow-60")

        before = await some(ada, chat, number)
        after = await ada.hear(chat, before[-1].id)

        assert text_of(before + after) == WORDS == (await ada.contents(chat))[1]
        assert names_of(before + after) == ["sources", "delta", "usage", "done"]
        ids = [event.id for event in before + after]
        assert len(set(ids)) == len(ids)

    async def test_after_the_end_gives_the_rest_from_any_place(self, ada: Chatter) -> None:
        chat = await ada.begin()
        async with ada.asking(chat) as heard:
            events = [event async for event in heard]

        for place, event in enumerate(events[:-1]):
            rest = await ada.hear(chat, event.id)
            assert text_of(events[: place + 1] + rest) == WORDS
            assert rest[-1].name == "done"
            assert [one.name for one in rest].count("usage") == (0 if event.name == "usage" else 1)
        whole = await ada.hear(chat, message_id=events[0].data["message_id"])
        assert text_of(whole) == WORDS

    async def test_of_what_was_heard_to_its_end_says_nothing(self, ada: Chatter) -> None:
        chat = await ada.begin()
        async with ada.asking(chat) as heard:
            events = [event async for event in heard]
        path = f"{API}/conversations/{chat}/stream"

        over = await ada.http.get(path, headers={"last-event-id": events[-1].id})
        idle = await ada.http.get(path)
        odd = await ada.http.get(path, headers={"last-event-id": "what?"})

        assert (over.status_code, idle.status_code, odd.status_code) == (204, 204, 400)

    async def test_from_what_the_history_had(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-slow-200")
        await some(ada, chat, 2)
        await asyncio.sleep(1.2)  # what came is saved every second
        partial = (await ada.history(chat))["items"][-1]

        rest = await ada.hear(chat, partial["event_id"])

        assert 0 < len(partial["content"]) < len(WORDS)
        assert partial["content"] + text_of(rest) == WORDS

    async def test_a_closed_tab_finds_it_complete(self, site: AiSite, ada: Chatter) -> None:
        """Longer than readers of plain calls are waited for, which is a second here."""
        chat = await ada.begin("fake-slow-250")
        await some(ada, chat, 2)

        last = await ada.ended(chat)

        assert (last["status"], last["content"]) == ("complete", WORDS)
        [row] = await site.settled(ada.caller)
        assert (row["status"], row["source"], row["output_tokens"]) == ("complete", "provider", 12)

    async def test_two_tabs_hear_the_same(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-slow-60")
        async with ada.asking(chat) as heard:
            await anext(heard)
            other, rest = await asyncio.gather(ada.hear(chat), _all(heard))

        assert text_of(other) == text_of(rest) == WORDS
        assert other[-1] == rest[-1]


class TestAnotherServer:
    async def test_goes_on_with_the_answer_and_stops_it(self, site: AiSite, ada: Chatter, redis_url: str) -> None:
        chat, second = await ada.begin("fake-slow-200"), await ada.begin("fake-stall-5")
        async with serving(site, redis_url) as server, ada.at(server.site.address) as there:
            before = await some(there, chat, 4)
            here = await ada.hear(chat, before[-1].id)
            again = await there.hear(chat, before[0].id)

            async with there.asking(second) as heard:
                await first_words(heard)
                refused = await ada.http.post(f"{API}/conversations/{second}/messages", json={"content": "and?"})
                stopped = await ada.http.post(f"{API}/conversations/{second}/stop")
                told = await _all(heard)
            last = await ada.ended(second)

        assert text_of(before + here) == text_of(before[:1] + again) == WORDS
        assert len([event for event in here if event.name == "delta"]) > 2  # as it came, not at its end
        assert (refused.status_code, stopped.status_code) == (409, 204)
        assert (told[-1].name, told[-1].data["status"]) == ("error", "stopped")
        assert (last["status"], last["content"]) == ("stopped", "word1 word2 word3 word4")
        assert last["usage"]["source"] == "estimated"

    async def test_without_valkey_goes_on_with_what_is_saved(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin("fake-slow-250")
        async with serving(site, "redis://127.0.0.1:9/0") as server, ada.at(server.site.address) as there:
            before = await some(ada, chat, 3)
            rest = await there.hear(chat, before[-1].id)
            own = await there.begin("fake-slow-60")
            first = await some(there, own, 3)
            second = await there.hear(own, first[-1].id)

        assert text_of(before + rest) == WORDS
        assert text_of(first + second) == WORDS


class TestStopping:
    async def test_keeps_what_came(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-stall-4")
        async with ada.asking(chat) as heard:
            await first_words(heard)
            assert (await ada.http.post(f"{API}/conversations/{chat}/stop")).status_code == 204
            told = await _all(heard)

        last = await ada.ended(chat)
        assert told[-1].data["status"] == last["status"] == "stopped"
        assert last["content"] == "word1 word2 word3"
        assert (await ada.http.post(f"{API}/conversations/{chat}/stop")).status_code == 204

    async def test_before_the_first_word(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-first-1500")
        asked = asyncio.create_task(ada.send(chat))
        for _ in range(100):
            if (await ada.history(chat))["items"]:
                break
            await asyncio.sleep(0.02)

        await ada.http.post(f"{API}/conversations/{chat}/stop")

        answer = (await asked)["answer"]
        assert (answer["status"], answer["content"]) == ("stopped", "")

    async def test_by_deleting_the_conversation(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin("fake-stall-4")
        async with ada.asking(chat) as heard:
            await anext(heard)
            assert (await ada.http.delete(f"{API}/conversations/{chat}")).status_code == 204
            await _all(heard)

        [row] = await site.settled(ada.caller)
        assert row["status"] == "stopped"


class TestDying:
    async def test_of_the_server_leaves_what_was_saved(self, site: AiSite, ada: Chatter, redis_url: str) -> None:
        chat = await ada.begin("fake-stall-6")
        async with (
            serving(site, redis_url) as server,
            ada.at(server.site.address) as there,
            there.asking(chat) as heard,
        ):
            await first_words(heard)
            saved = await _saved(ada, chat)
            server.send(signal.SIGKILL)
            await server.ended()
        path = f"{API}/conversations/{chat}/messages"

        assert (await ada.http.post(path, json={"content": "and?"})).status_code == 409
        assert await reap_answers(site.database, timedelta(0)) == 1

        last = (await ada.history(chat))["items"][-1]
        assert (last["status"], last["content"]) == ("cut", saved)
        assert last["error"] == "The process that wrote the answer ended."
        heard_again = await ada.hear(chat, message_id=last["id"])
        assert (text_of(heard_again), heard_again[-1].data["status"]) == (saved, "cut")
        assert (await ada.http.post(path, json={"content": "and?"})).status_code == 201

    async def test_is_seen_by_who_reads_before_it_is_ended(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin()
        answer = (await ada.send(chat))["answer"]["id"]
        await site.rows(
            "UPDATE chat_messages SET status = 'streaming', alive_at = now() - interval '1 minute' WHERE id = $1::uuid",
            answer,
        )

        read = (await ada.history(chat))["items"][-1]
        listed = (await ada.http.get(f"{API}/conversations/{chat}")).json()
        sent = await ada.send(chat, "and?")

        assert (read["status"], listed["is_answering"]) == ("cut", False)
        assert sent["answer"]["status"] == "complete"
        [row] = await site.rows("SELECT status FROM chat_messages WHERE id = $1::uuid", answer)
        assert row["status"] == "cut"

    async def test_in_order_keeps_what_came(self, site: AiSite, ada: Chatter, redis_url: str) -> None:
        chat = await ada.begin("fake-stall-5")
        async with (
            serving(site, redis_url) as server,
            ada.at(server.site.address) as there,
            there.asking(chat) as heard,
        ):
            await first_words(heard)
            server.send(signal.SIGTERM)
            told = await _all(heard)  # it is let go at once, to come again elsewhere
            await server.ended()

        last = (await ada.history(chat))["items"][-1]
        assert told == [] or told[-1].name == "delta"
        assert (last["status"], last["content"]) == ("cut", "word1 word2 word3 word4")
        assert "The server stopped." in last["error"]


async def _all(heard: AsyncIterator[Event]) -> list[Event]:
    return [event async for event in heard]


async def _saved(chatter: Chatter, chat: str) -> str:
    for _ in range(100):
        content = str((await chatter.history(chat))["items"][-1]["content"])
        if content:
            return content
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was saved")
