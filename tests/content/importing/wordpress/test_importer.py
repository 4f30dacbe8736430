from datetime import UTC, datetime
from pathlib import Path

import pytest

from stoa.modules.content.importing import items
from stoa.modules.content.importing.errors import SourceRefused
from stoa.modules.content.importing.items import SourceArticle, SourceAuthor
from tests.content.importing.building import make_zip, png
from tests.content.importing.reading import read_all, shown

from .wxr import SITE, comment, head, item, meta, write

ATTACHMENT = {
    "post_type": "attachment",
    "status": "inherit",
    "attachment_url": f"{SITE}/wp-content/uploads/2020/dog.png",
}


def one(tmp_path: Path, *parts: str, key: str = "post-1") -> SourceArticle:
    return read_all(write(tmp_path / "s.xml", *parts)).articles[key]


class TestItem:
    @pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
    def test_a_post_with_all_that_it_says(self, tmp_path: Path, version: str) -> None:
        tags = (
            '<category domain="category" nicename="news"><![CDATA[News]]></category>'
            '<category domain="post_tag" nicename="caf%c3%a9">Caf&#233;</category>'
            '<category domain="nav_menu" nicename="menu">Menu</category>'
        )
        more = (
            meta("_yoast_wpseo_title", "%%title%%")
            + meta("rank_math_description", "Found")
            + meta("_wp_old_slug", "before")
        )
        path = write(
            tmp_path / "s.xml",
            item(1, "Hello\n\n<b>you</b>", title="Q &amp;amp; &lt;em&gt;A&lt;/em&gt;", post_name="q-a",
                 excerpt="<p>Short</p>",
                 comment_status="closed", extra=tags + more),
            version=version,
        )  # fmt: skip

        found = read_all(path)

        article = found.articles["post-1"]
        assert (article.title, article.body, article.excerpt) == ("Q & A", "Hello\n\n**you**", "Short")
        assert article.published_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (article.tags, article.author, article.has_comments) == (("news", "cafe"), "author-jane", False)
        assert (article.meta_title, article.meta_description) == (None, "Found")
        assert article.old_paths == ("/2020/post-1", "/2020/before")
        assert found.survey.outlines[0].slug == "q-a"
        assert found.survey.authors == [SourceAuthor("author-jane", "Jane Roe", "jane")]

    def test_states(self, tmp_path: Path) -> None:
        states = ["publish", "draft", "pending", "private", "future", "trash", "auto-draft"]
        parts = [item(n, status=status) for n, status in enumerate(states, 1)]
        found = read_all(write(tmp_path / "s.xml", *parts, item(8, post_password="x"), item(9, post_type="book")))

        drafts = {key: article.is_draft for key, article in found.articles.items()}
        assert drafts == {
            "post-1": False,
            "post-2": True,
            "post-3": True,
            "post-4": True,
            "post-5": False,
            "post-8": True,
        }
        assert "private" in found.articles["post-4"].warnings[0]
        assert "password" in found.articles["post-8"].warnings[0]
        assert found.rows["post-6"].reason == "in the bin of WordPress"
        assert (found.rows["book-9"].kind, found.rows["book-9"].outcome) == ("other", "skipped")

    def test_dates_of_nothing_fall_back(self, tmp_path: Path) -> None:
        draft = item(1, post_date_gmt="0000-00-00 00:00:00", post_date="2019-05-06 00:00:00")
        assert one(tmp_path, draft).published_at == datetime(2019, 5, 6, tzinfo=UTC)

    def test_without_a_title_the_text_gives_one(self, tmp_path: Path) -> None:
        assert one(tmp_path, item(1, "<p>One two three</p>", title="")).title == "One two three"
        assert one(tmp_path, item(1, "", title="")).title == "Untitled"

    def test_no_mail_and_no_ip_anywhere(self, tmp_path: Path) -> None:
        found = read_all(write(tmp_path / "s.xml", item(1, extra=comment(5))))
        assert "secret.example" not in repr(found)
        assert "203.0.113.7" not in repr(found)


