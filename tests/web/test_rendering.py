"""Every page as HTML: whole and bare, with hostile words in it, and nothing inline that the policy would refuse."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, get_args

import orjson
import pytest
from jinja2 import meta, nodes
from markupsafe import Markup

from stoa.shared.errors import InvalidInput
from stoa.shared.markdown.sanitise import CLASSES
from stoa.web import contexts
from stoa.web.assets import DEFAULT_ACCENT, STATIC_URL, Assets, contrast, theme_css
from stoa.web.contexts import (
    ArticleCard,
    ArticlePage,
    AuthorPage,
    AuthorRef,
    ErrorPage,
    FeedLink,
    FilterLink,
    HomePage,
    Page,
    PageMeta,
    Pager,
    Picture,
    SearchHit,
    SearchPage,
    Site,
    TagPage,
    TagRef,
    TagsPage,
    TocEntry,
)
from stoa.web.rendering import TEMPLATES, Pages, environment, names_of
from stoa.web.search_filters import SearchFilters
from stoa.web.styleguide import styleguide_page

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> ' style=x: {{ 7*7 }} </title></textarea>"
SITE = Site("The Porch", "Notes.", "https://porch.example")
PUBLISHED = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
BARE_META = PageMeta("Title", "Description.", "https://porch.example/")


def full_pages(text: str = "Plain words") -> list[Page]:
    """Each page with everything it can show, `text` wherever somebody may write."""
    author = AuthorRef("ada", text, text, f"https://img.example/{text}")
    tags = (TagRef("walking", text, 1204), TagRef("maps", text))
    card = ArticleCard(
        slug="on-walking",
        title=text,
        excerpt=text,
        published_at=PUBLISHED,
        updated_at=PUBLISHED + timedelta(days=3),
        reading_minutes=4,
        comment_count=3,
        tags=tags,
        author=author,
        cover_url=f"https://img.example/{text}",
        cover_alt=text,
    )
    head = PageMeta(
        title=text,
        description=text,
        canonical_url=f"https://porch.example/?{text}",
        image=Picture(f"https://img.example/{text}", text, (2, 1)),
        type="article",
        properties=(("article:tag", text),),
        json_ld={"@type": "Article", "headline": text},
        feeds=(FeedLink("/feed.atom", text),),
        previous_url=f"https://porch.example/?page=1&x={text}",
        next_url=f"https://porch.example/?page=3&x={text}",
    )
    pager = Pager(f"/?page=3&x={text}", f"/?page=1&x={text}", text)
    toc = tuple(TocEntry(level, f"h-{level}", text) for level in (2, 3, 3))
    filters = SearchFilters((text,), "all", text, text, text, "oldest")
    hit = SearchHit(card, Markup("<mark>hit</mark>"), Markup("a <mark>hit</mark> here"))
    return [
        HomePage(head, card, (card, card), tags, pager),
        ArticlePage(head, card, Markup("<p>Body</p>"), text, toc, text, (card, card, card), language="de"),
        TagPage(head, tags[0], (card,), pager),
        TagsPage(head, tags),
        AuthorPage(head, author, (card,), 12, pager),
        SearchPage(head, text, (hit,), text, filters, (FilterLink(text, f"/search?q={text}"),), tags, pager),
        SearchPage(head, text, error=text, tags=tags),
        SearchPage(head, text, tags=tags),
        ErrorPage(head, 404, text, text, text),
    ]


def bare_pages() -> list[Page]:
    """Each page with as little as it can have."""
    author = AuthorRef("ada", "Ada")
    card = ArticleCard("draft", "Draft", "", None, None, 1, 0, (), author)
    return [
        HomePage(BARE_META, None, ()),
        HomePage(BARE_META, None, (card,), is_first_page=False),
        ArticlePage(BARE_META, card, Markup("")),
        TagPage(BARE_META, TagRef("walking", "Walking"), ()),
        TagsPage(BARE_META, ()),
        AuthorPage(BARE_META, author, ()),
        SearchPage(BARE_META),
        ErrorPage(BARE_META, 500, "Title", "Detail"),
        styleguide_page(SITE),
    ]


def name(page: Page) -> str:
    return type(page).__name__


class Reader(HTMLParser):
    """Elements with their attributes, and what stands in each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1] if self._open else "", data))

    def values(self, *names: str) -> Iterator[str]:
        for _, attributes in self.elements:
            yield from (attributes[key] or "" for key in names if key in attributes)


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


