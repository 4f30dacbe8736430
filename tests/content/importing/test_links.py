import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.importing.links import rewrite, targets
from stoa.modules.content.importing.prose import split_prose

MOVED = {"other.md": "/articles/other", "a b.png": "/media/1.png", "x(1).png": "/media/2.png"}


class TestRewrite:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("[t](other.md)", "[t](/articles/other)"),
            ('[t](other.md "Title")', '[t](/articles/other "Title")'),
            ("![t](<a b.png>)", "![t](/media/1.png)"),
            ("![t](x(1).png)", "![t](/media/2.png)"),
            (r"![t](x\(1\).png)", "![t](/media/2.png)"),
            ("[![t](a%20b.png)](other.md)", "[![t](a%20b.png)](/articles/other)"),
            ("[t]: other.md 'Title'", "[t]: /articles/other 'Title'"),
            ("[t][r]\n\n[r]: <a b.png>\n", "[t][r]\n\n[r]: /media/1.png\n"),
            ('<img width=1 src="a b.png">', '<img width=1 src="/media/1.png">'),
            ("<a href='other.md'>t</a>", "<a href='/articles/other'>t</a>"),
            (
                "- item [t](other.md)\n    more [t](other.md)",
                "- item [t](/articles/other)\n    more [t](/articles/other)",
            ),
            ("> [t](other.md)", "> [t](/articles/other)"),
        ],
    )
    def test_links_and_images_in_prose(self, before: str, after: str) -> None:
        assert rewrite(before, MOVED) == after

    @pytest.mark.parametrize(
        "text",
        [
            "`[t](other.md)`",
            "``a ` [t](other.md)``",
            "```\n[t](other.md)\n```\n",
            "~~~md\n[t](other.md)\n```\n[t](other.md)\n~~~\n",
            "- item\n\n  ```\n  [t](other.md)\n  ```\n",
            "> ```\n> [t](other.md)\n> ```\n",
            "Text\n\n    [t](other.md)\n",
            "[t](another.md)",
            "(other.md)",
        ],
    )
    def test_code_and_other_targets_stay_as_they_are(self, text: str) -> None:
        assert rewrite(text, MOVED) == text

    def test_an_unpaired_tick_does_not_hide_what_follows(self) -> None:
        assert rewrite("a ` tick [t](other.md)", MOVED) == "a ` tick [t](/articles/other)"

    @given(st.text(alphabet="[]()<>`~ \n\\ab.md!-#\"'", max_size=200))
    def test_without_anything_to_change_the_text_is_the_same(self, text: str) -> None:
        assert "".join(piece for _, piece in split_prose(text)) == text
        assert rewrite(text, {"nothing-like-this": "/x"}) == text


class TestTargets:
    def test_each_once_in_order(self) -> None:
        text = '![a](one.png) [b](two.md#x) <img src="one.png"> [c](two.md#x)\n\n[d]: three.md\n'

        assert targets(text) == ["one.png", "two.md#x", "three.md"]
