"""What search makes of words and texts before PostgreSQL sees them, and of its answers after."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.search import tsquery
from stoa.modules.content.search.languages import configuration
from stoa.modules.content.search.query import beginnings, check, readings
from stoa.modules.content.search.schemas import Reach, SearchRequest, reach_of
from stoa.modules.content.search.text import MOST_BYTES, START, STOP, prepare, prepare_words, show
from stoa.modules.content.search.typos import Candidate, by_nearness, meant, replaced, slips, typed_words
from stoa.shared.errors import InvalidInput, MalformedInput

TEXTS = st.text(st.characters(codec="utf-8"))
LEXEMES = st.text(st.sampled_from("ab'\\é |&"), min_size=1, max_size=4)


def nodes() -> st.SearchStrategy[tsquery.Node]:
    """Trees as `websearch_to_tsquery` makes them: alternatives of conjunctions of words, phrases and exclusions."""
    words = st.builds(tsquery.Word, LEXEMES)
    phrases = st.builds(tsquery.Phrase, words, words, st.sampled_from(["<->", "<3>"]))
    longer = st.builds(tsquery.Phrase, phrases, words, st.just("<->"))
    wanted = words | phrases | longer
    term = wanted | st.builds(tsquery.Not, wanted)
    every = st.lists(term, min_size=2, max_size=4).map(lambda parts: tsquery.All(tuple(parts)))
    either = st.lists(term | every, min_size=2, max_size=3).map(lambda parts: tsquery.Any(tuple(parts)))
    return term | every | either


class TestStoredText:
    @given(TEXTS)
    def test_comes_back_as_it_was_but_for_blanks(self, text: str) -> None:
        plain = "".join(" " if ord(c) < 32 or ord(c) == 127 else c for c in unicodedata.normalize("NFC", text))
        assert html.unescape(show(prepare(text))) == " ".join(plain.split())

    @given(TEXTS)
    def test_is_always_safe_html(self, text: str) -> None:
        shown = show(f"{START}{prepare(text)}{STOP}")
        assert shown.startswith("<mark>")
        assert "<" not in shown.removeprefix("<mark>").removesuffix("</mark>")

    @pytest.mark.parametrize("text", ["settings.py", "sqlite3.connect", "usr/bin", "<div>", "a@b", "検索"])
    def test_is_divided_where_readers_see_two_words(self, text: str) -> None:
        assert prepare(text) != text

    @pytest.mark.parametrize("text", ["3.11", "10:30", "don't", "full-text", "The end. New", "été"])
    def test_keeps_what_is_one_word_or_is_divided_anyway(self, text: str) -> None:
        assert prepare(text) == text

    def test_is_cut_between_characters_where_it_is_too_long(self) -> None:
        stored = prepare("é" * MOST_BYTES)
        assert stored == "é" * (MOST_BYTES // 2)

    def test_neighbours_in_marks_become_one_mark(self) -> None:
        assert show(f"{START}検{STOP}\x16{START}索{STOP}") == "<mark>検索</mark>"


class TestSearchedWords:
    @pytest.mark.parametrize(
        ("words", "asked"),
        [
            ("settings.py", '"settings py"'),
            ("-settings.py", '-"settings py"'),
            ('"read settings.py now" -x', '"read settings py now" -x'),
            ("python 3.11", "python 3.11"),
            ('half "a quote', "half  a quote"),
            ("検索", '"検 索"'),
        ],
    )
    def test_are_asked_for_as_texts_are_stored(self, words: str, asked: str) -> None:
        assert prepare_words(words) == asked

    @pytest.mark.parametrize(
        ("words", "fault"), [("a\0b", MalformedInput), ("\ud800", MalformedInput), ("a" * 201, InvalidInput)]
    )
    def test_out_of_bounds_are_refused(self, words: str, fault: type[Exception]) -> None:
        with pytest.raises(fault):
            check(SearchRequest(words=words))

    def test_too_many_are_refused(self) -> None:
        with pytest.raises(InvalidInput, match="25 words"):
            readings([("stoa_simple", " & ".join(f"'w{n}'" for n in range(25)))])

    def test_too_deep_pages_are_refused(self) -> None:
        with pytest.raises(InvalidInput, match="1,000"):
            check(SearchRequest(words="a", skip=1_001))


class TestReading:
    @given(nodes())
    def test_postgresql_writes_what_we_write(self, node: tsquery.Node) -> None:
        parsed = tsquery.parse(tsquery.render(node))
        assert parsed is not None
        assert tsquery.render(parsed) == tsquery.render(node)

    @given(nodes(), st.sets(LEXEMES))
    def test_the_loose_query_misses_nothing(self, node: tsquery.Node, article: set[str]) -> None:
        searchable = tsquery.searchable(node)
        if searchable is not None and may_match(searchable, article):
            assert may_match(tsquery.loosened(searchable), article)

    @given(nodes(), st.sets(LEXEMES))
    def test_every_match_has_one_of_the_words(self, node: tsquery.Node, article: set[str]) -> None:
        searchable = tsquery.searchable(node)
        if searchable is not None and may_match(searchable, article):
            assert article & set(tsquery.words(searchable))

    @pytest.mark.parametrize("query", ["", "!'a'", "!'a' & !'b'", "!( 'a' <-> 'b' ) | !'c'"])
    def test_nothing_but_exclusions_asks_for_nothing(self, query: str) -> None:
        assert readings([("stoa_english", query)]) == []

    def test_a_branch_of_exclusions_is_left_out(self) -> None:
        (reading,) = readings([("stoa_english", "'a' | !'b'")])
        assert reading.strict == "'a'"

    def test_a_phrase_is_asked_of_the_index_by_its_pairs(self) -> None:
        (reading,) = readings([("stoa_english", "'state' <3> 'art' <-> 'now' & 'x' & !( 'b' <-> 'c' )")])
        assert reading.pairs == ("state art", "art now")
        assert reading.loose == "((('state' & 'art') & 'now') & 'x')"
        assert reading.wanted == "((('state' <3> 'art') <-> 'now') & 'x')"
        assert reading.has_phrase

    def test_a_phrase_under_or_has_no_pairs_that_all_must_have(self) -> None:
        (reading,) = readings([("stoa_english", "'a' <-> 'b' | 'c'")])
        assert reading.pairs == ()
        assert reading.has_phrase

    def test_languages_that_read_the_same_share_a_reading(self) -> None:
        found = readings([("stoa_english", "'run'"), ("stoa_simple", "'running'"), ("stoa_german", "'run'")])
        assert [reading.configs for reading in found] == [("stoa_english", "stoa_german"), ("stoa_simple",)]

    def test_beginnings_reach_the_words_their_stems_come_from(self) -> None:
        assert beginnings(readings([("stoa_english", "'polici' & 'art' & 'a.b'")])) == r"\m(art|polic)"


def may_match(node: tsquery.Node, article: set[str]) -> bool:
    """Whether an article with these words matches, its phrases standing wherever they must."""
    match node:
        case tsquery.Word(lexeme):
            return lexeme in article
        case tsquery.Not(part):
            return tsquery.has_phrase(part) or not may_match(part, article)
        case tsquery.Phrase(first, then, _):
            return may_match(first, article) and may_match(then, article)
        case tsquery.All(parts):
            return all(may_match(part, article) for part in parts)
        case tsquery.Any(parts):
            return any(may_match(part, article) for part in parts)


class TestTypos:
    @pytest.mark.parametrize(
        ("typed", "meant", "count"),
        [
            ("langauge", "language", 1),
            ("languge", "language", 1),
            ("lamguage", "language", 1),
            ("llanguage", "language", 1),
            ("accomodaton", "accommodation", 2),
            ("tests", "language", 3),
            ("ab", "ba", 1),
            ("same", "same", 0),
        ],
    )
    def test_slips_are_counted(self, typed: str, meant: str, count: int) -> None:
        assert slips(typed, meant, most=2) == count

    @given(st.text("ab", max_size=6), st.text("ab", max_size=6))
    def test_slips_are_the_same_both_ways(self, one: str, other: str) -> None:
        assert slips(one, other, most=6) == slips(other, one, most=6)
        assert (slips(one, other, most=6) == 0) == (one == other)

    def test_the_nearest_come_first_and_then_the_more_frequent(self) -> None:
        candidates = [Candidate("reading", 5), Candidate("heading", 90), Candidate("threading", 1_000)]
        assert [one.word for _, one in by_nearness("eading", candidates)] == ["heading", "reading"]

    def test_two_slips_are_too_many_for_a_short_word(self) -> None:
        assert by_nearness("cart", [Candidate("bark", 10)]) == []
        assert by_nearness("cartography", [Candidate("carkograpyh", 10)]) == [(2, Candidate("carkograpyh", 10))]

    @pytest.mark.parametrize(
        ("second", "words"),
        [
            ((1, Candidate("reading", 10)), ("heading", "reading")),
            ((1, Candidate("reading", 8)), ("heading",)),
            ((2, Candidate("reading", 90)), ("heading",)),
        ],
    )
    def test_a_second_meaning_must_be_as_near_and_not_much_rarer(
        self, second: tuple[int, Candidate], words: tuple[str, ...]
    ) -> None:
        assert meant([(1, Candidate("heading", 90)), second]) == words

    def test_nothing_near_means_nothing(self) -> None:
        assert meant([]) == ()

    def test_everything_but_the_words_stays(self) -> None:
        assert replaced('"machne lerning" or -x', {"machne": "machine", "lerning": "learning"}) == (
            '"machine learning" or -x'
        )

    def test_excluded_and_short_words_are_not_mended(self) -> None:
        assert typed_words('machne -lerning -"deep thoughts" or ab x1y') == ["machne"]


class TestReachAndLanguage:
    @pytest.mark.parametrize(
        ("status", "visibility", "is_deleted", "reach"),
        [
            ("published", "public", False, Reach.PUBLIC),
            ("published", "members", False, Reach.MEMBERS),
            ("published", "public", True, Reach.STAFF),
            ("scheduled", "public", False, Reach.STAFF),
            ("draft", "members", False, Reach.STAFF),
        ],
    )
    def test_only_what_is_published_reaches_readers(
        self, status: str, visibility: str, is_deleted: bool, reach: Reach
    ) -> None:
        assert reach_of(status, visibility, is_deleted=is_deleted) is reach

    @pytest.mark.parametrize(
        ("language", "config"),
        [("en", "stoa_english"), ("pt-BR", "stoa_portuguese"), ("ja", "stoa_simple"), ("", "stoa_simple")],
    )
    def test_languages_without_a_stemmer_are_taken_as_they_are(self, language: str, config: str) -> None:
        assert configuration(language) == config