@pytest.fixture(scope="module")
def pages(assets: Assets) -> Pages:
    return Pages(SITE, assets)


class TestEveryPage:
    @pytest.mark.parametrize("page", [*full_pages(), *bare_pages()], ids=name)
    def test_is_one_document_with_its_landmarks_and_one_first_heading(self, pages: Pages, page: Page) -> None:
        tags = [tag for tag, _ in Reader(pages.render(page)).elements]
        assert [tags.count(tag) for tag in ("html", "title", "main", "h1")] == [1, 1, 1, 1]
        assert {"header", "footer", "nav"} <= set(tags)

    @pytest.mark.parametrize("page", [*full_pages(), *bare_pages()], ids=name)
    def test_carries_no_inline_style_script_or_handler(self, pages: Pages, page: Page) -> None:
        for tag, attributes in Reader(pages.render(page)).elements:
            assert tag != "style"
            assert not [key for key in attributes if key == "style" or key.startswith("on")]
            if tag == "script":
                assert attributes.get("type") == "application/ld+json" or attributes["src"]

    @pytest.mark.parametrize("page", full_pages(HOSTILE), ids=name)
    def test_shows_hostile_words_as_words(self, pages: Pages, page: Page) -> None:
        html = pages.render(page)
        read = Reader(html)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert not [key for _, attributes in read.elements for key in attributes if key.startswith("on")]
        assert any(HOSTILE in text for _, text in read.texts)

    @pytest.mark.parametrize("page", full_pages(HOSTILE), ids=name)
    def test_keeps_its_data_for_search_engines_whole(self, pages: Pages, page: Page) -> None:
        html = pages.render(page)
        block = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        assert orjson.loads(block)["headline"] == HOSTILE

    @pytest.mark.parametrize("page", [*full_pages(), *bare_pages()], ids=name)
    def test_names_only_static_files_that_are_there(self, pages: Pages, assets: Assets, page: Page) -> None:
        linked = [url for url in Reader(pages.render(page)).values("src", "href") if url.startswith(STATIC_URL)]
        found = [assets.find(url.removeprefix(STATIC_URL)) for url in linked]
        assert len(found) >= 6
        assert all(match is not None and match[1] for match in found)

    @pytest.mark.parametrize("page", [*full_pages(), *bare_pages()], ids=name)
    def test_gives_each_id_once_and_every_field_a_label(self, pages: Pages, page: Page) -> None:
        read = Reader(pages.render(page))
        ids = list(read.values("id"))
        assert len(ids) == len(set(ids))
        fields = [a for tag, a in read.elements if tag in {"input", "select", "textarea"} and a.get("type") != "hidden"]
        assert all(field.get("aria-label") or field.get("id") in set(read.values("for")) for field in fields)

    def test_of_a_right_to_left_language_says_so(self, assets: Assets) -> None:
        html = Pages(dataclasses.replace(SITE, language="he"), assets).render(bare_pages()[0])
        assert '<html lang="he" dir="rtl"' in html


class TestContexts:
    """The dataclass, its words and its template say the same."""

    @pytest.mark.parametrize("kind", get_args(Page), ids=lambda kind: kind.__name__)
    def test_is_documented_and_its_template_uses_exactly_what_it_has(self, kind: type[Page]) -> None:
        jinja = environment(SITE, Assets())
        asked = names_asked_for(jinja, TEMPLATES[kind])
        assert asked - set(jinja.globals) == set(names_of(kind))
        assert kind.__doc__

    def test_every_public_dataclass_is_documented_and_frozen(self) -> None:
        classes = [one for one in vars(contexts).values() if isinstance(one, type) and dataclasses.is_dataclass(one)]
        assert len(classes) >= 15
        for one in classes:
            assert one.__doc__
            assert not one.__doc__.startswith(f"{one.__name__}(")  # not the one that dataclass writes
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(object.__new__(one), dataclasses.fields(one)[0].name, None)


