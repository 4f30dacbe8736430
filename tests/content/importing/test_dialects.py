from datetime import UTC, datetime

import pytest

from stoa.modules.content.importing.dialects import Meta, read_meta
from stoa.modules.content.importing.front_matter import divide

DAY = datetime(2024, 3, 1, tzinfo=UTC)


def meta(front_matter: str, *, is_jekyll: bool = False) -> Meta:
    return read_meta(divide(front_matter).fields, is_jekyll=is_jekyll)


class TestHugo:
    def test_toml(self) -> None:
        found = meta(
            '+++\ntitle = "Hello"\ndate = 2024-03-01T00:00:00Z\nlastmod = 2024-03-01\ndraft = true\n'
            'slug = "hi"\naliases = ["/old/", "/older.html"]\ntags = ["one", "two"]\ncategories = ["three"]\n'
            'description = "Short."\n[params]\nauthor = "Ann"\n[params.cover]\nimage = "cover.png"\n+++\n'
        )

        assert (found.title, found.slug, found.published_at, found.updated_at) == ("Hello", "hi", DAY, DAY)
        assert found.is_draft
        assert found.aliases == ("/old", "/older.html")
        assert found.tags == ("one", "two", "three")
        assert (found.authors, found.summary, found.cover) == (("Ann",), "Short.", "cover.png")

    def test_yaml_with_a_list_of_images_and_a_publish_date(self) -> None:
        found = meta('---\ntitle: "A: b"\npublishDate: 2024-03-01\nimages: [a.png, b.png]\nurl: /x/y/\n---\n')

        assert (found.title, found.published_at, found.cover, found.address) == ("A: b", DAY, "a.png", "/x/y")


class TestJekyll:
    def test_words_divided_by_spaces_and_a_false_published(self) -> None:
        found = meta(
            "---\nlayout: post\ntitle: Hi\ntags: one two\ncategories: three\npublished: false\n"
            "redirect_from: /2019/hi.html\npermalink: /hi/\nimage:\n  path: /assets/a.jpg\n---\n",
            is_jekyll=True,
        )

        assert found.tags == ("one", "two", "three")
        assert found.is_draft
        assert (found.aliases, found.address, found.cover) == (("/2019/hi.html",), "/hi", "/assets/a.jpg")

    def test_published_true_is_no_date_and_a_pattern_is_no_address(self) -> None:
        found = meta("---\npublished: true\npermalink: /:year/:title/\n---\n")

        assert (found.is_draft, found.published_at, found.address, found.warnings) == (False, None, None, ())


class TestHexo:
    def test_nested_categories_and_updated(self) -> None:
        found = meta(
            "title: Hi\ndate: 2024/03/01 00:00:00\nupdated: 2024/03/01 00:00:00\n"
            "categories:\n- [Life, Dogs]\n- [Work]\nlang: zh-CN\nexcerpt: Look\n---\nBody"
        )

        assert (found.published_at, found.updated_at) == (DAY, DAY)
        assert found.tags == ("Life", "Dogs", "Work")
        assert (found.language, found.excerpt) == ("zh", "Look")


class TestZola:
    def test_taxonomies_and_extra(self) -> None:
        found = meta(
            '+++\ntitle = "Hi"\ndate = 2024-03-01\nupdated = 2024-03-01\npath = "notes/hi"\nauthors = ["Ann", "Bob"]\n'
            '[taxonomies]\ntags = ["rust"]\ncategories = ["code"]\n[extra]\ncanonical = "https://example.org/hi"\n+++\n'
        )

        assert found.tags == ("rust", "code")
        assert (found.address, found.authors) == ("/notes/hi", ("Ann", "Bob"))
        assert found.canonical_url == "https://example.org/hi"


class TestAnyDialect:
    @pytest.mark.parametrize("tags", ["[One, two, ONE]", "One, two", "'#One, #two'", "\n- One\n- two"])
    def test_tags_in_every_form_each_once(self, tags: str) -> None:
        assert meta(f"---\ntags: {tags}\n---\n").tags == ("One", "two")

    def test_an_unreadable_date_is_told(self) -> None:
        found = meta("---\ndate: next week\n---\n")

        assert found.published_at is None
        assert found.warnings == ("the date `date: next week` cannot be read",)

    def test_authors_as_mappings(self) -> None:
        assert meta("---\nauthors:\n- name: Ann\n- name: Bob\n---\n").authors == ("Ann", "Bob")

    def test_what_cannot_be_kept_is_taken_out(self) -> None:
        found = meta('---\ntitle: "a\\0b\\tc"\n---\n')
        from_json = meta('{"title": "a\\u0000b\\ud800c"}')

        assert (found.title, from_json.title) == ("a b c", "a b c")

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "/only/a/path", "https://"])
    def test_a_canonical_address_must_be_of_the_web(self, url: str) -> None:
        assert meta(f"---\ncanonical: '{url}'\n---\n").canonical_url is None

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "data:image/png;base64,xx", "ftp://x/y.png"])
    def test_a_cover_of_another_scheme_is_no_cover(self, url: str) -> None:
        assert meta(f"---\ncover: '{url}'\n---\n").cover is None

    @pytest.mark.parametrize(
        "fields",
        ["cover: a.png\ncover_alt: A dog", "cover: {image: a.png, alt: A dog}", "image: {path: a.png, alt: A dog}"],
    )
    def test_what_a_cover_shows(self, fields: str) -> None:
        found = meta(f"---\n{fields}\n---\n")

        assert (found.cover, found.cover_alt) == ("a.png", "A dog")

    def test_aliases_that_climb_are_left_out(self) -> None:
        assert meta("---\naliases: [/a/../../b, '/ok/', 'https://old.example/post?x=1']\n---\n").aliases == (
            "/ok",
            "/post",
        )
