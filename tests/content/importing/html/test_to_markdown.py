import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.importing.errors import ItemRefused
from stoa.modules.content.importing.html.converter import to_markdown
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from tests.content.importing.reading import letters


def html_of(source: str, **options: bool) -> str:
    """What a page shows of HTML that went through Markdown."""
    return render(to_markdown(source, **options).text).html


class TestWords:
    @pytest.mark.parametrize(
        "words",
        [
            "*a* _b_ `c` ~~d~~ [e](f) ![g](h) <!-- i -->", "1. one", "2) two", "- three", "+ four", "# five", "> six",
            "--- ", "===", "| a | b |", ":--- | ---", "a &amp;amp; b &amp;copy; c", "&lt;b&gt;no&lt;/b&gt;", "~~~ x",
            "C:\\dir\\*.txt", "[^1]: note", "http://a.example/b_c_d*e*", "see www.a.example/x_y_z. Yes",
            "snake_case __init__ a*b*c", "C # and #", "ends with \\",
        ],
    )  # fmt: skip
    def test_never_become_markdown(self, words: str) -> None:
        for around in ("<p>{}</p>", "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<p>x<br>{}<br>y</p>", "<b>{}</b>"):
            source = around.format(words)
            assert letters(html_of(source)) == letters(source)

    @given(st.text(alphabet="ab *_`~[]()<>#-+=|\\!&;:.1\n/\"'", max_size=60))
    def test_whatever_they_are_stay_the_same(self, words: str) -> None:
        escaped = words.replace("&", "&amp;").replace("<", "&lt;")
        assert letters(html_of(f"<p>{escaped}</p>")) == letters(f"<p>{escaped}</p>")

    @given(
        st.recursive(
            st.sampled_from(["word", " ", "a b", "*", "."]),
            lambda inner: st.builds(
                lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
                st.sampled_from(
                    ["p", "b", "em", "ul", "ol", "li", "blockquote", "div", "code", "h2", "del", "sub", "span"]
                ),
                st.lists(inner, max_size=4),
            ),
            max_leaves=12,
        )
    )
    def test_stay_the_same_in_any_nest_of_tags(self, source: str) -> None:
        assert letters(html_of(source)) == letters(source)

    def test_of_emphasis_inside_words_and_side_by_side(self) -> None:
        assert html_of("<p><b>a</b><i>b</i>c<em><strong>d</strong></em> <b>(e)</b>f</p>") == (
            "<p><strong>a</strong><i>b</i>c<em><strong>d</strong></em> <b>(e)</b>f</p>\n"
        )