def names_asked_for(jinja: Any, template: str) -> set[str]:
    """The names that a template and those above it read from outside."""
    tree = jinja.parse(jinja.loader.get_source(jinja, template)[0])
    own: set[str] = {macro.name for macro in tree.find_all(nodes.Macro)}
    for found in tree.find_all(nodes.FromImport):
        own |= {entry if isinstance(entry, str) else entry[1] for entry in found.names}
    for assigned in tree.find_all((nodes.Assign, nodes.AssignBlock)):
        own |= {target.name for target in assigned.find_all(nodes.Name) if target.ctx == "store"}
    asked = meta.find_undeclared_variables(tree) - own
    for parent in tree.find_all(nodes.Extends):
        asked |= names_asked_for(jinja, parent.template.value)
    return asked


class TestHome:
    def test_leads_with_the_newest_article_on_its_first_page_only(self, pages: Pages) -> None:
        first = full_pages()[0]
        assert isinstance(first, HomePage)
        assert '<article class="lead' in pages.render(first)
        assert '<article class="lead' not in pages.render(dataclasses.replace(first, is_first_page=False))


class TestArticle:
    def page(self, **changes: Any) -> ArticlePage:
        page = full_pages()[1]
        assert isinstance(page, ArticlePage)
        return dataclasses.replace(page, **changes)

    def test_tells_the_day_in_words_and_exactly(self, pages: Pages) -> None:
        html = pages.render(self.page())
        time = '<time datetime="2026-03-12T09:30:00+00:00" title="12 March 2026, 09:30 UTC">12 March 2026</time>'
        assert time in html
        assert "Updated" in html

    def test_names_a_revision_only_when_it_came_days_later(self, pages: Pages) -> None:
        article = dataclasses.replace(self.page().article, updated_at=PUBLISHED + timedelta(hours=2))
        assert "Updated" not in pages.render(self.page(article=article))

    def test_offers_contents_only_for_a_text_with_parts(self, pages: Pages) -> None:
        assert pages.render(self.page()).count('href="#h-2"') == 2  # beside the text, and folded above it
        assert "On this page" not in pages.render(self.page(toc=self.page().toc[:2]))

    def test_shows_its_html_as_it_is_and_escapes_what_is_not_markup(self, pages: Pages) -> None:
        assert "<p>Body</p>" in pages.render(self.page())
        unsafe: Any = "<p>Body</p>"
        assert "<p>Body</p>" not in pages.render(self.page(html=unsafe))

    def test_shows_covers_beside_other_articles_only_if_all_have_one(self, pages: Pages) -> None:
        first, *others = self.page().related
        mixed = (dataclasses.replace(first, cover_url=None), *others)
        assert pages.render(self.page()).count("story-cover") == 3
        assert "story-cover" not in pages.render(self.page(related=mixed))

    def test_stays_small(self, pages: Pages, assets: Assets) -> None:
        html = pages.render(self.page())
        files = {url for url in Reader(html).values("src", "href") if url.startswith(STATIC_URL)}
        found = [assets.find(url.removeprefix(STATIC_URL)) for url in files]
        plain = sum(len(match[0].body) for match in found if match) + len(html)
        assert plain < 90_000


class TestTopics:
    def test_stand_under_their_letters(self) -> None:
        names = ("éclairs", "Zebras", "2024", "apples", "Äpfel")
        page = TagsPage(BARE_META, tuple(TagRef(str(at), tag) for at, tag in enumerate(names)))
        assert [letter for letter, _ in page.groups] == ["#", "A", "E", "Z"]
        assert sum(len(tags) for _, tags in page.groups) == len(names)

    def test_addresses_hold_any_slug(self) -> None:
        assert TagRef("a b/ü?", "x").url == "/tags/a%20b%2F%C3%BC%3F"


