"""Two real exports of other systems, where they are at hand: a folder of real input is named by TESTS_REAL_INPUT."""

import json
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest

from stoa.modules.content.importing.ghost.importer import GhostImporter
from stoa.modules.content.importing.progress import Silence
from stoa.modules.content.importing.report import Report
from stoa.modules.content.importing.wordpress.importer import WordPressImporter

from .conftest import Site
from .reading import REAL_INPUT, letters, read_each, shown

WORDPRESS = REAL_INPUT / "theme-unit-test-data.xml"
GHOST = REAL_INPUT / "ghost-theme-unit-test.json"
_WP = "{https://wordpress.org/export/1.2/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_SHORTCODES_CHANGE = {
    "post-568", "post-1163", "page-1133", "post-1177",  # captions lose the brackets around them
    "post-555", "post-1031", "post-1736",  # galleries show the captions of their pictures
}  # fmt: skip
_FRAMES_CHANGE = {"Youtube Embeds", "Vimeo Embeds"}  # the frame became a link that shows its address

pytestmark = pytest.mark.skipif(
    not (WORDPRESS.is_file() and GHOST.is_file()), reason="no real input here: name its folder in TESTS_REAL_INPUT"
)


def by_kind(report: Report) -> dict[str, dict[str, int]]:
    return {kind: dict(counts) for kind, counts in report.tally.by_kind.items()}


async def site_now(site: Site) -> list[Any]:
    """All of an import but the newest fate of what was skipped, whose job is always the last one."""
    return [
        *await site.rows("SELECT * FROM articles ORDER BY id"),
        *await site.rows("SELECT * FROM article_redirects ORDER BY path"),
        *await site.rows("SELECT * FROM article_tags ORDER BY 1, 2"),
        *await site.rows("SELECT * FROM tags ORDER BY slug"),
        *await site.rows("SELECT * FROM comments ORDER BY id"),
        *await site.rows("SELECT id, username, display_name FROM users ORDER BY id"),
    ]


class TestWordPress:
    async def test_counts_equal_the_source_and_a_second_run_changes_nothing(self, site: Site) -> None:
        channel = ET.parse(WORDPRESS).getroot().find("channel")  # a file that the tester named
        assert channel is not None
        types = Counter(item.findtext(f"{_WP}post_type") for item in channel.iter("item"))
        comments = Counter(
            (one.findtext(f"{_WP}comment_type") or "comment", one.findtext(f"{_WP}comment_approved"))
            for one in channel.iter(f"{_WP}comment")
        )
        terms = Counter(term.tag.removeprefix(_WP) for term in channel)
        menus = sum(term.findtext(f"{_WP}term_taxonomy") == "nav_menu" for term in channel.iter(f"{_WP}term"))
        pings = comments["pingback", "1"] + comments["trackback", "1"]

        first = by_kind(await site.take(WORDPRESS))

        assert first == {
            "article": {"imported": types["post"]},
            "page": {"imported": types["page"]},
            "attachment": {"skipped": types["attachment"]},
            "comment": {"imported": comments.total() - pings, "skipped": pings},
            "category": {"imported": terms["category"]},
            "tag": {"imported": terms["tag"] - 1, "skipped": 1},
            "author": {"imported": terms["author"]},
            "other": {"skipped": types["nav_menu_item"] + menus},
        }
        assert (types["post"], types["page"], comments.total()) == (58, 21, 33)
        states = "SELECT kind, status, count(*) FROM articles GROUP BY 1, 2 ORDER BY 1, 2"
        assert await site.rows(states) == [
            ("article", "draft", 2), ("article", "published", 55), ("article", "scheduled", 1),
            ("page", "published", 21),
        ]  # fmt: skip
        held = comments["comment", "0"]
        assert await site.rows("SELECT status, count(*) FROM comments GROUP BY 1 ORDER BY 1") == [
            ("held", held), ("visible", comments["comment", "1"]),
        ]  # fmt: skip
        assert (await site.rows("SELECT max(depth) FROM comments"))[0][0] >= 3

        before = await site_now(site)
        second = by_kind(await site.take(WORDPRESS))

        assert await site_now(site) == before
        assert {outcome for counts in second.values() for outcome in counts} == {"unchanged", "skipped"}

    def test_the_words_are_those_of_the_source(self) -> None:
        channel = ET.parse(WORDPRESS).getroot().find("channel")  # a file that the tester named
        assert channel is not None
        written = {
            f"{item.findtext(f'{_WP}post_type')}-{item.findtext(f'{_WP}post_id')}": item.findtext(_CONTENT) or ""
            for item in channel.iter("item")
        }
        with WordPressImporter(WORDPRESS) as importer:
            articles = read_each(importer, importer.survey(Silence()))
        changed = {key for key, article in articles.items() if letters(shown(article)) != letters(written[key])}
        assert changed == _SHORTCODES_CHANGE


class TestGhost:
    async def test_counts_equal_the_source_and_a_second_run_changes_nothing(self, site: Site) -> None:
        data = json.loads(GHOST.read_text(encoding="utf-8"))["db"][0]["data"]
        pages = sum(post["page"] for post in data["posts"])

        first = by_kind(await site.take(GHOST))

        assert first == {
            "article": {"imported": len(data["posts"]) - pages},
            "page": {"imported": pages},
            "tag": {"imported": len(data["tags"])},
            "author": {"imported": len(data["users"])},
        }
        assert await site.rows("SELECT count(*) FROM article_tags") == [(len(data["posts_tags"]),)]

        before = await site_now(site)
        second = by_kind(await site.take(GHOST))

        assert await site_now(site) == before
        assert {outcome for counts in second.values() for outcome in counts} == {"unchanged"}

    def test_the_words_are_those_of_the_source(self) -> None:
        posts = json.loads(GHOST.read_text(encoding="utf-8"))["db"][0]["data"]["posts"]
        written = {f"post-{post['id']}": post["html"] or "" for post in posts}
        with GhostImporter(GHOST) as importer:
            articles = read_each(importer, importer.survey(Silence()))
        changed = {a.title for key, a in articles.items() if letters(shown(a)) != letters(written[key])}
        assert changed == _FRAMES_CHANGE
