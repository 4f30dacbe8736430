"""Hostile Markdown: whatever is written, only what the allowlists name comes out, judged by a parser of its own."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.shared.errors import StoaError
from stoa.shared.markdown.render import ARTICLE, COMMENT, RenderOptions, render

_ELEMENTS = """
a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure
h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strong sub
summary sup table tbody td tfoot th thead time tr track u ul var video wbr
"""
_IN_COMMENTS = "a blockquote br code del div em hr li ol p pre s span strong ul"
ELEMENTS = set(_ELEMENTS.split())
IN_COMMENTS = set(_IN_COMMENTS.split())
NEVER = {"style", "name", "action", "formaction", "target", "srcdoc", "ping", "background", "xlink:href", "autofocus"}
ADDRESSES = {"href", "src", "poster", "cite", "srcset", "data"}
SCHEMES = {"http", "https", "mailto", "tel", ""}


class Reader(HTMLParser):
    """Collects the elements, and what stands in the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.comments: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def assert_harmless(html: str, allowed: set[str]) -> None:
    reader = read(html)
    assert not reader.comments, html
    for tag, attributes in reader.elements:
        assert tag in allowed, html
        for name, value in attributes.items():
            assert not name.startswith("on"), html
            assert name not in NEVER, html
            if name in ADDRESSES:
                assert scheme(value) in SCHEMES, html
            if name == "id":
                assert value.startswith(("h-", "fn-", "fnref-")), html
        if tag == "input":
            assert attributes["type"] == "checkbox", html
            assert "disabled" in attributes, html
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), html


def scheme(address: str) -> str:
    """As browsers see it: entities decoded once more, white space and control characters ignored."""
    visible = re.sub(r"[\x00-\x20\x7f]", "", unescape(address)).lower()
    return visible.partition(":")[0] if re.match(r"[a-z][a-z0-9+.-]*:", visible) else ""


VECTORS = [
    # links and images in Markdown
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](<  javascript:alert(1)>)",
    "[a](\x01javascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript&#58;alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A;&#x61;vascript:alert(1))",
    "[a](java&Tab;script&colon;alert(1))",
    "[a](javascript%3Aalert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[a](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://a.b/1)",
    "[a](feed:javascript:alert(1))",
    "[a](view-source:javascript:alert(1))",
    "[a](//evil.example 'x\" onmouseover=\"alert(1)')",
    '[a](/x "\\" onmouseover=alert(1) x=\\"")',
    "[a]: javascript:alert(1)\n\n[a]",
    "[a]: <javascript:alert(1)>\n\n[x][a]",
    "![a](javascript:alert(1))",
    '![a](x"onerror="alert(1))',
    '![" onerror="alert(1)](x)',
    "![a](x '\" onerror=\"alert(1)')",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    "![a](data:text/html,<script>alert(1)</script>)",
    "[![a](x)](javascript:alert(1))",
    "[a](http://a.b\u2028javascript:alert(1))",
    # autolinks
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,<script>alert(1)</script>>",
    "<vbscript:x>",
    'http://a.b/"onmouseover="alert(1)',
    "http://a.b/'><script>alert(1)</script>",
    "https://javascript:alert(1)@a.b/",
    "www.a.b/<svg/onload=alert(1)>",
    # raw HTML
    "<script>alert(1)</script>",
    "x <script>alert(1)</script> y",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1);//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=x onerror\n=\nalert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<IMG SRC=jav&#x09;ascript:alert(1)>",
    "<img srcset='x 1x, javascript:alert(1) 2x'>",
    "<picture><source srcset=data:image/svg+xml,x><img src=x></picture>",
    "<a href=javascript:alert(1)>a</a>",
    "<a href='  javascript:alert(1)'>a</a>",
    '<a href="java\nscript:alert(1)">a</a>',
    "<a href=&#1;javascript:alert(1)>a</a>",
    "<a href=http://a.b onclick=alert(1) target=_blank>a</a>",
    "<a id=location name=location href=x>a</a>",
    "<a xlink:href=javascript:alert(1)>a</a>",
    "<p style='background:url(javascript:alert(1))' class='admin-panel'>a</p>",
    "<style>*{display:none}</style>a",
    "<style><img src='</style><img src=x onerror=alert(1)>'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit><button formaction=javascript:alert(1)>x</button></form>",
    "<input type=text name=password autofocus onfocus=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video src=x onerror=alert(1) autoplay></video>",
    "<video><source onerror=alert(1) src=javascript:alert(1)></video>",
    "<video src=http://a.b/x.mp4 poster=javascript:alert(1)></video>",
    "<audio src=data:audio/mp3;base64,AAAA onplay=alert(1)></audio>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<blockquote cite=javascript:alert(1)>x</blockquote>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>",
    "<bgsound src=javascript:alert(1)>",
    "<dialog open onclose=alert(1)>x</dialog>",
    "<x onclick=alert(1)>x</x>",
    # SVG, MathML and what browsers make of broken nesting
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text x=1 y=20>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext></mtext><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math href=javascript:alert(1)>x</math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template>",
    "<table><caption><svg><style><img src=x onerror=alert(1)></style></svg></caption></table>",
    "<title><a title='</title><img src=x onerror=alert(1)>'></title>",
    "<xmp><img alt='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<noembed><img src=x onerror=alert(1)></noembed>",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<div id='h-x'>1</div><div id='h-x'>2</div>\n\n# x",
    "<b id=fn-1>\n\nx[^1]\n\n[^1]: y",
    # Markdown around HTML and HTML around Markdown
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"onmouseover=alert(1)\nx\n```',
    "``` <script>alert(1)</script>\nx\n```",
    '```x"><img/src=x/onerror=alert(1)>\nx\n```',
    "    <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script>alert(1)\\</script>",
    "# <img src=x onerror=alert(1)>",
    '# " onmouseover=alert(1)',
    "| <script>alert(1)</script> |\n|-|\n| <img src=x onerror=alert(1)> |",
    '| a |\n|:-" onload=alert(1):|\n| b |',
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    "- [x] <img src=x onerror=alert(1)>",
    "> <script>\n> alert(1)\n> </script>",
    "[<img src=x onerror=alert(1)>](/x)",
    "**<script>**alert(1)</script>",
    "<details>\n\n<script>alert(1)</script>\n\n</details>",
    "<a href='\n\n' onclick=alert(1)>x</a>",
    "<p\n\nonclick=alert(1)>x",
]


