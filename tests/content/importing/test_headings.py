import pytest

from stoa.modules.content.importing.headings import first_heading, plain_words


class TestFirstHeading:
    @pytest.mark.parametrize(
        ("text", "words", "rest"),
        [
            ("# Hello\n\nBody\n", "Hello", "Body\n"),
            ("\n\nHello\n=====\n\nBody\n", "Hello", "Body\n"),
            ("# Hello #\nBody\n", "Hello", "Body\n"),
            ("# Learning C#\nBody\n", "Learning C#", "Body\n"),
            ("## Hello {#anchor}\nBody", "Hello", "Body"),
        ],
    )
    def test_a_heading_at_the_top_is_the_title_and_leaves_the_text(self, text: str, words: str, rest: str) -> None:
        found = first_heading(text)

        assert found is not None
        assert (found.words, found.opens, found.rest) == (words, True, rest)

    def test_a_heading_further_down_stays(self) -> None:
        found = first_heading("Intro.\n\n# Hello\n\nBody\n")

        assert found is not None
        assert (found.words, found.opens, found.rest) == ("Hello", False, "Intro.\n\n# Hello\n\nBody\n")

    @pytest.mark.parametrize(
        "text",
        ["No heading.", "```\n# in code\n```\n", "    # indented\n", "#hashtag\n", "- item\n\n---\n", "#\n\ntext", ""],
    )
    def test_what_is_no_heading(self, text: str) -> None:
        assert first_heading(text) is None

    def test_a_heading_after_code(self) -> None:
        found = first_heading("```sh\n# comment\n```\n\n# Real\n")

        assert found is not None
        assert (found.words, found.opens) == ("Real", False)


class TestPlainWords:
    @pytest.mark.parametrize(
        ("markdown", "words"),
        [
            ("Using `a_b` and `*`", "Using a_b and *"),
            ("**Bold** and *it* and _so_ ~~gone~~", "Bold and it and so gone"),
            ("A [link](https://example.org) and ![alt](x.png)", "A link and alt"),
            ("__init_subclass__", "__init_subclass__"),
            ("snake_case_name and 2*3*4", "snake_case_name and 234"),
            (r"Not \*bold\* &amp; more", "Not *bold* & more"),
            ("<em>Tagged</em> <!-- no -->", "Tagged"),
            ("pip install -e .[test]", "pip install -e .[test]"),
        ],
    )
    def test_marks_go_and_words_stay(self, markdown: str, words: str) -> None:
        assert plain_words(markdown) == words
