"""What authors write and readers get: the features of Markdown, plain text, contents, excerpts, titles."""

import pytest

from stoa.shared.errors import MalformedInput, TooLarge
from stoa.shared.markdown.code import TOKEN_CLASSES
from stoa.shared.markdown.render import COMMENT, RenderOptions, TocEntry, render
from tests.shared.test_markdown_safety import read


def html_of(source: str) -> str:
    return render(source).html


def attributes_of(html: str, tag: str) -> list[dict[str, str]]:
    return [attributes for name, attributes in read(html).elements if name == tag]


class TestCommonMark:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("a *b* **c** `d`", "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>\n"),
            ("~~gone~~", "<p><s>gone</s></p>\n"),
            ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
            ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
            ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"),
            ("> a\nb", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n"),
            ("a  \nb", "<p>a<br>\nb</p>\n"),
            ("---", "<hr>\n"),
            ("\\*a\\* &amp; &lt;", "<p>*a* &amp; &lt;</p>\n"),
            ("H<sub>2</sub>O <kbd>x</kbd> <mark>y</mark>", "<p>H<sub>2</sub>O <kbd>x</kbd> <mark>y</mark></p>\n"),
            ("~5 to ~10", "<p>~5 to ~10</p>\n"),
            ("", ""),
        ],
    )
    def test_source_becomes(self, source: str, expected: str) -> None:
        assert html_of(source) == expected

    def test_details_hold_markdown(self) -> None:
        html = html_of("<details open>\n<summary>More</summary>\n\n**bold**\n\n</details>")

        assert '<details open="">' in html
        assert "<p><strong>bold</strong></p>" in html
        assert html.endswith("</details>")