class TestHostileSources:
    @pytest.mark.parametrize("source", VECTORS)
    def test_an_article_comes_out_harmless(self, source: str) -> None:
        assert_harmless(render(source).html, ELEMENTS)

    @pytest.mark.parametrize("source", VECTORS)
    def test_a_comment_comes_out_harmless(self, source: str) -> None:
        assert_harmless(render(source, COMMENT).html, IN_COMMENTS)

    @pytest.mark.parametrize("source", VECTORS)
    def test_it_is_harmless_inside_other_things(self, source: str) -> None:
        nested = f"> - x {source}\n>\n> <details><summary>{source}</summary>\n\n<table><tr><td>{source}\n\n{source}"

        html = render(nested).html

        assert_harmless(html, ELEMENTS)

    @pytest.mark.parametrize("source", VECTORS)
    def test_cleaning_again_changes_nothing_dangerous(self, source: str) -> None:
        """What a browser writes back from the page must be as harmless as what it was sent."""
        html = render(source).html

        assert_harmless(render(html).html, ELEMENTS)

    def test_a_script_leaves_nothing_behind(self) -> None:
        rendered = render("before\n\n<script>alert('gone')</script>\n\nafter <style>p{}</style> all")

        assert "gone" not in rendered.html + rendered.text
        assert "p{}" not in rendered.html + rendered.text
        assert "before" in rendered.text
        assert "all" in rendered.text

    def test_a_rewritten_address_cannot_be_a_script(self) -> None:
        options = RenderOptions(rewrite_url={"/old": "javascript:alert(1)"})

        html = render("[a](/old) <a href=/old>b</a> ![c](/old)", options).html

        assert_harmless(html, ELEMENTS)
        assert "javascript" not in html

    def test_only_our_own_classes_survive(self) -> None:
        html = render('<div class="highlight modal admin"><span class="k evil">x</span></div>').html

        assert 'class="highlight"' in html
        assert 'class="k"' in html
        assert "admin" not in html
        assert "evil" not in html

    def test_a_video_is_always_under_the_readers_control(self) -> None:
        html = render('<video src="https://a.b/x.mp4" autoplay></video>').html

        attributes = dict(read(html).elements)["video"]
        assert "controls" in attributes
        assert "autoplay" not in attributes

    def test_media_come_over_https_or_from_here(self) -> None:
        html = render('<video src="http://a.b/x.mp4"></video> <audio src="/x.mp3"></audio>').html

        elements = dict(read(html).elements)
        assert "src" not in elements["video"]
        assert elements["audio"]["src"] == "/x.mp3"


PIECES = [
    *(
        "<script>",
        "</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=",
        "<a href='javascript:",
        "javascript:",
        "<",
    ),
    *(
        ">",
        '"',
        "'",
        "`",
        "```",
        "\n",
        "\n\n",
        "    ",
        "> ",
        "- ",
        "1. ",
        "- [x] ",
        "# ",
        "===\n",
        "---\n",
        "|",
        "|-|\n",
    ),
    *(
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "*",
        "**",
        "_",
        "~~",
        "\\",
        "&",
        "&lt;",
        "&#0;",
        "&#x6a;",
    ),
    *(
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<style>",
        "</style>",
        "<title>",
        "<textarea>",
        "<math>",
        "</math>",
    ),
    *(
        "<details>",
        "<table>",
        "<td>",
        "<b id=a>",
        "<div ",
        "onclick=x",
        "http://a.b",
        "www.a.b",
        "<http://a>",
        "\t",
        "é",
    ),
    *("漢字", "\u202e", "\ufeff", "\r", "\r\n", "\x0b", "\x7f", "\u2028", "😀", "data:image/svg+xml,", "```python\n"),
]
sources = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=40).map("".join)


class TestAnyText:
    @settings(max_examples=400, deadline=None)
    @given(sources, st.sampled_from([ARTICLE, COMMENT, RenderOptions(drop_title=True)]))
    def test_it_renders_harmless_or_is_refused(self, source: str, options: RenderOptions) -> None:
        try:
            html = render(source, options).html
        except StoaError:
            return

        assert "<script" not in html
        assert_harmless(html, IN_COMMENTS if options.profile == "comment" else ELEMENTS)

    @settings(max_examples=200, deadline=None)
    @given(sources)
    def test_the_same_source_gives_the_same_result(self, source: str) -> None:
        try:
            assert render(source) == render(source)
        except StoaError:
            return
