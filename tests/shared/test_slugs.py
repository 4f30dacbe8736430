"""Names in addresses, from titles in any script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.shared.errors import InvalidInput
from stoa.shared.slugs import SLUG_LENGTH, SLUG_PATTERN, check_slug, make_slug, numbered


class TestMakeSlug:
    @pytest.mark.parametrize(
        ("title", "slug"),
        [
            ("Hello, World!", "hello-world"),
            ("  Über-große  Straße ", "uber-grosse-strasse"),
            ("Привет, мир", "privet-mir"),
            ("中国的城市", "zhong-guo-de-cheng-shi"),
            ("Γειά σου", "geia-sou"),  # noqa: RUF001 # Greek
            ("שלום", "shlvm"),
            ("Don't, it's O’Brien", "dont-its-obrien"),  # noqa: RUF001 # as typed
            ("C++ and C# in 2024", "cpp-and-c-sharp-in-2024"),
            ("AT&amp;T", "at-amp-t"),
            ("1,000 things", "1000-things"),
            ("a_b.c/d", "a-b-c-d"),
            ("--a--", "a"),
        ],
    )
    def test_any_script_becomes_ascii(self, title: str, slug: str) -> None:
        assert make_slug(title, fallback="x") == slug

    @pytest.mark.parametrize("title", ["", "   ", "!!!", "🎉🎉", "\ud800", "\0\x01"])
    def test_a_title_without_letters_takes_the_fallback(self, title: str) -> None:
        assert make_slug(title, fallback="Article 7f3a") == "article-7f3a"

    def test_a_fallback_that_is_none_is_a_fault_of_the_program(self) -> None:
        with pytest.raises(ValueError, match="no letter or digit"):
            make_slug("!", fallback="?")

    def test_a_long_title_is_cut_between_words(self) -> None:
        slug = make_slug("wonderful " * 20, fallback="x")

        assert slug == "-".join(["wonderful"] * 8)

    def test_one_long_word_is_cut_where_it_must(self) -> None:
        assert make_slug("x" * 500, fallback="y") == "x" * SLUG_LENGTH

    def test_a_reserved_word_gets_a_number(self) -> None:
        assert make_slug("New", fallback="x", reserved={"new", "edit"}) == "new-2"
        assert make_slug("Newer", fallback="x", reserved={"new", "edit"}) == "newer"

    @given(st.text(max_size=200))
    def test_whatever_the_title_the_result_is_a_slug(self, title: str) -> None:
        assert check_slug(make_slug(title, fallback="article"))


class TestNumbered:
    def test_the_number_stands_behind(self) -> None:
        assert numbered("a-b", 2) == "a-b-2"

    def test_the_length_holds(self) -> None:
        slug = numbered("abcdefghi-" * 7 + "abcdefghi", 1_000)

        assert len(slug) <= SLUG_LENGTH
        assert check_slug(slug).endswith("-1000")


class TestCheckSlug:
    @pytest.mark.parametrize("slug", ["a", "0", "a-b-1", "a" * SLUG_LENGTH])
    def test_a_slug_passes(self, slug: str) -> None:
        assert check_slug(slug) == slug
        assert re.search(SLUG_PATTERN, slug)

    @pytest.mark.parametrize("value", ["", "A", "a b", "-a", "a-", "a--b", "é", "a/b", "a\n", "..", "a_b", "\u0661"])
    def test_anything_else_is_refused(self, value: str) -> None:
        with pytest.raises(InvalidInput, match="a-z, 0-9 and single hyphens"):
            check_slug(value)

    def test_a_long_one_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="at most 80 characters, this one 81"):
            check_slug("a" * 81)