class TestTerms:
    def test_a_category_and_a_tag_of_one_slug_are_one_tag(self, tmp_path: Path) -> None:
        terms = (
            "<wp:category><wp:category_nicename>a</wp:category_nicename><wp:category_parent>b</wp:category_parent>"
            "<wp:cat_name>A</wp:cat_name></wp:category>"
            "<wp:category><wp:category_nicename>b</wp:category_nicename><wp:category_parent>a</wp:category_parent>"
            "<wp:cat_name>B</wp:cat_name></wp:category>"
            "<wp:tag><wp:tag_slug>a</wp:tag_slug><wp:tag_name>a</wp:tag_name></wp:tag>"
        )
        found = read_all(write(tmp_path / "s.xml", terms, item(1)))
        assert [(tag.kind, tag.slug, tag.name) for tag in found.survey.tags] == [
            ("category", "a", "A"),
            ("category", "b", "B"),
        ]
        assert found.rows["tag-a"].reason == "one tag with the category 'a'"


class TestComments:
    def test_states_threads_and_what_stays_behind(self, tmp_path: Path) -> None:
        parts = [
            comment(1), comment(2, parent=1, approved="0", body="<b>x</b>\ny"), comment(3, approved="spam"),
            comment(4, approved="trash"), comment(5, kind="pingback"), comment(6, kind="trackback"),
        ]  # fmt: skip
        found = read_all(write(tmp_path / "s.xml", item(1, extra="".join(parts))))

        comments = found.articles["post-1"].comments
        assert [(c.key, c.parent, c.status, c.body) for c in comments] == [
            ("comment-1", None, "visible", "Nice."), ("comment-2", "comment-1", "held", "**x**\\\ny"),
        ]  # fmt: skip
        assert (comments[0].author, comments[0].author_url) == ("Bob", "https://bob.example")
        assert {key for key, row in found.rows.items() if row.kind == "comment"} == {
            f"comment-{n}" for n in (3, 4, 5, 6)
        }

    def test_circles_are_broken(self, tmp_path: Path) -> None:
        article = one(tmp_path, item(1, extra=comment(1, parent=2) + comment(2, parent=1) + comment(3, parent=1)))
        assert [c.parent for c in article.comments] == [None, None, "comment-1"]
        assert any("circle" in told for told in article.warnings)


class TestLinksAndPictures:
    def test_links_inside_lead_to_the_new_addresses(self, tmp_path: Path) -> None:
        body = (
            f'<a href="{SITE}/2020/post-2/#part">a</a> <a href="http://old.example/?p=2">b</a> '
            '<a href="/2020/post-2">c</a> '
            '<a href="https://other.example/2020/post-2/">d</a>'
        )
        html = shown(one(tmp_path, item(1, body), item(2, post_name="two")))
        assert html.count('href="/articles/two"') == 2
        assert 'href="/articles/two#h-part"' in html or 'href="/articles/two#part"' in html
        assert 'href="https://other.example/2020/post-2/"' in html

    def test_pictures_that_lie_beside_come_along(self, tmp_path: Path) -> None:
        body = f'<img src="{SITE}/wp-content/uploads/2020/dog-300x200.png"> [gallery ids="7"] [gallery]'
        wxr = write(tmp_path / "one" / "s.xml", item(1, body, extra=meta("_thumbnail_id", "7")),
                    item(7, **ATTACHMENT, extra=meta("_wp_attachment_image_alt", "A dog")))  # fmt: skip
        source = make_zip(
            tmp_path / "s.zip", {"site/export.xml": wxr.read_bytes(), "site/wp-content/uploads/2020/dog.png": png()}
        )

        found = read_all(source)

        article = found.articles["post-1"]
        assert {picture.name for picture in article.pictures.values()} == {"site/wp-content/uploads/2020/dog.png"}
        assert (article.cover, article.cover_alt) == (ATTACHMENT["attachment_url"], "A dog")
        assert found.rows["attachment-7"].outcome == "unchanged"

    def test_alone_the_pictures_stay_where_they_are(self, tmp_path: Path) -> None:
        found = read_all(write(tmp_path / "s.xml", item(1, extra=meta("_thumbnail_id", "7")), item(7, **ATTACHMENT)))
        assert found.articles["post-1"].cover == ATTACHMENT["attachment_url"]
        assert "put wp-content/uploads beside the XML" in found.rows["attachment-7"].reason

    def test_pages_keep_their_old_path_and_circles_are_told(self, tmp_path: Path) -> None:
        found = read_all(
            write(
                tmp_path / "s.xml",
                item(1, post_type="page", link=f"{SITE}/a/b/", post_parent="2"),
                item(2, post_type="page", link=f"{SITE}/a/", post_parent="1"),
            )
        )
        assert found.articles["page-1"].kind == "page"
        assert found.articles["page-1"].old_paths == ("/a/b",)
        assert any("circle" in told for told in found.articles["page-1"].warnings)


