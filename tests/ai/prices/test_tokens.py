"""Tokens are counted before anything is spent: rather too many than too few."""

import pytest

from stoa.modules.ai.prices.tokens import count, estimate, most_output
from stoa.shared.errors import InvalidInput


class TestCount:
    def test_counts_as_openai_does(self) -> None:
        assert count("hello world this is a test") == 6
        assert count("") == 0

    def test_a_long_text_is_never_counted_by_its_beginning(self) -> None:
        assert count(" " * 50_000 + "\u4e2d" * 100_000) > 90_000
        assert 200_000 < count("word " * 200_000) < 400_000


class TestEstimate:
    def test_counts_all_that_is_sent(self) -> None:
        plain = estimate({"messages": [{"role": "user", "content": "one two three"}]})
        assert 3 <= plain <= 20
        tool = {"type": "function", "function": {"name": "f", "description": "many words " * 50}}
        assert estimate({"messages": [{"role": "user", "content": "one two three"}], "tools": [tool]}) > plain + 90
        picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 100_000}}
        assert 1_000 < estimate({"messages": [{"role": "user", "content": [picture]}]}) < 3_000

    def test_counts_inputs_of_every_form(self) -> None:
        assert estimate({"input": "one two"}) == estimate({"input": ["one two"]}) == 2
        assert estimate({"input": [1, 2, 3]}) == estimate({"input": [[1, 2, 3]]}) == 3

    def test_depth_is_no_matter(self) -> None:
        deep: list[object] = []
        for _ in range(5_000):
            deep = [deep]
        assert estimate({"messages": [{"role": "user", "content": deep}]}) > 0
        assert estimate({"input": deep}) == 1


class TestMostOutput:
    @pytest.mark.parametrize(
        ("body", "most"),
        [
            ({}, 4_096),
            ({"max_tokens": 10}, 10),
            ({"max_completion_tokens": 7, "max_tokens": 9}, 7),
            ({"max_tokens": 5, "n": 3}, 15),
        ],
    )
    def test_is_what_was_asked_for(self, body: dict[str, int], most: int) -> None:
        assert most_output(body) == most

    @pytest.mark.parametrize(
        "body", [{"max_tokens": 0}, {"max_tokens": 10**9}, {"max_tokens": "9"}, {"n": 9}, {"n": True}]
    )
    def test_absurd_numbers_are_refused(self, body: dict[str, object]) -> None:
        with pytest.raises(InvalidInput, match="must be"):
            most_output(body)
