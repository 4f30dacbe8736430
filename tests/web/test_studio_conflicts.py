"""Texts that two people change, articles that go and come back, words that mean harm."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.articles.diffing import MOST_LINES, line_diff
from tests.people import People
from tests.web.studio import WORDS, Shown, sent, shown, written

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} </title></textarea>'


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator", by="cookie", display_name="Ada Example")


@pytest.fixture
async def moderator(people: People) -> httpx.AsyncClient:
    return await people.client("moderator", by="cookie", display_name="Max Muster")


class TestStale:
    async def stale(self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient) -> tuple[str, httpx.Response]:
        """Both have opened it, the moderator saved first."""
        path = await written(writer, body="One\n\nTwo\n\nThree", tags="walks")
        await sent(moderator, path, body="One\n\nTheir two\n\nThree", tags="walks", version=1)
        return path, await sent(
            writer, path, title="My title", body="One\n\nMy two\n\nThree", tags="walks, talks", version=1
        )

    async def test_both_texts_are_shown_and_what_is_different(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        path, answer = await self.stale(writer, moderator)
        assert answer.status_code == 412
        page = Shown(answer.text)
        assert page.fields["body"] == "One\n\nMy two\n\nThree"
        assert (page.fields["title"], page.fields["tags"]) == ("My title", "walks, talks")
        assert '<pre class="theirs-body"' in answer.text
        assert "One\n\nTheir two\n\nThree</pre>" in answer.text
        assert "<del>Their two</del>" in answer.text
        assert "<ins>My two</ins>" in answer.text
        assert "<del>A walk</del>" in answer.text
        assert "<del>One</del>" not in answer.text
        assert (await shown(writer, path)).fields["body"] == "One\n\nTheir two\n\nThree"

    async def test_mine_can_be_saved_over_it(self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient) -> None:
        path, answer = await self.stale(writer, moderator)
        page = Shown(answer.text)
        fields = {name: value for name, value in page.fields.items() if name not in {"csrf_token", "q"}}
        assert (await sent(writer, path, **fields, act=page.acts[0])).status_code == 303
        assert (await shown(writer, path)).fields["body"] == "One\n\nMy two\n\nThree"

    async def test_a_third_save_meanwhile_is_told_again(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        path, answer = await self.stale(writer, moderator)
        version = Shown(answer.text).fields["version"]
        await sent(moderator, path, body="Three times", version=version)
        assert (await sent(writer, path, body="Mine", version=version)).status_code == 412
        assert (await shown(writer, path)).fields["body"] == "Three times"

    async def test_it_is_told_at_the_new_address_when_that_changed(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        path = await written(writer)
        await sent(moderator, path, slug="elsewhere", body="Theirs", version=1)
        answer = await sent(writer, path, body="Mine", version=1)
        assert answer.status_code == 412
        assert 'action="/studio/articles/elsewhere"' in answer.text
        assert Shown(answer.text).links["Take theirs"] == "/studio/articles/elsewhere"

    async def test_texts_too_different_are_both_shown(
        self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient
    ) -> None:
        path = await written(writer)
        await sent(moderator, path, body="\n".join(f"line {n}" for n in range(2000)), version=1)
        answer = await sent(writer, path, body="\n".join(f"word {n}" for n in range(2000)), version=1)
        assert answer.status_code == 412
        assert "too different" in answer.text
        assert Shown(answer.text).fields["body"].endswith("word 1999")
        assert "line 1999</pre>" in answer.text


class TestBin:
    async def test_asks_first_then_deletes_and_brings_back(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        path = await written(writer, act="publish")
        question = await shown(writer, f"{path}/delete")
        assert "Delete this article?" in question.text
        assert (await client.get("/articles/a-walk")).status_code == 200

        answer = await writer.post(f"{path}/delete", data={"csrf_token": question.fields["csrf_token"]})
        assert (answer.status_code, answer.headers["location"]) == (303, "/studio?done=deleted")
        assert (await client.get("/articles/a-walk")).status_code == 404
        listed = await shown(writer, answer.headers["location"])
        assert "A walk" not in listed.text
        binned = await shown(writer, listed.links["Open the bin"])
        assert "A walk" in binned.text
        await shown(writer, path, 404)

        back = await writer.post(f"{path}/restore", data={"csrf_token": binned.fields["csrf_token"]})
        assert back.headers["location"] == f"{path}?done=restored"
        assert (await shown(writer, path)).fields["body"] == WORDS


class TestHostileWords:
    async def test_are_words_on_every_page(self, writer: httpx.AsyncClient, moderator: httpx.AsyncClient) -> None:
        given = {
            "title": HOSTILE,
            "body": HOSTILE,
            "lead": HOSTILE,
            "tags": "<img src=x onerror=alert(1)>",
            "cover_alt": HOSTILE,
        }
        path = await written(writer, slug="hostile", **given)
        answers = [await writer.get(p) for p in ("/studio", path, f"{path}/delete")]
        answers.append(await sent(writer, path, **given, slug=HOSTILE, canonical_url=HOSTILE, version=1))
        answers.append(await sent(writer, path, **given, version=1, act="preview"))
        await sent(moderator, path, title=HOSTILE, body=f"{HOSTILE} theirs", version=1)
        answers.append(await sent(writer, path, **given, version=1))
        assert [answer.status_code for answer in answers] == [200, 200, 200, 422, 200, 412]
        for answer in answers:
            page = Shown(answer.text)
            assert not [a for tag, a in page.elements if tag == "script" and not a.get("src")]
            assert not [key for _, a in page.elements for key in a if key.startswith("on")]
            assert HOSTILE in page.text


class TestDiff:
    """What saving one text over another would change."""

    @given(*(st.lists(st.sampled_from("abcd"), max_size=30),) * 2)
    def test_tells_every_line_that_goes_or_comes(self, old: list[str], new: list[str]) -> None:
        lines = line_diff("\n".join(old), "\n".join(new))
        assert lines is not None
        gone = [line.text for line in lines if line.kind == "removed"]
        come = [line.text for line in lines if line.kind == "added"]
        assert sorted(old + come) == sorted(new + gone)
        assert is_within([line.text for line in lines if line.kind in {"removed", "same"}], old)
        assert is_within([line.text for line in lines if line.kind in {"added", "same"}], new)
        assert bool(gone or come) == (old != new)

    def test_leaves_out_what_is_far_from_any_change(self) -> None:
        text = [f"line {number}" for number in range(100)]
        lines = line_diff("\n".join(text), "\n".join([*text[:50], "new", *text[50:]])) or ()
        assert [line.kind for line in lines] == ["gap", "same", "same", "added", "same", "same", "gap"]
        assert [line.text for line in lines][1:6] == ["line 48", "line 49", "new", "line 50", "line 51"]

    def test_gives_up_on_too_many_changed_lines(self) -> None:
        assert line_diff("same\n" + "a\n" * MOST_LINES, "same\n" + "b\n" * MOST_LINES) is not None
        assert line_diff("same\n" + "a\n" * (MOST_LINES + 1), "same\nb") is None


def is_within(part: list[str], whole: list[str]) -> bool:
    """The part's lines stand in the whole in the same order."""
    rest = iter(whole)
    return all(line in rest for line in part)
