"""Questions asked otherwise and answers given anew: branches, of which one is shown; ratings; pages of a long one."""

from tests.ai.chat.talk import API, WORDS, Chatter


class TestBranches:
    async def test_an_answer_given_anew_stands_beside_the_former(self, ada: Chatter) -> None:
        chat = await ada.begin()
        said = await ada.send(chat)

        anew = (await ada.http.post(f"{API}/conversations/{chat}/regenerate")).json()
        last = await ada.ended(chat)

        assert (anew["answer"]["status"], anew["question"]["id"]) == ("streaming", said["question"]["id"])
        assert last["id"] == anew["answer"]["id"]
        assert last["siblings"] == {"place": 2, "of": 2, "ids": [said["answer"]["id"], last["id"]]}
        assert await ada.contents(chat) == ["one two three", WORDS]

    async def test_an_edited_question_is_a_branch_and_keeps_the_former(self, ada: Chatter) -> None:
        chat = await ada.begin()
        await ada.send(chat, "zero")
        first = await ada.send(chat, "first")
        await ada.send(chat, "after the first")

        edited = await ada.http.patch(f"{API}/messages/{first['question']['id']}", json={"content": "second"})
        await ada.ended(chat)
        assert edited.status_code == 200
        assert edited.json()["siblings"]["ids"] == [first["question"]["id"], edited.json()["id"]]
        assert await ada.contents(chat) == ["zero", WORDS, "second", WORDS]

        back = await ada.http.patch(f"{API}/conversations/{chat}", json={"leaf_id": first["question"]["id"]})
        assert back.status_code == 200
        assert await ada.contents(chat) == ["zero", WORDS, "first", WORDS, "after the first", WORDS]
        assert (await ada.history(chat))["leaf_id"] == back.json()["leaf_id"]

    async def test_the_first_question_can_be_edited_too(self, ada: Chatter) -> None:
        chat = await ada.begin()
        first = await ada.send(chat, "first")

        await ada.http.patch(f"{API}/messages/{first['question']['id']}", json={"content": "second"})
        await ada.ended(chat)

        [question, _] = (await ada.history(chat))["items"]
        assert (question["content"], question["siblings"]["place"], question["siblings"]["of"]) == ("second", 2, 2)

    async def test_only_what_is_shown_is_told_to_the_model(self, ada: Chatter) -> None:
        chat = await ada.begin()
        first = await ada.send(chat, "first")
        await ada.http.patch(f"{API}/messages/{first['question']['id']}", json={"content": "second"})
        await ada.ended(chat)

        await ada.send(chat, "third")

        assert await ada.contents(chat) == ["second", WORDS, "third", WORDS]

    async def test_what_cannot_be_is_refused(self, ada: Chatter) -> None:
        chat, other = await ada.begin(), await ada.begin()
        said, elsewhere = await ada.send(chat), await ada.send(other)
        path = f"{API}/conversations/{chat}"
        refused = [
            await ada.http.patch(f"{API}/messages/{said['answer']['id']}", json={"content": "mine"}),
            await ada.http.patch(f"{API}/messages/{said['question']['id']}", json={"rating": 1}),
            await ada.http.patch(f"{API}/messages/{said['answer']['id']}", json={"rating": 2}),
            await ada.http.patch(f"{API}/messages/{said['answer']['id']}", json={}),
            await ada.http.patch(path, json={"leaf_id": elsewhere["answer"]["id"]}),
            await ada.http.post(f"{path}/regenerate", json={"message_id": elsewhere["answer"]["id"]}),
            await ada.http.post(f"{API}/conversations/{await ada.begin()}/regenerate"),
        ]
        assert [one.status_code for one in refused] == [409, 409, 422, 422, 404, 404, 409]
        assert await ada.contents(chat) == ["one two three", WORDS]

    async def test_more_than_a_hundred_versions_are_refused(self, ada: Chatter) -> None:
        chat = await ada.begin("fake-500")
        said = await ada.send(chat)
        for _ in range(99):
            anew = await ada.http.post(f"{API}/conversations/{chat}/regenerate")
            assert anew.status_code == 202
            await ada.http.post(f"{API}/conversations/{chat}/stop")
            await ada.ended(chat)

        refused = await ada.http.post(f"{API}/conversations/{chat}/regenerate")

        assert refused.status_code == 409
        assert "There are 100 versions of this already." in refused.json()["detail"]
        assert (await ada.history(chat))["items"][0]["id"] == said["question"]["id"]


class TestRating:
    async def test_is_kept_and_taken_back(self, ada: Chatter) -> None:
        chat = await ada.begin()
        path = f"{API}/messages/{(await ada.send(chat))['answer']['id']}"

        rated = await ada.http.patch(path, json={"rating": -1})
        back = await ada.http.patch(path, json={"rating": None})

        assert (rated.json()["rating"], back.json()["rating"]) == (-1, None)


class TestPagesOfMessages:
    async def test_lead_from_the_last_to_the_first(self, ada: Chatter) -> None:
        chat = await ada.begin()
        for number in range(3):
            await ada.send(chat, f"question {number}")

        last = await ada.history(chat, limit=4, count=True)
        before = await ada.history(chat, limit=4, cursor=last["next_cursor"])

        assert [one["content"] for one in last["items"]] == ["question 1", WORDS, "question 2", WORDS]
        assert [one["content"] for one in before["items"]] == ["question 0", WORDS]
        assert (last["total"], before["next_cursor"]) == (6, None)
