"""Questions about a real blog of 577 articles, by words alone; `benchmarks.grounding` measures the other ways too."""

import json

import pytest
from benchmarks.grounding import QUESTIONS, measured

from stoa.modules.ai.plain.summary import in_short
from stoa.modules.content.passages.keeping import cutting
from stoa.modules.content.passages.reading import PassageReads
from tests.content.importing.conftest import Site, pool, site
from tests.content.importing.reading import REAL_INPUT

__all__ = ["pool", "site"]
BLOG = REAL_INPUT / "til-articles.zip"


@pytest.mark.slow
@pytest.mark.skipif(not BLOG.is_file(), reason="no real input here: name its folder in TESTS_REAL_INPUT")
async def test_are_answered_from_the_right_article_or_not_at_all(site: Site) -> None:
    await site.take(BLOG)
    cut = cutting(site.database, in_short)
    while await cut():
        pass

    tally = await measured(
        PassageReads(site.database.reads), json.loads(QUESTIONS.read_text(encoding="utf-8")), "words"
    )

    assert tally.among >= 32, tally.wrong
    assert tally.first >= 28, tally.wrong
    assert tally.quoted >= 28, tally.wrong
    assert tally.not_found >= 19, tally.wrong
    assert tally.holding == tally.citations > 60
