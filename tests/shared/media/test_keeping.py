"""What comes back from an export stays bit by bit as it was, if it is the very same and holds only pixels."""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from stoa.shared.media.encoding import HASH_LENGTH, encode_image
from stoa.shared.media.images import EncodedImage
from stoa.shared.media.keeping import as_it_is, encode_or_take_back
from stoa.shared.media.names import make_name
from stoa.shared.media.structure import holds_only_pixels

from .pictures import animation, noise, saved

GRADIENT = Image.linear_gradient("L")
SOURCES = {
    "photo": saved(noise(700, 500), "JPEG"),
    "smooth photo": saved(GRADIENT.convert("RGB"), "JPEG"),
    "grey photo": saved(noise(700, 500).convert("L"), "JPEG"),
    "drawing": saved(GRADIENT.resize((700, 500)).convert("P"), "PNG"),
    "line": saved(Image.new("1", (700, 500), 1), "PNG"),
    "clear": saved(Image.new("RGBA", (700, 500), (1, 2, 3, 4)), "PNG"),
    "clear palette": saved(Image.new("RGBA", (700, 500), (1, 2, 3, 0)).convert("P"), "PNG"),
    "webp": saved(noise(700, 500), "WEBP"),
    "clear webp": saved(Image.new("RGBA", (700, 500), (1, 2, 3, 4)), "WEBP"),
    "lossless webp": saved(noise(200, 100), "WEBP", lossless=True),
    "animation": animation(),
    "clear animation": saved(
        Image.new("RGBA", (60, 20), (9, 9, 9, 0)), "WEBP", save_all=True,
        append_images=[Image.new("RGBA", (60, 20), (n * 80, 0, 0, 99)) for n in range(3)],
    ),
}  # fmt: skip


def address(content: bytes, size: tuple[int, int], kind: str, *, is_animated: bool = False) -> str:
    """The address that these bytes would have here."""
    digest = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
    return f"/media/{make_name(digest, *size, kind, is_animated=is_animated)}"


class TestTheVerySame:
    @pytest.mark.parametrize("name", SOURCES)
    def test_what_we_encoded_stays_with_all_its_forms(self, name: str) -> None:
        made = encode_image(SOURCES[name])
        assert as_it_is(made.content, made.stored.url) == made
        assert encode_or_take_back(made.content, made.stored.url) == made

    def test_a_photo_that_is_not_proven_ours_is_encoded_anew(self) -> None:
        made = encode_image(SOURCES["photo"])
        again = encode_or_take_back(made.content, None)
        assert again.content != made.content
        assert encode_or_take_back(made.content, "/media/ab/0123456789abcdef.jpg") == again


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bare_png() -> bytes:
    return saved(Image.new("RGB", (30, 20), "red"), "PNG")


def bare_jpeg() -> bytes:
    return saved(noise(30, 20), "JPEG")


def bare_webp() -> bytes:
    return saved(noise(30, 20), "WEBP")


def with_chunk_in_png(kind: bytes, data: bytes) -> bytes:
    content = bare_png()
    return content[:33] + png_chunk(kind, data) + content[33:]


def with_more_in_idat(data: bytes, *, packed: bool) -> bytes:
    rows = b"".join(b"\0" + bytes((255, 0, 0)) * 30 for _ in range(20))
    pixels = zlib.compress(rows + data) if packed else zlib.compress(rows) + data
    return bare_png()[:33] + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def with_segment(marker: int, data: bytes) -> bytes:
    content = bare_jpeg()
    return content[:20] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + content[20:]


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def with_chunk_in_webp(kind: bytes, data: bytes) -> bytes:
    return riff(bare_webp()[12:] + kind + struct.pack("<I", len(data)) + data)


HIDDEN = b"who and where" + b"!"
HIDING: dict[str, tuple[bytes, str]] = {
    "text in a PNG": (with_chunk_in_png(b"tEXt", b"k\0" + HIDDEN), "png"),
    "EXIF in a PNG": (with_chunk_in_png(b"eXIf", HIDDEN), "png"),
    "a chunk of nobody's in a PNG": (with_chunk_in_png(b"prIv", HIDDEN), "png"),
    "behind the end of a PNG": (bare_png() + HIDDEN, "png"),
    "a second end of a PNG": (bare_png() + png_chunk(b"IEND", b""), "png"),
    "behind the pixels in IDAT": (with_more_in_idat(HIDDEN, packed=False), "png"),
    "packed behind the pixels in IDAT": (with_more_in_idat(HIDDEN, packed=True), "png"),
    "EXIF in a JPEG": (with_segment(0xE1, b"Exif\0\0" + HIDDEN), "jpg"),
    "a comment in a JPEG": (with_segment(0xFE, HIDDEN), "jpg"),
    "a second JFIF": (with_segment(0xE0, b"JFIF\0" + HIDDEN), "jpg"),
    "a colour profile in a JPEG": (with_segment(0xE2, b"ICC_PROFILE\0" + HIDDEN), "jpg"),
    "behind the end of a JPEG": (bare_jpeg() + HIDDEN, "jpg"),
    "a zip behind a JPEG": (bare_jpeg() + b"PK\x03\x04" + bytes(60), "jpg"),
    "EXIF in a WebP": (with_chunk_in_webp(b"EXIF", HIDDEN), "webp"),
    "XMP in a WebP": (with_chunk_in_webp(b"XMP ", HIDDEN), "webp"),
    "a chunk of nobody's in a WebP": (with_chunk_in_webp(b"HIDE", HIDDEN), "webp"),
    "behind the end of a WebP": (bare_webp() + HIDDEN, "webp"),
    "EXIF by Pillow": (saved(noise(30, 20), "WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0"), "webp"),
    "a GIF": (saved(noise(30, 20), "GIF"), "gif"),
}


