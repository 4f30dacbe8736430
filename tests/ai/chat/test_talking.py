"""A conversation from its beginning: asked, answered, kept, paid; and what is refused."""

import asyncio

from tests.ai.chat.talk import API, WORDS, Chatter, chatting, names_of, text_of
from tests.ai.site import AiSite


class TestConversations:
    async def test_are_made_listed_changed_and_deleted(self, site: AiSite, ada: Chatter) -> None:
        first, second = await ada.begin(title="One"), await ada.begin(title="Two")

        await ada.send(first)
        listed = (await ada.http.get(f"{API}/conversations")).json()
        page = (await ada.http.get(f"{API}/conversations", params={"limit": 1, "count": True})).json()
        rest = (await ada.http.get(f"{API}/conversations", params={"cursor": page["next_cursor"]})).json()

        assert [one["title"] for one in listed["items"]] == ["One", "Two"]  # used last first
        assert ([one["title"] for one in page["items"]], page["total"]) == (["One"], 2)
        assert [one["title"] for one in rest["items"]] == ["Two"]

        changed = await ada.http.patch(
            f"{API}/conversations/{second}", json={"title": "Three", "system_prompt": "Be brief.", "is_archived": True}
        )
        assert (changed.json()["title"], changed.json()["system_prompt"]) == ("Three", "Be brief.")
        away = (await ada.http.get(f"{API}/conversations", params={"archived": True})).json()["items"]
        assert [one["id"] for one in away] == [second]

        assert (await ada.http.delete(f"{API}/conversations/{first}")).status_code == 204
        assert (await ada.http.get(f"{API}/conversations/{first}/messages")).status_code == 404
        assert await site.rows("SELECT id FROM chat_messages WHERE conversation_id = $1::uuid", first) == []

    async def test_name_a_model_that_there_is(self, ada: Chatter) -> None:
        path = f"{API}/conversations"
        nobody = await ada.http.post(path, json={"provider": "nobody", "model": "m"})
        nothing = await ada.http.post(path, json={"model": "no-such-model"})
        unsaid = await ada.http.post(path, json={"provider": ada.provider})
        own = await ada.http.post(path, json={})

        assert [one.status_code for one in (nobody, nothing, unsaid, own)] == [422, 422, 422, 201]
        assert "There is no provider 'nobody' here. Those there are: " in nobody.json()["detail"]
        assert "There is no model 'no-such-model' here." in nothing.json()["detail"]
        assert nobody.json()["type"].endswith("model-not-offered")

    async def test_have_bounds(self, ada: Chatter) -> None:
        chat = await ada.begin()
        path = f"{API}/conversations"
        refused = [
            await ada.http.post(path, json={"title": "x" * 201}),
            await ada.http.post(path, json={"system_prompt": "x" * 4_001}),
            await ada.http.post(f"{path}/{chat}/messages", json={"content": "x" * 100_001}),
            await ada.http.post(f"{path}/{chat}/messages", json={"content": " \n "}),
            await ada.http.post(f"{path}/{chat}/messages", json={"content": "a\0b"}),
            await ada.http.post(f"{path}/{chat}/messages", json={"content": "hi", "role": "system"}),
        ]
        assert [one.status_code for one in refused] == [422] * 6
        assert (await ada.history(chat))["items"] == []

    async def test_of_another_are_not_there(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin()
        said = await ada.send(chat)
        path = f"{API}/conversations/{chat}"
        async with chatting(site) as bob:
            answers = [
                await bob.http.get(path),
                await bob.http.patch(path, json={"title": "Mine"}),
                await bob.http.delete(path),
                await bob.http.get(f"{path}/messages"),
                await bob.http.post(f"{path}/messages", json={"content": "hi"}),
                await bob.http.post(f"{path}/stream", json={"content": "hi"}),
                await bob.http.get(f"{path}/stream"),
                await bob.http.get(f"{path}/stream", params={"message_id": said["answer"]["id"]}),
                await bob.http.post(f"{path}/stop"),
                await bob.http.post(f"{path}/regenerate"),
                await bob.http.get(f"{path}/export"),
                await bob.http.patch(f"{API}/messages/{said['question']['id']}", json={"content": "hi"}),
                await bob.http.patch(f"{API}/messages/{said['answer']['id']}", json={"rating": 1}),
            ]
            own = await bob.begin()
            through_own = await bob.http.get(
                f"{API}/conversations/{own}/stream", headers={"last-event-id": f"{said['answer']['id']}:0"}
            )
            found = (await bob.http.get(f"{API}/conversations", params={"search": "one two"})).json()

        assert [one.status_code for one in (*answers, through_own)] == [404] * 14
        assert found["items"] == []
        assert await ada.contents(chat) == ["one two three", WORDS]


class TestAsking:
    async def test_keeps_question_answer_and_what_it_cost(self, site: AiSite, ada: Chatter) -> None:
        await site.price("fake-ok", 1_000_000)
        chat = await ada.begin()

        said = await ada.send(chat, "one two three")

        question, answer = said["question"], said["answer"]
        assert (question["content"], question["status"], question["usage"]) == ("one two three", "complete", None)
        assert (answer["content"], answer["status"], answer["parent_id"]) == (WORDS, "complete", question["id"])
        assert (answer["provider"], answer["model"], answer["method"]) == (site.provider, "fake-ok", "model")
        [row] = await site.settled(ada.caller)
        assert (str(row["id"]), row["feature"]) == (answer["id"], "chat")
        assert answer["usage"] == {
            "input_tokens": row["input_tokens"],
            "output_tokens": 12,
            "cost_micro_usd": row["cost_micros"],
            "source": "provider",
        }
        assert row["cost_micros"] == row["input_tokens"] + 12
        assert (await ada.http.get(f"{API}/conversations/{chat}")).json()["title"] == "one two three"

    async def test_tells_the_model_what_was_said_before(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin(system_prompt="Speak plainly.")

        await ada.send(chat, "first question")
        await ada.send(chat, "second question")

        system, *said = site.upstream.bill.calls[-1].body["messages"]
        assert system["content"].startswith("Speak plainly.\n")
        assert said == [
            {"role": "user", "content": "first question"},
            {"role": "assistant", "content": WORDS},
            {"role": "user", "content": "second question"},
        ]

    async def test_trims_what_does_not_fit_and_tells_its_gist(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin()
        await ada.send(chat, "Remember the porch. " + "filling words " * 2_500)
        await ada.send(chat, "Then the stairs. " + "filling words " * 2_000)

        await ada.send(chat, "third question")

        system, *said = site.upstream.bill.calls[-1].body["messages"]
        assert [one["content"][:16] for one in said if one["role"] == "user"] == ["Then the stairs.", "third question"]
        assert "- Question: Remember the porch." in system["content"]
        assert len(system["content"]) < 1_500

    async def test_what_no_model_can_read_is_told(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin()

        answer = (await ada.send(chat, "filling words " * 7_000))["answer"]

        assert (answer["status"], answer["error_code"]) == ("error", "question-too-long")
        assert "this model can read 6,136" in answer["error"]
        assert site.upstream.bill.calls == []

    async def test_streams_sources_text_usage_and_an_end(self, ada: Chatter) -> None:
        chat = await ada.begin()

        async with ada.asking(chat) as heard:
            events = [event async for event in heard]

        assert names_of(events) == ["sources", "delta", "usage", "done"]
        assert events[0].data["items"] == []
        assert len({event.id for event in events}) == len(events)
        assert text_of(events) == WORDS == (await ada.contents(chat))[1]
        assert events[-2].data["output_tokens"] == 12
        assert (events[-1].data["status"], events[-1].data["length"]) == ("complete", len(WORDS))

    async def test_while_an_answer_is_written_is_refused_with_words(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-slow-100")
        async with ada.asking(chat) as heard:
            await anext(heard)
            path = f"{API}/conversations/{chat}"
            refused = [
                await ada.http.post(f"{path}/messages", json={"content": "and?"}),
                await ada.http.post(f"{path}/stream", json={"content": "and?"}),
                await ada.http.post(f"{path}/regenerate"),
            ]
            listed = (await ada.http.get(path)).json()
            events = [event async for event in heard]

        assert [one.status_code for one in refused] == [409] * 3
        assert "An answer is being written in this conversation." in refused[0].json()["detail"]
        assert listed["is_answering"] is True
        assert text_of(events) == WORDS
        assert await ada.contents(chat) == ["one two three", WORDS]

    async def test_from_a_tab_that_is_behind_is_refused(self, ada: Chatter) -> None:
        chat = await ada.begin()
        first = await ada.send(chat)
        second = await ada.send(chat, "again", after=first["answer"]["id"])

        behind = await ada.http.post(
            f"{API}/conversations/{chat}/messages", json={"content": "late", "after": first["answer"]["id"]}
        )

        assert behind.status_code == 409
        assert behind.json()["type"].endswith("conversation-went-on")
        assert (await ada.history(chat))["leaf_id"] == second["answer"]["id"]

    async def test_twice_at_once_is_answered_once(self, site: AiSite, ada: Chatter) -> None:
        chat = await ada.begin("fake-slow-30")
        path = f"{API}/conversations/{chat}/messages"

        sent = await asyncio.gather(*(ada.http.post(path, json={"content": f"tab {n}"}) for n in range(5)))

        assert sorted(one.status_code for one in sent) == [201, 409, 409, 409, 409]
        assert len(await ada.contents(chat)) == 2
        assert len(site.upstream.bill.calls) == 1


class TestWhatGoesWrong:
    async def test_a_spent_budget_keeps_the_question(self, site: AiSite, ada: Chatter) -> None:
        await site.price("fake-ok", 1_000_000)
        chat = await ada.begin()
        await ada.send(chat, "first")
        await site.limit(f"user:{ada.caller.user_id}", 20)

        answer = (await ada.send(chat, "second"))["answer"]

        assert (answer["status"], answer["error_code"], answer["content"]) == ("error", "budget-spent", "")
        assert "Your budget for today is $0.00002" in answer["error"]
        assert await ada.contents(chat) == ["first", WORDS, "second", ""]

        await site.limit(f"user:{ada.caller.user_id}", 1_000_000)
        anew = await ada.http.post(f"{API}/conversations/{chat}/regenerate")
        assert anew.status_code == 202
        last = await ada.ended(chat)
        assert (last["content"], last["siblings"]["of"]) == (WORDS, 2)
        assert await ada.contents(chat) == ["first", WORDS, "second", WORDS]

    async def test_a_provider_that_breaks_off_is_told(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-cut-4")

        async with ada.asking(chat) as heard:
            events = [event async for event in heard]

        last = await ada.ended(chat)
        assert names_of(events) == ["sources", "delta", "usage", "error"]
        assert events[-1].data["status"] == last["status"] == "cut"
        assert last["error"] == events[-1].data["detail"]
        assert text_of(events) == last["content"] == "word1 word2 word3"
        assert last["usage"]["source"] == "estimated"

    async def test_a_provider_that_does_not_answer_is_told(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-500")

        answer = (await ada.send(chat))["answer"]

        assert (answer["status"], answer["content"]) == ("error", "")
        assert "No model answered" in answer["error"]
