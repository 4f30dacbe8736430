"""What is held for its words, however they are masked, and what is not, however coarse a single word sounds."""

import pytest

from stoa.modules.ai.guards.toxicity import toxicity
from tests.ai.site import AiSite

HELD = (
    ("You are an idiot.", "insult"), ("you 1d10t", "insult"), ("y o u  i d i o t", "insult"), ("i d i o t!", "insult"),
    ("What an idiiiioooot you are", "insult"), ("You \u0430re \u0430n \u0456d\u0456\u043et", "insult"),
    ("Fuck you, moron", "insult"), ("This author is a fraud and a liar", "insult"),
    ("You're a worthless piece of garbage", "insult"), ("u r such a l o s e r", "insult"),
    ("id\u200biot, you should be ashamed", "insult"), ("shut up, nobody likes you", "insult"),
    ("I will find you and hurt you", "threat"), ("kill yourself", "threat"), ("hope you choke", "threat"),
    ("I know where you live", "threat"), ("You should die in a fire", "threat"),
    ("go back to your country", "hate"), ("All immigrants are vermin", "hate"),
    ("send me nudes", "sexual"), ("wh0re, send nud3s", "sexual"),
    ("BUY NOW!!! cheap watches http://a.b/c http://a.b/d http://a.b/e", "spam"),
    ("make $5000 a week working from home, click here", "spam"),
)  # fmt: skip
SPARED = (
    "This is a killer recipe!", "Greetings from Scunthorpe", "How do I kill the process?", "This cake is to die for",
    "The master/slave setting was renamed to primary", "I shot photos in the dark room", "You must burn the CD first",
    "My cock crows at five in the morning", "Dick Whittington and his cat", "I hope you had a good holiday",
    "He called me an idiot in a meeting, which hurt.", "That's not stupid at all", "What a stupid bug, thanks!",
    "I will kill two birds with one stone", "We beat the eggs, then fold them in.", "This damn printer again",
    "Ugly fonts, but lovely text, thank you.", "I want to find her book", "You can hang the picture here",
    "See https://example.com and https://example.org for the details of this long explanation about gardens.",
    "select a as b, c as d, e as f, g as h, i as j from k as l", "You can't fool me with that graph",
    "Shoot me a mail when you can", "", "\u200b\u200b", "Wir treffen uns um 7 im Park.",
)  # fmt: skip


class TestVerdict:
    @pytest.mark.parametrize(("text", "kind"), HELD)
    def test_is_to_wait_where_people_are_attacked_or_sold_to(self, text: str, kind: str) -> None:
        found = toxicity(text)
        assert found.verdict == "hold", found
        assert found.kinds[kind] >= 0.8  # type: ignore[index] # a kind
        assert found.reason
        assert all(text[term.start : term.end] == term.text for term in found.terms)

    @pytest.mark.parametrize("text", SPARED)
    def test_is_fine_for_what_only_sounds_like_it(self, text: str) -> None:
        found = toxicity(text)
        assert (found.verdict, found.reason) == ("ok", ""), found

    def test_weighs_what_somebody_else_is_quoted_with_less(self) -> None:
        assert toxicity('He said "you are an idiot" and left.').verdict == "ok"

    @pytest.mark.parametrize(
        "piece", ["a", "you ", "i ", "\u200b", "I will ", "!", "@s", "go get the ", "all cats are "]
    )
    def test_of_what_is_endless_is_that_of_its_beginning(self, piece: str) -> None:
        endless = piece * (1_000_000 // len(piece))
        assert toxicity(endless) == toxicity(endless[:50_000])


class TestCall:
    async def test_names_the_words_and_where_they_stand(self, site: AiSite) -> None:
        caller = await site.caller()
        text = "Nice text, you 1d10t."
        async with site.client(caller) as client:
            told = (await client.post("/api/v1/ai/moderate", json={"text": text})).json()
        assert (told["verdict"], told["method"], told["usage"]["cost_micro_usd"]) == ("hold", "plain", 0)
        [term] = told["terms"]
        assert (text[term["start"] : term["end"]], term["kind"]) == ("1d10t", "insult")
        [row] = await site.settled(caller)
        assert row["feature"] == "moderate"
