"""What changed between two texts, in two columns."""

from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.content.articles.diffing import MOST_LINES, side_by_side

lines = st.lists(st.sampled_from("abcd"), max_size=30)


class TestSideBySide:
    @given(lines, lines)
    def test_every_line_stands_where_its_number_says(self, old: list[str], new: list[str]) -> None:
        rows = side_by_side("\n".join(old), "\n".join(new))
        assert rows is not None
        shown_old = {row.before_line: row.before for row in rows if row.before_line}
        shown_new = {row.after_line: row.after for row in rows if row.after_line}
        assert all(old[number - 1] == text for number, text in shown_old.items())
        assert all(new[number - 1] == text for number, text in shown_new.items())
        hidden_old = [line for number, line in enumerate(old, 1) if number not in shown_old]
        hidden_new = [line for number, line in enumerate(new, 1) if number not in shown_new]
        assert hidden_old == hidden_new
        assert ("gap" in {row.kind for row in rows}) <= bool(hidden_old)
        for row in rows:
            if row.kind == "same":
                assert row.before == row.after
            if row.kind == "changed":
                assert row.before != row.after

    def test_a_gap_stands_for_what_is_far_from_any_change(self) -> None:
        text = [f"line {number}" for number in range(100)]
        rows = side_by_side("\n".join(text), "\n".join(["new", *text[:50], "other", *text[51:]])) or ()
        kinds = [row.kind for row in rows]
        assert kinds == ["added", "same", "same", "gap", "same", "same", "changed", "same", "same", "gap"]

    def test_gives_up_where_too_much_changed(self) -> None:
        assert side_by_side("a\n" * MOST_LINES, "b\n" * MOST_LINES) is not None
        assert side_by_side("a\n" * (MOST_LINES + 1), "b") is None