class TestSearch:
    def page(self, **changes: Any) -> SearchPage:
        page = full_pages()[5]
        assert isinstance(page, SearchPage)
        return dataclasses.replace(page, **changes)

    def test_marks_the_found_words(self, pages: Pages) -> None:
        assert "a <mark>hit</mark> here" in pages.render(self.page())

    def test_says_what_it_searched_for_instead(self, pages: Pages) -> None:
        html = pages.render(self.page(query="wlaking", corrected="walking"))
        assert "Nothing matches “wlaking”" in html
        assert "<strong>walking</strong>" in html


class TestError:
    def test_names_the_request_and_ways_on(self, pages: Pages) -> None:
        page = ErrorPage(dataclasses.replace(BARE_META, noindex=True), 404, "Not here", "Look elsewhere.", "req-1")
        html = pages.render(page)
        assert "<code>req-1</code>" in html
        assert {"/", "/tags", "/search"} <= set(Reader(html).values("href", "action"))
        assert '<meta name="robots" content="noindex">' in html


class TestAssets:
    def test_an_address_changes_with_the_content(self) -> None:
        assert Assets("#2f5d50").url("tokens.css") == Assets("#2f5d50").url("tokens.css")
        assert Assets("#2f5d50").url("tokens.css") != Assets("#b4472b").url("tokens.css")

    def test_an_old_address_still_finds_the_file_but_is_not_for_ever(self, assets: Assets) -> None:
        stale = assets.find("theme.000000000000.js")
        assert stale is not None
        assert stale[0].name == "theme.js"
        assert stale[1] is False

    @pytest.mark.parametrize("path", ["", "nothing.css", "../assets.py", "theme.js/", "theme.000000000000.css"])
    def test_what_is_not_there_is_not_found(self, assets: Assets, path: str) -> None:
        assert assets.find(path) is None

    def test_scripts_import_each_other_by_their_hashed_addresses(self, assets: Assets) -> None:
        scripts = [asset for asset in assets if asset.name.endswith(".js")]
        imports = [
            found
            for asset in scripts
            for found in re.findall(r'^import .* from "(.+)";', asset.body.decode(), re.MULTILINE)
        ]
        assert imports
        assert set(imports) <= {asset.url for asset in scripts}

    def test_nothing_is_loaded_from_elsewhere(self, assets: Assets) -> None:
        for asset in assets:
            text = asset.body.decode().replace("http://www.w3.org/", "")
            assert "http://" not in text
            assert "https://" not in text
            assert "url(" not in text

    def test_every_class_an_article_can_carry_has_a_look(self, assets: Assets) -> None:
        found = [assets.find(sheet) for sheet in ("components.css", "highlight.css")]
        known = set(re.findall(r"\.([a-z][a-z0-9-]*)", "".join(match[0].body.decode() for match in found if match)))
        assert set().union(*(names for tag, names in CLASSES.items() if tag != "span")) <= known


class TestAccent:
    LIGHT, DARK = "#fdfefd", "#101413"

    @pytest.mark.parametrize("accent", [DEFAULT_ACCENT, "#ffcc00", "#ff0000", "#00f", "#808080", "#fff", "#000"])
    def test_is_readable_on_light_and_dark_whatever_was_chosen(self, accent: str) -> None:
        pairs = dict(re.findall(r"--([a-z-]+): light-dark\((#\w{6}, #\w{6})\)", theme_css(accent)))
        shape, text, ink = (pairs[key].split(", ") for key in ("accent", "accent-text", "on-accent"))
        for at, ground in enumerate((self.LIGHT, self.DARK)):
            assert contrast(shape[at], ground) >= 4.5
            assert contrast(text[at], ground) >= 7
            assert contrast(ink[at], shape[at]) >= 4.5

    def test_stays_as_chosen_where_it_is_readable(self) -> None:
        assert "--accent: light-dark(#2f5d50," in theme_css("#2f5d50")

    @pytest.mark.parametrize("accent", ["red", "", "#12", "#1234567", "#2f5d50;}body{display:none", "#2f5d5g"])
    def test_refuses_what_is_not_a_colour(self, accent: str) -> None:
        with pytest.raises(InvalidInput, match="must look like #2f5d50"):
            theme_css(accent)

    def test_contrast_is_that_of_wcag(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
