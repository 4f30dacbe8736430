"""What becomes of citations, however an answer is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.modules.ai.chat.citing import CitationCheck
from stoa.modules.ai.chat.grounding import Passage

PASSAGES = [
    Passage(1, "Stoa", "/1", "", "A stoa is a covered  walkway\nor “portico” for public use."),
    Passage(2, "Stairs", "/2", "", "Stairs lead up."),
]


def checked(*pieces: str) -> str:
    check = CitationCheck(PASSAGES)
    return "".join([check.feed(piece) for piece in pieces]) + check.finish()


class TestCitationCheck:
    @pytest.mark.parametrize(
        ("answer", "kept"),
        [
            ("It is a walkway [1].", "It is a walkway [1]."),
            ("It is a boat [3].", "It is a boat."),
            ("Both [1, 2] and [2; 9].", "Both [1][2] and [2]."),
            ('"A stoa is a covered walkway" [1].', '"A stoa is a covered walkway" [1].'),
            ('"a Stoa is a covered walkway or "portico"" [1]', '"a Stoa is a covered walkway or "portico"" [1]'),
            ('"A stoa is a kind of boat" [1].', '"A stoa is a kind of boat".'),
            ('"A stoa is a covered walkway" [2].', '"A stoa is a covered walkway".'),
            ("“A stoa … for public use” [1].", "“A stoa … for public use” [1]."),
            ("«Stairs lead down.» [2]", "«Stairs lead down.»"),
            ('"Stairs lead up" [2], which is nice [1].', '"Stairs lead up" [2], which is nice [1].'),
            ("Say `x[9]` or `y [8]`, not [9].", "Say `x[9]` or `y [8]`, not."),
            ("Code:\n```\nx = y[7]\n```\nSee [7].", "Code:\n```\nx = y[7]\n```\nSee."),
            ('"nowhere at all written"\nA new line [2].', '"nowhere at all written"\nA new line [2].'),
            ("A [link](/x) and a list: [ ] todo, [x] done, x[0]", "A [link](/x) and a list: [ ] todo, [x] done, x"),
            ("Open [ and [1] and [12", "Open [ and [1] and [12"),
            ("no end [", "no end ["),
            ("", ""),
        ],
    )  # fmt: skip
    def test_keeps_what_has_a_source(self, answer: str, kept: str) -> None:
        assert checked(answer) == kept

    @given(
        st.lists(st.sampled_from(['"A stoa is a covered walkway"', '"not in there"', " [1]", "[9]", "[1, 7]", " ", "[",
                                  "]", "x", "\n", "[a]", "  [2] "]), max_size=12),
        st.lists(st.integers(0, 120), max_size=8),
    )  # fmt: skip
    def test_is_the_same_however_it_is_cut(self, parts: list[str], cuts: list[int]) -> None:
        answer = "".join(parts)
        places = sorted({0, *(min(cut, len(answer)) for cut in cuts), len(answer)})
        pieces = [answer[a:b] for a, b in pairwise(places)]
        assert checked(*pieces) == checked(answer)
        assert "[9]" not in checked(answer)
