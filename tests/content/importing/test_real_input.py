"""A real blog of 577 files, where it is at hand: a folder of real input is named by TESTS_REAL_INPUT."""

import os
from pathlib import Path

import pytest

from .conftest import Site

BLOG = Path(os.environ.get("TESTS_REAL_INPUT", "/nowhere")) / "til-articles.zip"


@pytest.mark.slow
@pytest.mark.skipif(not BLOG.is_file(), reason="no real input here: name its folder in TESTS_REAL_INPUT")
class TestRealBlog:
    async def test_comes_in_whole_and_a_second_time_changes_nothing(self, site: Site) -> None:
        report = await site.take(BLOG)
        assert report.counts == {"imported": 577, "skipped": 1}
        assert await site.rows("SELECT count(*) FROM articles WHERE excerpt = '' OR title = '' OR html = ''") == [(0,)]
        before = await site.rows("SELECT * FROM articles ORDER BY id")
        assert (await site.take(BLOG)).counts == {"unchanged": 577, "skipped": 1}
        assert await site.rows("SELECT * FROM articles ORDER BY id") == before
