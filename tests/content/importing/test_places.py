from datetime import UTC, datetime

import pytest

from stoa.modules.content.importing.places import place_of, title_from, why_no_article


class TestPlace:
    @pytest.mark.parametrize(
        ("name", "stem", "topics", "paths"),
        [
            ("python/copy-file.md", "copy-file", ("python",), ("/python/copy-file",)),
            ("hello.md", "hello", (), ("/hello",)),
            ("content/posts/go/hello.md", "hello", ("go",), ("/posts/go/hello",)),
            ("content/posts/2024/03/hello.md", "hello", (), ("/posts/2024/03/hello",)),
            ("content/posts/hello/index.md", "hello", (), ("/posts/hello",)),
            ("_posts/2024-03-01-hello.md", "hello", (), ("/2024/03/01/hello", "/2024/03/01/hello.html")),
            ("go/_posts/2024-03-01-hi.md", "hi", ("go",), ("/go/2024/03/01/hi", "/go/2024/03/01/hi.html")),
            ("source/_posts/hello.md", "hello", (), ("/hello",)),
            ("_drafts/idea.md", "idea", (), ()),
        ],
    )
    def test_name_topics_and_old_address(
        self, name: str, stem: str, topics: tuple[str, ...], paths: tuple[str, ...]
    ) -> None:
        found = place_of(name)

        assert (found.stem, found.topics, found.default_paths) == (stem, topics, paths)

    def test_date_language_and_draft(self) -> None:
        assert place_of("_posts/2024-03-01-hello.md").day == datetime(2024, 3, 1, tzinfo=UTC)
        assert place_of("posts/hello.de.md").language == "de"
        assert place_of("posts/hello.de.md").stem == "hello"
        assert place_of("_drafts/idea.md").is_draft

    def test_title_from_a_file_name(self) -> None:
        assert title_from("my-first_post") == "My first post"
        assert title_from("---") == "Untitled"


class TestNoArticle:
    @pytest.mark.parametrize(
        "name",
        ["README.md", "license.md", "posts/_index.md", "_includes/x.md", "themes/a/x.md", "archetypes/default.md"],
    )
    def test_what_is_left_out_says_why(self, name: str) -> None:
        assert why_no_article(name, in_site=True)

    @pytest.mark.parametrize("name", ["topic/README.md", "themes/dark.md", "public/x.md", "_posts/a.md", "licenses.md"])
    def test_what_is_an_article_in_a_plain_folder(self, name: str) -> None:
        assert why_no_article(name, in_site=False) is None
