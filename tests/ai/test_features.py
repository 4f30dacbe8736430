"""Summaries and labels through the API: by a model where one is set up, else by plain methods; which is said."""

from typing import Any

import httpx
import pytest

from tests.ai.site import AiSite, Caller

TEXT = """# Bread

We baked bread in the old oven of the village. The oven needs three hours until it is hot enough for bread.
I loved the crust, which was dark and tasted of smoke. My neighbour brought butter and we talked until noon.
The oven will be lit again in June, and everybody may bring dough for their own bread.
Nobody counted the loaves. A dog slept beside the oven.
"""


async def ask(site: AiSite, caller: Caller, call: str, **body: Any) -> httpx.Response:
    async with site.client(caller) as client:
        return await client.post(f"/api/v1/ai/{call}", json=body)


class TestSummary:
    async def test_without_a_provider_is_made_of_the_texts_own_sentences(self, site: AiSite) -> None:
        caller = await site.caller()
        told = (await ask(site, caller, "summarize", text=TEXT, method="plain")).json()
        assert (told["method"], told["provider"], told["usage"]["cost_micro_usd"]) == ("plain", "stoa", 0)
        assert told["summary"]
        flat = " ".join(TEXT.split())
        assert all(part.strip() in flat for part in told["summary"].split(". "))
        assert all(point in flat and point not in told["summary"] for point in told["key_points"])
        assert len(told["key_points"]) >= 2
        [row] = await site.settled(caller)
        assert (row["feature"], row["provider"], row["model"], row["cost_micros"]) == ("summarize", "stoa", "plain", 0)

    async def test_has_no_sentence_whose_beginning_was_an_address(self, site: AiSite) -> None:
        text = "I read about ovens today.\n\nhttps://a.example/ has a list of ovens for bread.\n\nThe dog slept there."
        told = (await ask(site, await site.caller(), "summarize", text=text, method="plain", length="short")).json()
        assert told["summary"] == "I read about ovens today. The dog slept there."

    async def test_of_a_model_says_which_and_is_kept(self, site: AiSite) -> None:
        caller = await site.caller()
        model = f"{site.provider}/fake-ok"
        first = (await ask(site, caller, "summarize", text=TEXT, model=model, style="simple")).json()
        again = (await ask(site, caller, "summarize", text=TEXT, model=model, style="simple")).json()
        assert (first["method"], first["model"], first["is_cached"]) == ("model", "fake-ok", False)
        assert (again["summary"], again["is_cached"], again["usage"]["source"]) == (first["summary"], True, "cache")
        asked = str(site.upstream.bill.calls[0].body["messages"][1]["content"])
        assert "<data># Bread" in asked
        assert "everybody understands" in asked

    async def test_of_an_article_is_given_to_those_who_may_read_it(self, site: AiSite) -> None:
        author, other = (
            await site.caller("creator", scopes=("use:ai", "create:article", "edit:article")),
            await site.caller("creator", scopes=("use:ai", "edit:article")),
        )
        async with site.client(author) as client:
            made = await client.post("/api/v1/articles", json={"title": "Bread of mine", "body": TEXT})
            assert made.status_code == 201, made.text
            slug = made.json()["slug"]
        told = await ask(site, author, "summarize", article=slug, method="plain")
        assert "oven" in told.json()["summary"]
        assert (await ask(site, other, "summarize", article=slug, method="plain")).status_code == 404
        assert (await ask(site, author, "summarize", article="none-such", method="plain")).status_code == 404

    @pytest.mark.parametrize("body", [{}, {"text": "A.", "article": "a"}, {"text": ""}, {"text": "A.", "length": "x"}])
    async def test_of_nothing_or_two_things_is_refused(self, site: AiSite, body: dict[str, Any]) -> None:
        assert (await ask(site, await site.caller(), "summarize", **body)).status_code == 422

    async def test_of_a_text_that_no_model_holds_is_made_of_its_weightiest_sentences(self, site: AiSite) -> None:
        long = " ".join(f"Sentence {n} is about the harbour and boat {n % 97}." for n in range(12_000))[:200_000]
        told = await ask(site, await site.caller(), "summarize", text=long, model=f"{site.provider}/fake-ok")
        assert told.status_code == 200, told.text


class TestLabels:
    async def test_are_found_by_words_without_a_model(self, site: AiSite) -> None:
        caller = await site.caller()
        told = (await ask(site, caller, "classify", text=TEXT, method="plain")).json()
        assert (told["category"], told["method"], told["sentiment"]["feeling"]) == ("food", "plain", "positive")
        angry = "The parcel is broken, nobody answers, and I want a refund. This is unacceptable."
        told = (await ask(site, caller, "classify", text=angry, scheme="intent", method="plain")).json()
        assert (told["category"], told["sentiment"]["feeling"]) == ("complaint", "negative")
        own = {"text": "Our boats sail at nine.", "labels": ["boats", "trains"], "method": "plain"}
        assert (await ask(site, caller, "classify", **own)).json()["category"] == "boats"
        nothing = {"text": "Zzz.", "labels": ["boats", "trains"], "method": "plain"}
        assert (await ask(site, caller, "classify", **nothing)).json()["category"] is None

    async def test_that_a_model_names_are_taken_and_others_are_not(self, site: AiSite) -> None:
        caller = await site.caller()
        model = f"{site.provider}/fake-ok"  # it answers word1 word2 ...
        told = (await ask(site, caller, "classify", text="A text.", labels=["word1", "boats"], model=model)).json()
        assert (told["category"], told["method"]) == ("word1", "model")
        told = (await ask(site, caller, "classify", text="Of boats.", labels=["ships", "boats"], model=model)).json()
        assert (told["category"], told["method"]) == ("boats", "plain")

    @pytest.mark.parametrize(
        "body",
        [{"labels": ["one"]}, {"labels": ["a", "A"]}, {"labels": ["a", "b"], "scheme": "topic"}, {"scheme": "x"}],
    )
    async def test_that_are_no_choice_are_refused(self, site: AiSite, body: dict[str, Any]) -> None:
        assert (await ask(site, await site.caller(), "classify", text="A.", **body)).status_code == 422