class TestTables:
    def test_a_table_scrolls_by_itself_and_keeps_its_alignment(self) -> None:
        html = html_of("| a | b |\n|---|--:|\n| 1 | 2 |")

        [frame] = attributes_of(html, "div")
        assert frame == {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": "Table"}
        assert attributes_of(html, "th") == [{"scope": "col"}, {"scope": "col", "class": "align-right"}]
        assert attributes_of(html, "td") == [{}, {"class": "align-right"}]
        assert "style" not in html


class TestTaskLists:
    def test_boxes_are_named_and_cannot_be_ticked(self) -> None:
        html = html_of("- [x] one\n- [ ] two\n- three")

        done, open_ = attributes_of(html, "input")
        assert {"type": "checkbox", "disabled": "", "checked": "", "aria-label": "Done"}.items() <= done.items()
        assert {"type": "checkbox", "disabled": "", "aria-label": "Not done"}.items() <= open_.items()
        assert "checked" not in open_
        assert [item.get("class") for item in attributes_of(html, "li")] == ["task-list-item", "task-list-item", None]


class TestFootnotes:
    def test_text_and_note_lead_to_each_other(self) -> None:
        html = html_of("One[^a] and again[^a], other[^b].\n\n[^a]: First *note*.\n[^b]: Second.")

        ids = {attributes["id"] for _, attributes in read(html).elements if "id" in attributes}
        targets = {link["href"].removeprefix("#") for link in attributes_of(html, "a")}
        assert targets == ids == {"fn-1", "fn-2", "fnref-1", "fnref-1-2", "fnref-2"}
        assert "First <em>note</em>." in html

    def test_a_reference_without_a_note_stays_text(self) -> None:
        assert html_of("One[^a].") == "<p>One[^a].</p>\n"

    def test_a_note_nobody_refers_to_is_left_out(self) -> None:
        assert "hidden" not in html_of("One.\n\n[^a]: hidden")


class TestCode:
    def test_a_known_language_is_coloured_with_classes(self) -> None:
        html = html_of('```python\ndef f():\n    return "<a>"\n```')

        [block] = attributes_of(html, "pre")
        assert block == {"data-language": "python", "tabindex": "0"}
        assert '<span class="k">def</span>' in html
        assert '<span class="s2">"&lt;a&gt;"</span>' in html
        assert read(html).text == 'def f():\n    return "<a>"\n\n'

    @pytest.mark.parametrize("language", ["nosuchlanguage", "text", ""])
    def test_an_unknown_language_stays_plain(self, language: str) -> None:
        html = html_of(f"```{language}\ndef f(): <b>\n```")

        assert "<code>def f(): &lt;b&gt;\n</code>" in html

    @pytest.mark.parametrize(
        ("info", "language"),
        [
            ("Python", "python"),
            ("{.python}", "python"),
            ("python,linenos", "python"),
            ("html+django x=1", "html+django"),
        ],
    )
    def test_the_language_is_found_in_other_dialects(self, info: str, language: str) -> None:
        [block] = attributes_of(html_of(f"```{info}\nx\n```"), "pre")

        assert block["data-language"] == language

    def test_a_huge_block_stays_plain(self) -> None:
        html = html_of("```python\n" + "x = 'a'\n" * 10_000 + "```")

        assert "<span" not in html
        assert html.count("x = ") == 10_000

    def test_a_lexer_that_hangs_leaves_the_code_plain(self) -> None:
        html = html_of("```perl\n" + "s{" * 20_000 + "\n```\n\nafter")

        assert "<span" not in html
        assert html.count("s{") == 20_000
        assert "<p>after</p>" in html

    def test_every_class_belongs_to_the_published_list(self) -> None:
        python = "@a\nclass B:\n    '''d'''\n    x = 1 + 0x2 # c\n    def f(s): yield f'{s}\\n'"

        html = html_of(f"```python\n{python}\n```\n\n```diff\n-a\n+b\n```")

        used = {span["class"] for span in attributes_of(html, "span")}

        assert len(used) > 8
        assert used <= TOKEN_CLASSES

    def test_blank_lines_and_indentation_stay(self) -> None:
        assert read(html_of("```\n\n  a\n\n\n\tb\n```")).text == "\n  a\n\n\n\tb\n\n"


class TestLinks:
    @pytest.mark.parametrize(
        ("source", "address", "shown"),
        [
            ("see https://a.b/c_d_e.", "https://a.b/c_d_e", "https://a.b/c_d_e"),
            ("(https://a.b/x_(y))", "https://a.b/x_(y)", "https://a.b/x_(y)"),
            ("https://a.b?x=1&y=2!", "https://a.b?x=1&y=2", "https://a.b?x=1&y=2"),
            ("www.a.example, yes", "http://www.a.example", "www.a.example"),
            ("**http://localhost:8000**", "http://localhost:8000", "http://localhost:8000"),
            ("見て https://a.b/パス。次", "https://a.b/%E3%83%91%E3%82%B9", "https://a.b/パス"),
            ("HTTPS://A.b/x", "HTTPS://A.b/x", "HTTPS://A.b/x"),
            ("| a |\n|---|\n| https://a.b/x |", "https://a.b/x", "https://a.b/x"),
            ("<https://a.b>", "https://a.b", "https://a.b"),
        ],
    )
    def test_bare_addresses_become_links(self, source: str, address: str, shown: str) -> None:
        html = html_of(source)

        [link] = attributes_of(html, "a")
        assert link["href"] == address
        assert f">{shown.replace('&', '&amp;')}</a>" in html

    @pytest.mark.parametrize(
        "source",
        ["`https://a.b`", "http://", "https:// a", "xhttps://a.b", "www.", "www.a", "ftp://www.a.b", "    https://a.b"],
    )
    def test_what_is_no_address_stays_text(self, source: str) -> None:
        assert not attributes_of(html_of(source), "a")

    def test_an_address_inside_a_link_is_not_a_second_one(self) -> None:
        [link] = attributes_of(html_of("[see https://a.b/x](https://c.d)"), "a")

        assert link["href"] == "https://c.d"

    @pytest.mark.parametrize("address", ["https://a.b", "http://a.b", "//a.b/x"])
    def test_links_to_elsewhere_keep_their_distance(self, address: str) -> None:
        for source in (f"[x]({address})", f'<a href="{address}">x</a>', f'y <a title="t" href={address}>x</a>'):
            [link] = attributes_of(html_of(source), "a")
            assert link["rel"] == "noopener noreferrer"

    @pytest.mark.parametrize("address", ["/a", "a.md", "?q=1", "#h-a", "mailto:a@b.c"])
    def test_links_at_home_do_not(self, address: str) -> None:
        [link] = attributes_of(html_of(f"[x]({address})"), "a")

        assert "rel" not in link

    def test_a_link_with_a_forbidden_scheme_loses_it(self) -> None:
        assert html_of("[x](magnet:?xt=1)") == "<p><a>x</a></p>\n"

    def test_addresses_are_rewritten_where_they_match_exactly(self) -> None:
        rewrite = {"my file.md": "/articles/my-file", "/a.png": "https://cdn.b/1.png", "/b": "/c", "/c": "/d"}
        source = (
            "[x](<my file.md>) ![i](/a.png) <img src='/a.png' srcset='/a.png 2x'> [y](/b) [z](/bb) <a href=/b>w</a>"
        )

        html = render(source, RenderOptions(rewrite_url=rewrite)).html

        assert [link["href"] for link in attributes_of(html, "a")] == ["/articles/my-file", "/c", "/bb", "/c"]
        assert [image["src"] for image in attributes_of(html, "img")] == ["https://cdn.b/1.png", "https://cdn.b/1.png"]
        assert attributes_of(html, "img")[1]["srcset"] == "https://cdn.b/1.png 2x"

    def test_a_rewritten_link_is_outside_or_at_home_by_its_new_address(self) -> None:
        rewrite = {"https://old.example/x": "/x", "/y": "https://new.example/y"}

        html = render("[x](https://old.example/x) [y](/y)", RenderOptions(rewrite_url=rewrite)).html

        home, away = attributes_of(html, "a")
        assert "rel" not in home
        assert away["rel"] == "noopener noreferrer"


class TestImages:
    def test_alone_in_its_paragraph_it_is_a_figure_with_its_title_below(self) -> None:
        html = html_of('![A *b*](/a.png "The <title>")')

        assert html == (
            '<figure><img src="/a.png" alt="A b" loading="lazy" decoding="async">'
            "<figcaption>The &lt;title&gt;</figcaption></figure>\n"
        )

    def test_with_a_link_around_it_it_is_a_figure_too(self) -> None:
        html = html_of("[![a](/a.png)](/b)")

        assert html.startswith('<figure><a href="/b"><img src="/a.png"')

    def test_among_words_it_stays_among_them(self) -> None:
        html = html_of('a ![b](/b.png "t") c')

        assert html.startswith("<p>a <img")
        assert attributes_of(html, "img")[0]["title"] == "t"

    def test_as_html_it_is_a_figure_and_loads_late(self) -> None:
        html = html_of('<img width="10" height="5" alt="a" src="/a.png" loading="eager">')

        [image] = attributes_of(html, "img")
        assert html.startswith("<figure>")
        assert image == {
            "loading": "lazy",
            "decoding": "async",
            "width": "10",
            "height": "5",
            "alt": "a",
            "src": "/a.png",
        }

    def test_inside_a_data_address_it_is_its_text(self) -> None:
        assert html_of("a ![b](data:image/png;base64,AAAA) c") == "<p>a b c</p>\n"


class TestHeadings:
    def test_a_level_one_heading_moves_all_of_them_down(self) -> None:
        html = html_of("# A\n\n## B\n\n# C\n\n###### D")

        assert [tag for tag, _ in read(html).elements if tag[0] == "h"] == ["h2", "h3", "h2", "h6"]

    def test_without_one_the_levels_stay(self) -> None:
        html = html_of("## B\n\n### C")

        assert [tag for tag, _ in read(html).elements if tag[0] == "h"] == ["h2", "h3"]

    def test_there_is_never_a_level_one_heading(self) -> None:
        html = html_of("<h1>A</h1>\n\nx <H1 class=y>B</H1>\n\nC\n=")

        assert "<h1" not in html
        assert html.count("<h2") == 3

    @pytest.mark.parametrize(
        ("heading", "anchor"),
        [
            ("Hello, World!", "h-hello-world"),
            ("Über `uns` & mehr", "h-über-uns--mehr"),
            ("Привет, мир", "h-привет-мир"),
            ("日本語の見出し", "h-日本語の見出し"),
            ("हिन्दी शीर्षक", "h-हिन्दी-शीर्षक"),
            ("!!!", "h-section"),
            ("a_b-c", "h-a_b-c"),
        ],
    )
    def test_anchors_are_made_of_the_words_in_any_script(self, heading: str, anchor: str) -> None:
        html = html_of(f"## {heading}")

        assert attributes_of(html, "h2") == [{"id": anchor}]
        assert attributes_of(html, "a") == [
            {"class": "heading-anchor", "href": f"#{anchor}", "aria-label": "Link to this section"}
        ]

    def test_anchors_are_unique_whatever_the_headings_and_the_html_say(self) -> None:
        html = html_of("<b id=a-1>\n\n## a\n\n## a\n\n## a-1\n\n## a\n\n<b id='h-a'> <b id=a>")

        ids = [attributes["id"] for _, attributes in read(html).elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert [heading["id"] for heading in attributes_of(html, "h2")] == ["h-a", "h-a-1", "h-a-1-1", "h-a-2"]

    @pytest.mark.parametrize("target", ["#two-words", "#Two-Words", "#h-two-words"])
    def test_links_within_the_text_find_their_heading(self, target: str) -> None:
        html = html_of(f"[x]({target})\n\n## Two words")

        assert attributes_of(html, "a")[0]["href"] == "#h-two-words"

    def test_links_within_the_text_find_an_anchor_in_html(self) -> None:
        html = html_of('[x](#spot)\n\n<a id="spot"></a>')

        assert [link.get("href") or link.get("id") for link in attributes_of(html, "a")] == ["#h-spot", "h-spot"]

    def test_the_contents_list_two_levels_of_the_text_itself(self) -> None:
        toc = render("## A *b*\n\n### C `d`\n\n#### E\n\n> ## F\n\n## A b").toc

        assert toc == (
            TocEntry(2, "h-a-b", "A b"),
            TocEntry(3, "h-c-d", "C d"),
            TocEntry(2, "h-a-b-1", "A b"),
        )


class TestTitle:
    def test_a_leading_level_one_heading_is_the_title(self) -> None:
        assert render("<!-- note -->\n\n# The *title* `x`\n\nText").title == "The title x"

    @pytest.mark.parametrize("source", ["Text\n\n# A", "## A", "", "> # A", "#"])
    def test_anything_else_is_none(self, source: str) -> None:
        assert render(source).title is None

    def test_it_can_be_left_out_of_everything_else(self) -> None:
        rendered = render("# Title\n\n## Part\n\nText", RenderOptions(drop_title=True))

        assert rendered.title == "Title"
        assert "Title" not in rendered.html + rendered.text
        assert rendered.toc == (TocEntry(2, "h-part", "Part"),)

    def test_it_stays_where_it_is_wanted(self) -> None:
        rendered = render("# Title\n\n## Part")

        assert rendered.text == "Title\nPart"
        assert [(entry.level, entry.text) for entry in rendered.toc] == [(2, "Title"), (3, "Part")]


class TestText:
    def test_it_holds_all_words_and_no_markup(self) -> None:
        source = (
            "# T\n\na *b* [c](/d)\ne  \nf &amp; `g<h>`\n\n- i\n- [x] j\n\n| k | l |\n|---|---|\n| m | n |\n\n"
            "```python\no = 1\n```\n\n![p](/q)\n\n<div>r<br>s<p>t</div>\n\nu[^1] <b>v</b>\n\n[^1]: w"
        )

        assert render(source).text == "T\na b c e f & g<h>\ni\nj\nk\nl\nm\nn\no = 1\np\nr\ns\nt\nu v\nw"

    def test_words_are_counted_in_scripts_with_and_without_spaces(self) -> None:
        assert render("One two three's well-known, and 4.").words == 6
        assert render("日本語の文章はこうです").words == 6
        assert render("").words == 0

    def test_reading_time_is_at_least_a_minute(self) -> None:
        assert render("word").reading_minutes == 1
        assert render("word " * 1_100).reading_minutes == 5


LONG = "Ein Satz mit zehn Wörtern steht hier für jeden bereit. " * 8


class TestExcerpt:
    def test_it_ends_after_a_whole_word(self) -> None:
        excerpt = render(LONG).excerpt

        assert 160 <= len(excerpt) <= 220
        assert excerpt.endswith("…")
        kept = excerpt.removesuffix("…")
        assert LONG.startswith(kept)
        assert not LONG[len(kept)].isalnum()

    def test_it_starts_with_prose_not_with_what_comes_before(self) -> None:
        before = "# T\n\n## H\n\n![i](/i)\n\nhttps://a.b/c\n\n```\ncode\n```\n\n| t |\n|---|\n| u |\n\n- item\n\n"

        assert render(f"{before}The *real* `start`.").excerpt == "The real start."

    def test_short_paragraphs_are_joined(self) -> None:
        assert render("One.\n\nTwo.\n\n```\nx\n```\n\nThree.").excerpt == "One. Two. Three."

    def test_it_does_not_run_into_the_next_part(self) -> None:
        first = "x" * 50 + " " + "y" * 40 + "."

        assert render(f"{first}\n\n## Next\n\nOther words.").excerpt == first

    def test_a_colon_before_code_becomes_an_ellipsis(self) -> None:
        assert render("Run this:\n\n```\nx\n```").excerpt == "Run this…"

    def test_a_script_without_spaces_is_cut_too(self) -> None:
        excerpt = render("長い文章" * 100).excerpt

        assert excerpt == ("長い文章" * 100)[:219] + "…"

    def test_without_paragraphs_lists_and_html_must_do(self) -> None:
        assert render("- one\n- two").excerpt == "one two"
        assert render(f"<div>\n<h2>No</h2>\n<p>{LONG}</p></div>").excerpt.startswith("Ein Satz")

    @pytest.mark.parametrize("source", ["", "# T", "```\nx\n```", "![a](/b)", "One.[^1]\n\n[^1]: note"])
    def test_nothing_is_made_up(self, source: str) -> None:
        assert render(source).excerpt in {"", "One."}


class TestComments:
    def test_they_have_a_subset(self) -> None:
        html = render("# a\n\n*b* <b>c</b> [^1]\n\n| d |\n|---|\n\n- [x] e\n\n> f\n\n`g`", COMMENT).html

        tags = {tag for tag, _ in read(html).elements}
        assert tags == {"p", "em", "ul", "li", "blockquote", "code"}
        assert "# a" in html
        assert "&lt;b&gt;" in html

    @pytest.mark.parametrize("source", ["[a](https://b.c)", "[a](/b)", "https://b.c", "<https://b.c>"])
    def test_no_link_helps_a_search_rank(self, source: str) -> None:
        [link] = attributes_of(render(source, COMMENT).html, "a")

        assert "nofollow" in link["rel"].split()

    def test_an_image_is_a_link_to_it(self) -> None:
        html = render("![shot](https://a.b/c.png) [![d](/e)](/f)", COMMENT).html

        assert [link["href"] for link in attributes_of(html, "a")] == ["https://a.b/c.png", "/f"]
        assert read(html).text == "shot d\n"


class TestSources:
    def test_a_megabyte_is_the_limit(self) -> None:
        assert render("word " * 200_000).words == 200_000
        with pytest.raises(TooLarge, match=r"1,000,001 characters; 1,000,000"):
            render("x" * 1_000_001)

    @pytest.mark.parametrize(
        ("source", "message"), [("a\0b", "NUL"), ("a\ud800b", "position 2"), ("\udfff", "position 1")]
    )
    def test_what_cannot_be_stored_is_refused(self, source: str, message: str) -> None:
        with pytest.raises(MalformedInput, match=message):
            render(source)

    def test_references_to_impossible_characters_become_replacements(self) -> None:
        assert html_of("a&#0;b&#xD800;c") == "<p>a\ufffdb\ufffdc</p>\n"

    def test_control_characters_that_no_feed_can_carry_are_left_out(self) -> None:
        assert html_of("a\x1b[31mb\x08\x0cc\ufffe") == "<p>a[31mb c</p>\n"

    def test_a_tag_left_open_does_not_swallow_the_rest(self) -> None:
        html = html_of("Set the <title> tag.\n\n<textarea>\n\nThe **end**")

        assert "&lt;title&gt;" in html
        assert "end" in read(html).text
