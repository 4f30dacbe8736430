"""Searching in one's chats, taking them along, and having them forgotten with the person."""

import json
from typing import Any

import pytest

from stoa.modules.ai.chat.personal_data import ChatsOfPerson
from tests.ai.chat.talk import API, WORDS, Chatter, chatting
from tests.ai.site import AiSite


async def found(ada: Chatter, words: str, **query: Any) -> list[dict[str, Any]]:
    answer = await ada.http.get(f"{API}/conversations", params={"search": words, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


class TestSearch:
    async def test_finds_titles_questions_and_answers(self, ada: Chatter) -> None:
        porch, stairs = await ada.begin(title="About porches"), await ada.begin()
        await ada.send(porch, "Where did the Stoics meet?")
        await ada.send(stairs, "How steep are stairs in Málaga?")

        assert [one["id"] for one in await found(ada, "porch")] == [porch]
        assert [one["id"] for one in await found(ada, "stoics meet")] == [porch]
        assert [one["id"] for one in await found(ada, "malaga")] == [stairs]
        assert [one["id"] for one in await found(ada, "word7")] == [stairs, porch]
        assert [one["id"] for one in await found(ada, '"steep are stairs" -porch')] == [stairs]
        assert await found(ada, "submarine") == []
        [one] = await found(ada, "steep")
        assert one["excerpt"] == "steep are stairs in Málaga"

    @pytest.mark.parametrize("words", ["%", "'; DROP", "((", "a" * 200, '"', "&|!", "*", "\\"])
    async def test_takes_anything(self, ada: Chatter, words: str) -> None:
        await ada.send(await ada.begin())
        assert await found(ada, words) == []

    async def test_pages_and_counts(self, ada: Chatter) -> None:
        for number in range(3):
            await ada.begin(title=f"Porch {number}")
        await ada.begin(title="Stairs")

        first = (await ada.http.get(f"{API}/conversations?search=porch&limit=2&count=true")).json()
        rest = await found(ada, "porch", cursor=first["next_cursor"])

        assert [one["title"] for one in (*first["items"], *rest)] == ["Porch 2", "Porch 1", "Porch 0"]
        assert first["total"] == 3


class TestExport:
    async def test_of_a_conversation_holds_every_branch(self, ada: Chatter) -> None:
        chat = await ada.begin(title="About porches")
        first = await ada.send(chat, "first")
        await ada.http.patch(f"{API}/messages/{first['question']['id']}", json={"content": "second"})
        await ada.ended(chat)
        path = f"{API}/conversations/{chat}/export"

        whole = await ada.http.get(path)
        shown = await ada.http.get(path, params={"format": "markdown"})

        assert [one["content"] for one in whole.json()["messages"]] == ["first", WORDS, "second", WORDS]
        assert whole.headers["content-disposition"] == f'attachment; filename="chat-{chat}.json"'
        assert shown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert shown.text.startswith("# About porches\n")
        assert f"## You\n\nsecond\n\n## Answer (fake-ok)\n\n{WORDS}\n" in shown.text
        assert "first" not in shown.text

    async def test_and_erasing_of_a_person(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin()
        await ada.send(chat)
        async with chatting(site) as bob:
            other = await bob.begin()
            await bob.send(other)

            files = await ChatsOfPerson().export(site.database.reads, ada.caller.user_id)
            async with site.database.unit_of_work() as session:
                await ChatsOfPerson().erase(session, ada.caller.user_id)

            assert await bob.contents(other) == ["one two three", WORDS]
        names = sorted(files)
        assert [name.rpartition(".")[2] for name in names] == ["json", "md"]
        assert all(name.startswith("chats/") and chat in name for name in names)
        assert [one["content"] for one in json.loads(files[names[0]])["messages"]] == ["one two three", WORDS]
        assert (await ada.http.get(f"{API}/conversations")).json()["items"] == []
        assert await site.rows("SELECT id FROM chat_messages WHERE conversation_id = $1::uuid", chat) == []