class TestBlocks:
    def test_code_keeps_its_language_and_every_blank(self) -> None:
        code = "\tif x:\n\n\n        y = `a` ``b``\n```\n  z &lt; 1  "
        made = to_markdown(f'<pre class="brush: python; x"><code>{code}</code></pre>').text
        assert made == "````python\n" + code.replace("&lt;", "<") + "\n````"

    def test_mixed_lists_inside_lists(self) -> None:
        made = to_markdown(
            "<ol><li>a<ul><li>b<ol><li>c</li></ol></li><li>d</li></ul></li><li>e</li></ol><ol start=3><li>f</ol>"
        ).text
        assert made == "1. a\n   - b\n     1. c\n   - d\n2. e\n\n3) f"

    def test_two_lists_stay_two(self) -> None:
        assert html_of("<ul><li>a</ul><ul><li>b</ul>").count("<ul>") == 2

    def test_a_plain_table_is_markdown_and_one_with_spans_is_html(self) -> None:
        plain = to_markdown("<table><tr><th>a<th>b<tr><td>1|2<td><code>x|y</code></table>").text
        assert plain == "| a | b |\n| --- | --- |\n| 1\\|2 | `x\\|y` |"
        spanned = html_of('<table class=x><tr><th colspan="2" style="color:red">a</th></tr><tr><td>b<td>c</table>')
        assert '<th colspan="2">a</th>' in spanned
        assert "style" not in spanned
        assert "class=x" not in spanned

    def test_pictures_with_captions(self) -> None:
        plain = html_of(
            '<figure class="wp"><img src="/a.png" alt="z" title="no"><figcaption>Cap "q"</figcaption></figure>'
        )
        assert "<figcaption>Cap &quot;q&quot;</figcaption>" in plain.replace('"q"', "&quot;q&quot;")
        rich = html_of('<figure><a href="/b"><img src="/a.png"></a><figcaption>By <em>me</em></figcaption></figure>')
        assert '<a href="/b">' in rich
        assert "<figcaption>By <em>me</em></figcaption>" in rich

    def test_what_markdown_cannot_say_stays(self) -> None:
        made = html_of(
            "<dl><dt>t</dt><dd>d</dd></dl><details><summary>s</summary><p>in</p></details>"
            '<p>H<sub>2</sub>O <kbd>Q</kbd> <abbr title="x">y</abbr></p>'
            '<video src="https://a.example/v.mp4"></video>'
        )
        for part in ("<dt>t</dt>", "<summary>s</summary>", "H<sub>2</sub>O <kbd>Q</kbd>", '<abbr title="x">', "<video"):
            assert part in made

    def test_frames_become_links(self) -> None:
        assert to_markdown('<iframe src="//www.youtube.com/embed/abcdefgh1" title="A film"></iframe>').text == (
            "[A film](https://www.youtube.com/watch?v=abcdefgh1)"
        )
        assert "https://vimeo.com/12" in to_markdown('<iframe src="https://player.vimeo.com/video/12"></iframe>').text

    def test_line_ends_of_classic_text(self) -> None:
        made = html_of("one\ntwo\n\nthree\n<ul>\n<li>x</li>\n</ul>\nfour", has_breaks=True)
        assert made == "<p>one<br>\ntwo</p>\n<p>three</p>\n<ul>\n<li>x</li>\n</ul>\n<p>four</p>\n"

    def test_text_for_comments_has_no_html(self) -> None:
        made = to_markdown("<h2>t</h2><table><tr><td>c</table><sub>s</sub><b>(x)</b>y", is_plain=True).text
        assert "<" not in made
        assert letters(render(made, COMMENT).html) == "tcs(x)y"


class TestHostile:
    def test_scripts_and_their_like_are_dropped_and_told(self) -> None:
        made = to_markdown(
            "<p>a<script>alert(1)</script></p><style>p{}</style><form><input></form><object>o</object>"
            '<svg onload="alert(1)"><script>x</script></svg><a href=" java\nscript:alert(1)">link</a>'
            '<img src="javascript:x"><img src=x onerror=alert(1)>'
        )
        assert made.text == "a\n\nlink![](x)"
        assert {"<script> was taken out", "<svg> was taken out", "<form> was taken out"} <= set(made.warnings)
        assert any("javascript" in told or "java" in told for told in made.warnings)

    def test_more_than_a_megabyte_is_refused(self) -> None:
        with pytest.raises(ItemRefused, match="1,048,576"):
            to_markdown("x" * 1_048_577)

    @pytest.mark.parametrize(
        "piece",
        ["<div>", "<ul><li>", "<blockquote>", "<b>", "<li>", "<p>", "<td>", "<!--", "<a ", "<", "&", "<pre>", "</b>",
         "<![CDATA[", "<?xml ", "<table><tr><td>", "<dl><dt>", "<figure>", "[", "*", "`"],
    )  # fmt: skip
    def test_nests_and_broken_tags_take_no_long_time(self, piece: str) -> None:
        started = time.process_time()
        made = to_markdown(f"start {piece * 8000} end")
        assert time.process_time() - started < 10
        assert "start" in made.text

    def test_deep_lists_keep_their_words(self) -> None:
        made = to_markdown("<ul><li>a" * 60)
        assert letters(render(made.text).html).count("a") == 60
        assert any("deep" in told for told in made.warnings)
