import json
from typing import Any

import pytest

from stoa.modules.content.importing.ghost.content import body_of
from stoa.shared.markdown.render import render

from .export import lexical


def words(text: str, mask: int = 0) -> dict[str, Any]:
    return {"type": "extended-text", "text": text, "format": mask}


def mobiledoc(sections: list[Any], **tables: Any) -> str:
    return json.dumps({"version": "0.3.1", "atoms": [], "cards": [], "markups": [], "sections": sections} | tables)


class TestLexical:
    def test_text_links_headings_and_nested_lists(self) -> None:
        inner = {"type": "list", "listType": "number", "children": [{"type": "listitem", "children": [words("b")]}]}
        made = body_of({
            "lexical": lexical(
                {"type": "extended-heading", "tag": "h3", "children": [words("T")]},
                {"type": "paragraph", "children": [
                    words("a "), words("bold", 1), words(" x*y "), {"type": "linebreak"}, words("c", 16),
                    {"type": "link", "url": "__GHOST_URL__/z/", "children": [words("z")]},
                ]},
                {"type": "list", "listType": "bullet", "children": [
                    {"type": "listitem", "children": [words("a")]}, {"type": "listitem", "children": [inner]},
                ]},
                {"type": "paywall"}, {"type": "email", "html": "<p>hidden</p>"},
            ),
            "html": "<p>not this</p>",
        })  # fmt: skip
        assert made.text == "### T\n\na **bold** x\\*y \\\n`c`[z](/z/)\n\n- a\n  1. b"
        assert made.warnings == ()

    @pytest.mark.parametrize(
        ("card", "shown"),
        [
            ({"type": "image", "src": "/a.png", "alt": "z", "caption": "Cap"}, '![z](/a.png "Cap")'),
            ({"type": "gallery", "images": [{"src": "/a.png"}, {"src": "/b.png"}]}, "![](/a.png)\n\n![](/b.png)"),
            ({"type": "codeblock", "language": "js", "code": "a\n\n  b"}, "```js\na\n\n  b\n```"),
            ({"type": "markdown", "markdown": "*a* ==b==\n<iframe src='https://vimeo.com/1'></iframe>"},
             "*a* <mark>b</mark>\n[https://vimeo.com/1](https://vimeo.com/1)"),
            ({"type": "embed", "url": "https://a.example/x", "metadata": {"title": "T"}}, "[T](https://a.example/x)"),
            ({"type": "bookmark", "url": "https://a.example", "metadata": {"title": "T", "description": "D"}},
             "[T](https://a.example)\\\nD"),
            ({"type": "horizontalrule"}, "***"),
            ({"type": "callout", "calloutEmoji": "!", "calloutText": "<b>x</b>"}, "> ! **x**"),
            ({"type": "toggle", "heading": "H", "content": "<p>in</p>"},
             "<details><summary>H</summary>\n\nin\n\n</details>"),
            ({"type": "button", "buttonText": "Go", "buttonUrl": "/x"}, "[Go](/x)"),
            ({"type": "file", "src": "/f.pdf", "fileTitle": "F"}, "[F](/f.pdf)"),
            ({"type": "html", "html": "<p>a</p><script>x</script>"}, "a"),
        ],
    )  # fmt: skip
    def test_cards(self, card: dict[str, Any], shown: str) -> None:
        assert body_of({"lexical": lexical(card)}).text == shown

    def test_an_unknown_card_is_told(self) -> None:
        assert "the card 'hologram'" in body_of({"lexical": lexical({"type": "hologram"})}).warnings[0]


class TestMobiledoc:
    def test_markups_lists_atoms_and_cards(self) -> None:
        made = body_of({
            "mobiledoc": mobiledoc(
                [
                    [1, "p", [[0, [0], 0, "a"], [0, [1], 1, "b"], [0, [], 1, "c"], [1, [], 0, 0], [0, [2], 1, "d"]]],
                    [3, "ol", [[[0, [], 0, "x"]], [[0, [], 0, "y"]]]], [10, 0], [10, 1], [2, "/i.png"],
                ],
                markups=[["em"], ["strong"], ["a", ["href", "/l"]]], atoms=[["soft-return", "", {}]],
                cards=[["markdown", {"markdown": "**m**"}], ["hr", {}]],
            )
        })  # fmt: skip
        assert render(made.text).html == (
            '<p><em>a<strong>b</strong>c</em><br>\n<a href="/l">d</a></p>\n<ol>\n<li>x</li>\n<li>y</li>\n</ol>\n'
            "<p><strong>m</strong></p>\n<hr>\n"
            '<figure><img src="/i.png" alt="" loading="lazy" decoding="async"></figure>\n'
        )

    def test_indexes_that_lead_nowhere_do_no_harm(self) -> None:
        broken = mobiledoc([[10, 99], [1, "p", [[0, [7], 5, "a"], [1, [], 0, -3], "x"]], [77], "x", [3, "ul", ["y"]]])
        made = body_of({"mobiledoc": broken})
        assert made.text == "a"
        assert made.warnings
