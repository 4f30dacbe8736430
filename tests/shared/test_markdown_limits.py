"""Sources made to be slow or to grow: each is refused with a reason, or rendered in full."""

from collections.abc import Callable

import pytest

from stoa.shared.errors import InvalidInput, TooLarge
from stoa.shared.markdown.render import Rendered, render

SIZE = 10_000

TRAPS: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "[" * n,
    "open images": lambda n: "![" * (n // 2),
    "nested brackets": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "nested links": lambda n: "[" * (n // 8) + "a" + "](b)" * (n // 8),
    "nested images": lambda n: "![" * (n // 6) + "a" + "](b)" * (n // 6),
    "links without end": lambda n: "[a](" * (n // 4),
    "references without end": lambda n: "[a]: x\n\n" + "[a][" * (n // 4),
    "footnotes without end": lambda n: "[^1]: x\n\n" + "[^a" * (n // 3),
    "footnote references": lambda n: "[^1]: x\n\n" + "[^1]" * (n // 4),
    "footnotes in footnotes": lambda n: "".join(f"[^{i}]: [^{i + 1}]\n\n" for i in range(n // 20)) + "[^0]",
    "definitions": lambda n: "".join(f"[{i}]: x\n" for i in range(n // 10)),
    "definitions without end": lambda n: '[a]: x "\n' + "y\n" * (n // 2),
    "emphasis": lambda n: "*a_ " * (n // 4),
    "nested emphasis": lambda n: "*a **a " * (n // 14) + "b** b*" * (n // 14),
    "stars and lines": lambda n: "*_" * (n // 2),
    "struck": lambda n: "~~a*" * (n // 4),
    "backticks": lambda n: "`" * n,
    "runs of backticks": lambda n: " ".join("`" * i for i in range(1, int((2 * n) ** 0.5))),
    "less than": lambda n: "<" * n,
    "open tags": lambda n: "x " + "<b>" * (n // 3),
    "open tags that differ": lambda n: "".join(f'<b class="{i}">' for i in range(n // 40)) + "<p>x" * (n // 10),
    "open blocks": lambda n: "<div>\n" * (n // 6),
    "open comments": lambda n: "x " + "<!--" * (n // 4),
    "open sections": lambda n: "x " + "<![CDATA[" * (n // 9),
    "open titles": lambda n: "<div>\n" + "<title>" * (n // 7),
    "attributes": lambda n: "<div>\n<a " + "href " * (n // 5),
    "quotes": lambda n: ">" * n,
    "quotes with lazy lines": lambda n: ">" * 30 + "a\n" + "b\n" * (n // 2),
    "nested lists": lambda n: "- " * (n // 2) + "x",
    "lists": lambda n: "- a\n" * (n // 4),
    "lists that alternate": lambda n: "- a\n* a\n" * (n // 8),
    "wide table": lambda n: "|a" * (n // 4) + "|\n" + "|-" * (n // 4) + "|\n",
    "tables that grow": lambda n: ("|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|\n" * 300 + "\n") * (n // 1_500),
    "headings": lambda n: "# a\n" * (n // 4),
    "headings that look unique": lambda n: "".join(f"# a-{i}\n" for i in range(n // 16)) + "# a\n" * (n // 8),
    "addresses": lambda n: "http://a " * (n // 9),
    "brackets in addresses": lambda n: ("http://a" + ")" * 1_900 + " ") * (n // 1_900),
    "lines of brackets": lambda n: "[a\n" * (n // 3),
    "tabs": lambda n: "\t" * n + "a",
    "wide spaces": lambda n: "<p>a" + "\u2003" * n + "b",
    "blank lines": lambda n: "\n" * n,
}


def outcome(source: str) -> Rendered | InvalidInput | TooLarge:
    try:
        return render(source)
    except (InvalidInput, TooLarge) as fault:
        return fault


class TestTraps:
    @pytest.mark.parametrize("name", TRAPS)
    def test_it_is_rendered_or_refused_with_a_reason(self, name: str) -> None:
        result = outcome(TRAPS[name](SIZE))

        if isinstance(result, Rendered):
            assert len(result.html) <= 8_000_000
        else:
            assert len(result.detail) > 40

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("open brackets", "too tangled near “\\["),
            ("quotes with lazy lines", "too tangled near line"),
            ("tables that grow", "too tangled near line"),
            ("open tags", "More than 200 HTML tags are open"),
            ("open tags that differ", "More than 200 HTML tags are open"),
            ("open blocks", "More than 200 HTML tags are open"),
            ("quotes", "nested more than 19 deep"),
            ("nested lists", "nested more than 19 deep"),
        ],
    )
    def test_the_worst_are_refused(self, name: str, reason: str) -> None:
        with pytest.raises(InvalidInput, match=reason):
            render(TRAPS[name](12 * SIZE))

    def test_html_that_grows_beyond_its_bound_is_refused(self) -> None:
        with pytest.raises(TooLarge, match="characters of HTML; 8,000,000"):
            render("```\n" * 240_000)


class TestLargeButHonest:
    """What real authors write must never meet those bounds."""

    def test_long_prose(self) -> None:
        line = "Lorem *ipsum* dolor `sit` amet, [consectetur](http://a.b/c) adipiscing elit, sed do eiusmod tempor.\n"

        assert render((line * 5 + "\n") * 1_900).words > 100_000

    def test_a_long_list(self) -> None:
        html = render(
            "- [An entry with a link](https://a.b/c) and some **words** about it, as in a changelog\n" * 3_000
        ).html

        assert html.count("<li>") == 3_000

    def test_a_large_table(self) -> None:
        html = render("| a | b | c | d |\n|---|---|---|---|\n" + "| 1 | two | `three` | four |\n" * 3_000).html

        assert html.count("<tr>") == 3_001

    def test_data_full_of_brackets_in_a_code_block(self) -> None:
        assert render("```json\n" + "[[[[{" * 100_000 + "\n```").text.count("[") == 400_000

    def test_lists_as_deep_as_allowed(self) -> None:
        assert render("- " * 19 + "x").html.count("<ul>") == 19
        with pytest.raises(InvalidInput, match="nested more than 19 deep"):
            render("- " * 20 + "x")

    def test_lists_ten_levels_deep(self) -> None:
        source = "".join("  " * level + f"- level {level}\n" for level in range(10))

        assert render(source).html.count("<ul>") == 10

    def test_balanced_html(self) -> None:
        assert render("<div>\n<p>a</p>\n</div>\n" * 5_000).html.count("<div>") == 5_000
