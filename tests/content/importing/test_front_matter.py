import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.importing.errors import BrokenFrontMatter
from stoa.modules.content.importing.front_matter import LARGEST, divide
from stoa.modules.content.importing.reading import read_markdown
from stoa.shared.errors import StoaError


class TestFormats:
    @pytest.mark.parametrize(
        "text",
        [
            "---\ntitle: Hello\n---\n\nBody\n",
            "---  \ntitle: 'Hello'\n...\n\nBody\n",
            '+++\ntitle = "Hello"\n+++\n\nBody\n',
            '{\n  "title": "Hello"\n}\n\nBody\n',
            '"title": "Hello"\n;;;\n\nBody\n',
            "title: Hello\n---\n\nBody\n",
        ],
    )
    def test_each_format_gives_fields_and_body(self, text: str) -> None:
        found = divide(text)

        assert found.fields == {"title": "Hello"}
        assert found.body.strip() == "Body"

    def test_yaml_values_stay_as_they_were_written(self) -> None:
        found = divide("---\ntitle: Yes\nslug: 007\ndate: 2024-03-01 10:00\nversion: 1.10\nnothing: ~\n---\n")

        assert found.fields == {
            "title": "Yes", "slug": "007", "date": "2024-03-01 10:00", "version": "1.10", "nothing": "~"
        }  # fmt: skip

    def test_front_matter_may_be_empty(self) -> None:
        assert divide("---\n---\nBody") == divide("Body")

    @pytest.mark.parametrize(
        "text",
        ["Just text\n", "# Heading\n\n---\n\nMore\n", "---\n\nA rule opened this text.\n", "{{< figure >}}\n",
         "{% include x %}\n", "{not json}\n", "Note: this\n---\nis a heading\n", ""],
    )  # fmt: skip
    def test_text_without_front_matter_is_left_whole(self, text: str) -> None:
        found = divide(text)

        assert (found.fields, found.body) == ({}, text)

    def test_a_rule_inside_the_body_does_not_end_the_front_matter_twice(self) -> None:
        assert divide("---\ntitle: A\n---\none\n\n---\n\ntwo\n").body == "one\n\n---\n\ntwo\n"


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("---\ntitle: [open\n---\nBody", "line"),
            ("---\ntitle: a: b\n---\nBody", "line 2"),
            ("---\n- just\n- a list\n---\nBody", "names with values"),
            ("---\nonly words\n---\nBody", "names with values"),
            ("---\ntitle: A\nBody without an end", "no line ---"),
            ("+++\ntitle = \n+++\n", "TOML"),
            ('+++\ntitle = "A"\n', r"no line \+\+\+"),
            ('{"title": "A"\nBody', "JSON"),
            ("---\ntitle: !!python/object/apply:os.system ['true']\n---\n", "YAML"),
            ("---\n? [a, b]\n: c\n---\n", "YAML"),
            ("---\na: &a x\nb: [" + ", ".join(["*a"] * 9) + "]\n---\n", "aliases"),
            ("---\na: " + "[" * 30 + "]" * 30 + "\n---\n", "nested"),
            ("---\na: " + "[" * 40_000 + "\n---\n", "nested"),
            ("+++\na = " + "[" * 20_000 + "\n+++\n", "nested"),
            ('{"a": ' * 9_000, "nested"),
            ("+++\n" + "a." * 20_000 + "a = 1\n+++\n", "parts"),
            ("---\n" + "- a\n" * 15_000 + "---\n", "values|names"),
            ("---\nt: " + "x" * LARGEST + "\n---\n", "64 KB"),
            ("+++\na = " + "1" * 5_000 + "\n+++\n", "TOML"),
        ],
    )
    def test_broken_or_hostile_front_matter_is_refused_in_words(self, text: str, said: str) -> None:
        with pytest.raises(BrokenFrontMatter, match=said):
            divide(text)

    def test_a_bomb_of_aliases_is_refused_before_it_is_built(self) -> None:
        levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))

        began = time.monotonic()
        with pytest.raises(BrokenFrontMatter, match="aliases"):
            divide(f"---\nl0: &l0 [lol]\n{levels}---\n")
        assert time.monotonic() - began < 30


written = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="-+{}[]:\"'&*!|>#\n\t ,=.\\;truefalse0123456789~", max_size=300),
)


def read_or_refusal(content: bytes) -> str:
    """A title, or the words of the refusal: nothing else may come of any bytes."""
    try:
        return read_markdown("topic/file.md", content).title
    except StoaError as error:
        return error.detail


class TestAnything:
    @given(written, st.sampled_from(["---\n", "+++\n", "{", ";;;\n", "title: ", "\ufeff---\n"]), written)
    def test_any_text_is_read_or_refused_and_never_breaks(self, before: str, mark: str, after: str) -> None:
        words = read_or_refusal(f"{mark}{before}\n{mark}{after}".encode("utf-8", "surrogatepass"))

        assert words
        assert "\0" not in words

    @given(st.binary(max_size=200))
    def test_any_bytes_too(self, content: bytes) -> None:
        assert read_or_refusal(content)
