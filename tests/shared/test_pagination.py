"""Cursors hold what was put in, and nothing else gets through."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stoa.shared.errors import MalformedInput
from stoa.shared.pagination import LONGEST_CURSOR, PageQuery, decode_cursor, encode_cursor

LETTERS = st.characters(exclude_characters="\0", codec="utf-8")


class TestCursor:
    @given(st.datetimes(timezones=st.just(UTC)), st.uuids(), st.text(LETTERS))
    def test_comes_back_as_it_went(self, moment: datetime, identity: UUID, words: str) -> None:
        cursor = encode_cursor("list", moment, identity, words)
        assert decode_cursor(cursor, "list", datetime, UUID, str) == (moment, identity, words)

    @given(st.text(max_size=200))
    def test_anything_else_is_malformed_input(self, cursor: str) -> None:
        with pytest.raises(MalformedInput):
            decode_cursor(cursor, "list", datetime, UUID)

    def test_of_another_list_is_refused(self) -> None:
        cursor = encode_cursor("tags", uuid4())
        with pytest.raises(MalformedInput):
            decode_cursor(cursor, "articles", UUID)

    @pytest.mark.parametrize("value", [2**40, -(2**40), True, 1.5, None, [1], "1"])
    def test_of_a_wrong_kind_is_refused(self, value: object) -> None:
        with pytest.raises(MalformedInput):
            decode_cursor(encode_cursor("list", value), "list", int)


class TestPageQuery:
    def test_an_empty_cursor_is_the_first_page(self) -> None:
        assert PageQuery.model_validate({"cursor": ""}).cursor is None

    def test_a_cursor_has_a_bound(self) -> None:
        with pytest.raises(ValidationError):
            PageQuery.model_validate({"cursor": "x" * (LONGEST_CURSOR + 1)})