NOT_OURS = {
    "an animation's chunk in a PNG": (with_chunk_in_png(b"acTL", struct.pack(">II", 1, 0)), "png"),
    "a large table in a JPEG": (with_segment(0xDB, HIDDEN * 200), "jpg"),
    "a JPEG without end": (bare_jpeg()[:-2], "jpg"),
    "half a PNG": (bare_png()[:-20], "png"),
    "half a WebP": (bare_webp()[:-20], "webp"),
}


class TestHiddenThings:
    @pytest.mark.parametrize("name", NOT_OURS)
    def test_what_we_never_write_is_not_kept(self, name: str) -> None:
        content, kind = NOT_OURS[name]
        assert not holds_only_pixels(content, kind)
        assert as_it_is(content, address(content, (30, 20), kind)) is None

    @pytest.mark.parametrize("name", HIDING)
    def test_nothing_is_kept_beside_the_pixels(self, name: str) -> None:
        content, kind = HIDING[name]
        Image.open(io.BytesIO(content)).load()  # a picture it is
        url = address(content, (30, 20), kind)

        assert not holds_only_pixels(content, kind)
        assert as_it_is(content, url) is None
        made = encode_or_take_back(content, url)
        assert HIDDEN not in made.content
        assert made.stored.url != url

    @pytest.mark.parametrize("make", [bare_png, bare_jpeg, bare_webp])
    def test_without_them_the_same_files_are_kept(self, make: Callable[[], bytes]) -> None:
        content = make()
        kind = {bare_png: "png", bare_jpeg: "jpg", bare_webp: "webp"}[make]
        made = as_it_is(content, address(content, (30, 20), kind))
        assert made is not None
        assert made.content == content


class TestFalseNames:
    made: EncodedImage = encode_image(SOURCES["photo"])

    def test_another_picture_under_this_name(self) -> None:
        assert as_it_is(encode_image(SOURCES["webp"]).content, self.made.stored.url) is None

    @pytest.mark.parametrize("size", [(500, 700), (10, 10), (2560, 2560)])
    def test_another_size_than_the_picture_has(self, size: tuple[int, int]) -> None:
        kind = self.made.name.rpartition(".")[2]
        assert as_it_is(self.made.content, address(self.made.content, size, kind)) is None

    def test_another_kind_than_it_is(self) -> None:
        for kind in {"png", "jpg", "webp", "gif"} - {self.made.name.rpartition(".")[2]}:
            assert as_it_is(self.made.content, address(self.made.content, (700, 500), kind)) is None

    def test_a_still_that_says_it_moves_and_the_reverse(self) -> None:
        still, moving = encode_image(SOURCES["webp"]), encode_image(SOURCES["animation"])
        assert as_it_is(still.content, address(still.content, (700, 500), "webp", is_animated=True)) is None
        assert as_it_is(moving.content, address(moving.content, (600, 20), "webp")) is None

    def test_a_smaller_form(self) -> None:
        name, content = self.made.smaller[0]
        assert as_it_is(content, f"/media/{name}") is None

    def test_a_picture_that_is_longer_than_ours_are(self) -> None:
        content = saved(Image.new("RGB", (2561, 2)), "JPEG")
        assert as_it_is(content, address(content, (2561, 2), "jpg")) is None


class TestDamage:
    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from([bare_png(), bare_jpeg(), bare_webp()]), st.data())
    def test_no_bytes_are_a_fault_of_ours(self, content: bytes, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=12))
        cut = data.draw(st.integers(0, 12))
        changed = content[:place] + piece + content[place + cut :]
        for kind in ("png", "jpg", "webp"):
            assert holds_only_pixels(changed, kind) in {True, False}
            url = address(changed, (30, 20), kind)
            made = as_it_is(changed, url)
            assert made is None or (made.content == changed and made.stored.url == url)
