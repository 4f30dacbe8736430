"""What the address of a picture says, and that nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.shared.media.names import (
    WIDTHS,
    addresses_in,
    is_address,
    make_name,
    parse_address,
    parse_name,
    size_of,
    srcset,
)

URL = "/media/ab/0123456789abcdef-2000x1000.jpg"
SIDES = st.integers(min_value=1, max_value=2560)
DIGESTS = st.text("0123456789abcdef", min_size=40, max_size=40)


class TestNames:
    @given(DIGESTS, SIDES, SIDES, st.sampled_from(["jpg", "png", "webp"]), st.booleans())
    def test_what_is_made_can_be_read(self, digest: str, width: int, height: int, kind: str, animated: bool) -> None:
        made = make_name(digest, width, height, kind, is_animated=animated)
        name = parse_name(made)
        assert name is not None
        assert (name.text, name.largest, name.size, name.kind) == (made, made, (width, height), kind)
        assert name.widths == (() if animated else tuple(w for w in WIDTHS if w < width))
        for form, form_width in zip(name.forms, name.widths, strict=True):
            smaller = parse_name(form)
            assert smaller is not None
            assert smaller.largest == made
            assert smaller.size is not None
            assert smaller.size[0] == form_width
            assert smaller.size[1] >= 1
            assert srcset(f"/media/{form}") == ""

    @given(st.text(max_size=80))
    def test_nothing_else_is_an_address_and_no_text_is_a_fault(self, text: str) -> None:
        for url in (text, f"/media/{text}", f"{URL}{text}" if text else "x"):
            assert not is_address(url)
            assert srcset(url) == ""
            assert size_of(url) is None

    @pytest.mark.parametrize(
        "url",
        [
            "/media/ab/../../etc/passwd", "/media/ab/0123456789abcdef.svg", "/media/ab/0123456789abcdef-0x10.png",
            "/media/ab/0123456789abcdef.w480.png", "/media/ab/0123456789abcdef-480x10.w480.png", f"{URL}\n",
            "/media/ab/0123456789abcdef-900x10.w960.png", "/media/ab/0123456789abcdef-2000x10.w500.png",
            "/media/ab/0123456789abcdef-2000x10-animated.w480.webp", "/media/ab/0123456789abcdef-\u0661x10.png",
            "https://elsewhere.example" + URL, "/media/AB/0123456789abcdef.png",
        ],
    )  # fmt: skip
    def test_addresses_that_are_none(self, url: str) -> None:
        assert parse_address(url) is None

    def test_a_srcset_names_every_form_and_its_width(self) -> None:
        stem = "/media/ab/0123456789abcdef-2000x1000"
        assert srcset(URL) == f"{stem}.w480.jpg 480w, {stem}.w960.jpg 960w, {stem}.w1600.jpg 1600w, {URL} 2000w"
        assert size_of(f"{stem}.w480.jpg") == (480, 240)

    def test_addresses_without_a_size_stay_valid(self) -> None:
        assert is_address("/media/ab/0123456789abcdef.webp")
        assert srcset("/media/ab/0123456789abcdef.webp") == ""
        assert size_of("/media/ab/0123456789abcdef.webp") is None

    def test_a_text_shows_the_largest_forms(self) -> None:
        text = f"![a]({URL}) ![b](/media/ab/0123456789abcdef-2000x1000.w480.jpg) /media/cd/01234567.png? /media/x.png"
        assert list(addresses_in(text)) == [URL, URL, "/media/cd/01234567.png"]
