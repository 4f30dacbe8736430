import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stoa.shared.errors import TooLarge
from stoa.shared.media import LARGEST_UPLOAD, MediaStore, UnreadableImage, encode_image

from .building import png


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(store: Path, url: str) -> Image.Image:
    image = Image.open(store / url.removeprefix("/media/"))
    image.load()
    return image


def put(store: Path, content: bytes) -> str:
    return MediaStore(store).put_image(io.BytesIO(content)).url


class TestPutImage:
    def test_the_same_image_is_kept_once_under_the_name_of_its_contents(self, tmp_path: Path) -> None:
        first, second = put(tmp_path, png()), put(tmp_path, png())

        assert first == second
        assert first.startswith("/media/")
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / first.removeprefix("/media/")]
        assert put(tmp_path, png(colour=(0, 0, 0))) != first

    @pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
    def test_metadata_is_gone_and_the_picture_stands_upright(self, tmp_path: Path, kind: str, suffix: str) -> None:
        exif = Image.Exif()
        exif[0x010E], exif[0x0112] = "the secret place", 6  # description; turned by 90 degrees
        content = saved(Image.new("RGB", (40, 20), "red"), kind, exif=exif)
        assert b"secret" in content

        url = put(tmp_path, content + b"<script>a second file behind</script>")

        image = opened(tmp_path, url)
        kept = (tmp_path / url.removeprefix("/media/")).read_bytes()
        assert url.endswith(suffix)
        assert image.size == (20, 40)
        assert b"secret" not in kept
        assert b"script" not in kept
        assert not image.getexif()

    def test_a_large_picture_is_made_smaller(self, tmp_path: Path) -> None:
        made = MediaStore(tmp_path).put_image(io.BytesIO(saved(Image.new("RGB", (4000, 1000)), "JPEG")))

        assert (made.width, made.height) == (2560, 640)
        assert opened(tmp_path, made.url).size == (2560, 640)

    @pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
    def test_transparency_stays(self, tmp_path: Path, mode: str) -> None:
        clear = Image.new("RGBA", (4, 4), (9, 9, 9, 0))
        image = opened(tmp_path, put(tmp_path, saved(clear.convert(mode), "PNG"))).convert("RGBA")

        assert image.getpixel((0, 0))[3] == 0  # type: ignore[index] # RGBA pixels are tuples

    def test_an_animation_stays_one(self, tmp_path: Path) -> None:
        frames = [Image.new("RGB", (30, 20), (n * 80, 0, 0)) for n in range(3)]
        content = saved(
            frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[50, 60, 70], comment=b"hid"
        )

        url = put(tmp_path, content)

        image = opened(tmp_path, url)
        assert url.endswith(".webp")
        assert (image.n_frames, image.size) == (3, (30, 20))  # type: ignore[attr-defined] # WebP images have it
        assert b"hid" not in (tmp_path / url.removeprefix("/media/")).read_bytes()

    def test_colours_of_print_become_those_of_screens(self, tmp_path: Path) -> None:
        assert opened(tmp_path, put(tmp_path, saved(Image.new("CMYK", (4, 4)), "JPEG"))).mode == "RGB"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_that_says(width: int, height: int, *more: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


class TestRefusals:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"GIF89a",
            b"RIFF1234WEBPVP8 ",
            png()[:50],
            png_that_says(10, 10),
            png_that_says(10, 10, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000)))),
            saved(Image.new("RGB", (300, 300)), "BMP"),
            saved(Image.effect_noise((300, 300), 9), "JPEG")[:3000],
        ],
    )
    def test_what_is_no_whole_image_of_a_known_kind(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(UnreadableImage):
            put(tmp_path, content)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("size", [(60_000, 60_000), (24_001, 1000)])
    def test_too_many_pixels_are_refused_before_they_are_decoded(self, size: tuple[int, int]) -> None:
        with pytest.raises(TooLarge, match="24 million"):
            encode_image(io.BytesIO(png_that_says(*size)))

    def test_a_long_animation(self) -> None:
        frames = [Image.new("L", (2000, 2000), n) for n in range(40)]
        content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

        with pytest.raises(TooLarge, match="animation"):
            encode_image(io.BytesIO(content))

    def test_more_bytes_than_allowed_are_not_even_read(self) -> None:
        stream = io.BytesIO(bytes(LARGEST_UPLOAD + 1000))

        with pytest.raises(TooLarge, match="20 MB"):
            encode_image(stream)
        assert stream.tell() == LARGEST_UPLOAD + 1