class TestHostile:
    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "document type"),
            ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', "document type"),
            (head() + item(1).replace("]]></content", "></content"), "broken"),
            (head() + "<item>&lol;</item>", "broken in line"),
            (head() + item(1), "broken"),
            (head("3.0") + "</channel></rss>", "wxr_version '3.0'"),
            ("<rss><channel><title>x</title></channel></rss>", "no wxr_version"),
            ("<feed></feed>", "<feed>"),
            (head() + "<item>" + "<a>" * 1000, "levels deep"),
            (head() + "<item>" + "".join(f"<f{n}/>" for n in range(20_000)), "thousands of different tags"),
            (head() + "<item " + " ".join(f"a{n}=''" for n in range(20_000)) + "/>", "thousands of different tags"),
            ('<?xml version="1.0" encoding="iso-8859-1"?><rss/>', "iso-8859-1"),
            ("<rss" + " a" * 10, "broken"),
            ("", "broken"),
        ],
    )  # fmt: skip
    def test_a_file_that_is_no_export_is_refused_with_one_line(self, tmp_path: Path, source: str, reason: str) -> None:
        path = tmp_path / "s.xml"
        path.write_text(source, encoding="utf-8")
        with pytest.raises(SourceRefused, match=reason) as refused:
            read_all(path)
        assert "\n" not in refused.value.detail

    def test_an_item_that_is_too_large_is_passed_over(self, tmp_path: Path) -> None:
        found = read_all(write(tmp_path / "s.xml", item(1, "x" * 11_000_000), item(2)))
        (row,) = [row for row in found.survey.rows if row.outcome == "failed"]
        assert "larger than 10 MB" in row.reason
        assert list(found.articles) == ["post-2"]

    @pytest.mark.parametrize("part", ["<category/>", "<wp:comment></wp:comment>", "<wp:postmeta></wp:postmeta>"])
    def test_parts_without_a_word_count_too(self, tmp_path: Path, part: str) -> None:
        found = read_all(write(tmp_path / "s.xml", item(1, extra=part * 150_000), item(2)))
        failed = [row for row in found.survey.rows if row.outcome == "failed"]
        assert [(row.key, "larger than 10 MB" in row.reason) for row in failed] == [("post-1, item 1", True)]
        assert list(found.articles) == ["post-2"]

    @pytest.mark.parametrize(
        "one",
        [
            "<item><wp:post_id>{0}</wp:post_id></item>", "<wp:tag><wp:tag_slug>t{0}</wp:tag_slug></wp:tag>",
            "<item><wp:post_type>attachment</wp:post_type><wp:post_id>{0}</wp:post_id></item>",
            "<item><wp:post_type>x</wp:post_type></item>",
        ],
    )  # fmt: skip
    def test_more_items_than_memory_may_be_spent_on_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: str
    ) -> None:
        monkeypatch.setattr(items, "MOST_ITEMS", 1000)
        with pytest.raises(SourceRefused, match="in parts"):
            read_all(write(tmp_path / "s.xml", *(one.format(n) for n in range(1001))))

    def test_every_comment_of_many_is_told_as_what_it_is(self, tmp_path: Path) -> None:
        thread = "".join(comment(n, parent=n - 1, approved="spam" if n % 500 == 0 else "1") for n in range(1, 2001))
        found = read_all(write(tmp_path / "s.xml", item(1, extra=thread)))
        assert [row.key for row in found.survey.rows] == [f"comment-{n}" for n in (500, 1000, 1500, 2000)]
        assert len(found.articles["post-1"].comments) == 1996

    def test_the_second_item_of_a_number_fails(self, tmp_path: Path) -> None:
        found = read_all(write(tmp_path / "s.xml", item(1, "first"), item(1, "second"), item(2)))
        assert [article.body for article in found.articles.values()] == ["first", "Words."]
        assert [row.reason for row in found.survey.rows] == [
            "The export holds the post_id 1 twice; the first one is imported."
        ]

    def test_scripts_and_their_links_are_harmless(self, tmp_path: Path) -> None:
        article = one(tmp_path, item(1, '<svg><script>x</script></svg><a href="javascript:alert(1)">a</a>'))
        assert article.body == "a"
        assert len(article.warnings) == 2

    def test_what_is_told_of_a_link_is_one_line(self, tmp_path: Path) -> None:
        article = one(tmp_path, item(1, '<a href="java&#10;script:alert(1)">a</a>'))
        assert article.warnings == ("a link to 'java script:alert(1)' was taken out, its words stay",)
