"""What stands beside an article: what it says in short, and what to read next, by meaning where there are vectors."""

import pytest

from stoa.modules.content.passages.keeping import Embedding
from stoa.shared.embedding import Embedder, is_installed
from tests.ai.chat.test_answers_from_articles import Author, author
from tests.ai.site import AiSite

__all__ = ["author"]
LONG = "\n\n".join(
    f"The {place} of the old harbour town was built of grey stone, and {number} masons worked on it for years. "
    f"Travellers who came by boat saw the {place} first, long before they heard the bells of the market."
    for number, place in enumerate(
        ("lighthouse", "customs house", "rope walk", "chapel", "fish market", "bridge", "well", "mill", "wall"), 12
    )
)
GARDENS = {
    "Tomatoes on the balcony": "Plant tomatoes in deep pots, water the roots each morning, and tie the vines.",
    "Compost without smell": "Mix scraps of vegetables with dry leaves, and turn the heap, so that soil life breathes.",
}
MACHINES = {
    "Vacuum in PostgreSQL": "Autovacuum removes dead rows from database tables so that indexes stay small.",
    "Locks of a database": "A transaction that waits for a row lock blocks the others; look into pg_locks.",
}


class TestInShort:
    async def test_a_long_article_shows_sentences_of_its_own_that_say_what_it_is_about(self, author: Author) -> None:
        slug = await author.write(LONG, title="Stones of the harbour")
        page = (await author.at.http.get(f"/articles/{slug}", headers={"authorization": ""})).text
        shown = page.partition("<summary>In short</summary><p>")[2].partition("</p>")[0]
        assert shown
        assert shown.split(". ")[0] in LONG
        assert "without a model" in page

    async def test_a_short_article_needs_none(self, author: Author) -> None:
        slug = await author.write("Gulls sleep on the gallery.", title="Gulls")
        assert "In short" not in (await author.at.http.get(f"/articles/{slug}")).text

    async def test_an_older_text_is_not_told_of_the_new_one(self, author: Author) -> None:
        slug = await author.write(LONG, title="Stones once more")
        await author.act("PATCH", slug, body=LONG.replace("grey stone", "red brick"))
        assert "grey stone" not in (await author.at.http.get(f"/articles/{slug}")).text


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")
class TestReadNext:
    async def test_is_nearest_in_meaning_without_a_common_tag(self, site: AiSite, author: Author) -> None:
        slugs = {title: await author.write(body, title=title) for title, body in {**GARDENS, **MACHINES}.items()}
        draft = await author.write("Sow carrots in loose soil in spring.", title="Carrots", status="draft")
        async with Embedder() as embedder:
            embedding = Embedding(site.database, embedder)
            while await embedding.once():
                pass
        found = await author.at.http.get(f"/api/v1/articles/{slugs['Compost without smell']}/related?limit=1")
        assert [one["slug"] for one in found.json()["items"]] == [slugs["Tomatoes on the balcony"]]
        everything = await author.at.http.get(f"/api/v1/articles/{slugs['Locks of a database']}/related?limit=10")
        shown = [one["slug"] for one in everything.json()["items"]]
        assert shown[0] == slugs["Vacuum in PostgreSQL"]
        assert draft not in shown
        page = (await author.at.http.get(f"/articles/{slugs['Vacuum in PostgreSQL']}")).text
        assert f'href="/articles/{slugs["Locks of a database"]}"' in page
