"""Whatever comes in, only pixels come out: upright, in sRGB, not too long, in several sizes."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from stoa.shared.errors import TooLarge
from stoa.shared.media.encoding import encode_image, encode_square
from stoa.shared.media.images import LARGEST_UPLOAD, EncodedImage, UnreadableImage
from stoa.shared.media.names import parse_name, size_of
from tests.content.importing.building import png
from tests.users.pictures import with_place

from .pictures import noise, saved


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def forms(image: EncodedImage) -> dict[str, bytes]:
    return {image.name: image.content, **dict(image.smaller)}


class TestEncoding:
    def test_the_same_image_gets_the_same_name(self) -> None:
        assert encode_image(png()).name == encode_image(png()).name
        assert encode_image(png()).name != encode_image(png(colour=(0, 0, 0))).name

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_metadata_is_gone_from_every_form_and_the_picture_stands_upright(self, kind: str) -> None:
        exif = Image.Exif()
        exif[0x010E], exif[0x0112] = "the secret place", 6  # description; turned by 90 degrees
        content = saved(noise(700, 500), kind, exif=exif)
        assert b"secret" in content

        made = encode_image(content + b"<script>a second file behind</script>")

        assert opened(made.content).size == (500, 700)
        assert len(forms(made)) == 2
        for kept in forms(made).values():
            assert b"secret" not in kept
            assert b"script" not in kept
            assert not opened(kept).getexif()

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_nobody_learns_where_it_was_taken(self, kind: str) -> None:
        sent = with_place(kind)
        assert b"taken at home" in sent
        made = encode_image(sent)
        assert b"taken" not in made.content
        assert dict(opened(made.content).getexif()) == {}

    def test_a_photo_becomes_what_is_smaller(self) -> None:
        smooth = Image.linear_gradient("L").resize((900, 900)).convert("RGB")
        assert encode_image(saved(smooth, "JPEG")).name.endswith(".webp")
        for name in ("PNG", "WEBP"):
            assert encode_image(saved(smooth, name)).name.endswith(name.lower())

    def test_a_large_picture_is_made_smaller_and_comes_in_all_widths(self) -> None:
        made = encode_image(saved(Image.new("RGB", (4000, 1000)), "JPEG"))

        assert (made.width, made.height) == (2560, 640)
        sizes = {name: opened(content).size for name, content in forms(made).items()}
        assert sorted(sizes.values()) == [(480, 120), (960, 240), (1600, 400), (2560, 640)]
        assert all(size_of(f"/media/{name}") == size for name, size in sizes.items())

    @pytest.mark.parametrize(("width", "count"), [(480, 0), (481, 1), (961, 2)])
    def test_no_form_is_wider_than_the_picture(self, width: int, count: int) -> None:
        made = encode_image(saved(Image.new("RGB", (width, 3)), "PNG"))
        assert len(made.smaller) == count
        assert all(opened(content).width < width for _, content in made.smaller)

    @pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
    def test_transparency_stays_in_every_form(self, mode: str) -> None:
        clear = Image.new("RGBA", (600, 4), (9, 9, 9, 0))
        for content in forms(encode_image(saved(clear.convert(mode), "PNG"))).values():
            assert opened(content).convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index] # RGBA pixels are tuples

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
    def test_a_drawing_stays_what_it_was_in_every_form(self, mode: str) -> None:
        drawn = (
            Image.new(mode, (600, 400), 0x8000)
            if mode == "I;16"
            else Image.new("RGB", (600, 400), "gray").convert(mode)
        )
        content = saved(drawn, "PNG")
        for kept in forms(encode_image(content)).values():
            shades = opened(kept).convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
            assert 124 <= int(shades) <= 132  # type: ignore[arg-type] # of L a number

    def test_an_animation_stays_one_and_has_no_other_forms(self) -> None:
        frames = [Image.new("RGB", (600, 20), (n * 80, 0, 0)) for n in range(3)]
        content = saved(
            frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[50, 60, 70], comment=b"hid"
        )

        made = encode_image(content)

        image, name = opened(made.content), parse_name(made.name)
        assert name is not None
        assert (name.kind, name.is_animated, name.size, made.smaller) == ("webp", True, (600, 20), ())
        assert image.n_frames == 3  # type: ignore[attr-defined] # WebP images have it
        assert b"hid" not in made.content

    def test_colours_of_print_become_those_of_screens(self) -> None:
        assert opened(encode_image(saved(Image.new("CMYK", (4, 4)), "JPEG")).content).mode == "RGB"

    def test_a_colour_profile_is_applied_and_dropped(self) -> None:
        """In this profile red and green have changed places."""
        plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        swapped = plain.replace(b"rXYZ", b"xXYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"xXYZ", b"gXYZ", 1)

        made = opened(
            encode_image(saved(Image.new("RGB", (40, 40), (10, 200, 30)), "PNG", icc_profile=swapped)).content
        )

        assert "icc_profile" not in made.info
        red, green, blue = made.getpixel((3, 3))  # type: ignore[misc] # of RGB a tuple
        assert red > 150
        assert green < 60
        assert blue < 60

    def test_a_broken_colour_profile_is_dropped(self) -> None:
        content = saved(Image.new("RGB", (4, 4), (10, 200, 30)), "PNG", icc_profile=b"no profile at all")
        made = opened(encode_image(content).content)
        assert "icc_profile" not in made.info
        assert made.getpixel((3, 3)) == (10, 200, 30)


class TestFaces:
    def test_a_face_has_a_name_that_no_picture_of_a_text_has(self) -> None:
        made = encode_square(saved(noise(500, 300), "JPEG"), 400)
        name = parse_name(made.name)
        assert opened(made.content).size == (400, 400)
        assert name is not None
        assert name.size is None


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
            b"\0\0\0\x18ftypheic\0\0\0\0",
            b"GIF89a",
            b"RIFF1234WEBPVP8 ",
            png()[:50],
            png_that_says(10, 10),
            png_that_says(10, 10, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000)))),
            saved(Image.new("RGB", (300, 300)), "BMP"),
            saved(Image.effect_noise((300, 300), 9), "JPEG")[:3000],
        ],
    )
    def test_what_is_no_whole_image_of_a_known_kind(self, content: bytes) -> None:
        with pytest.raises(UnreadableImage) as refused:
            encode_image(content)
        assert len(refused.value.detail) < 200
        assert "\n" not in refused.value.detail

    @pytest.mark.parametrize("size", [(60_000, 60_000), (24_001, 1000)])
    def test_too_many_pixels_are_refused_before_they_are_decoded(self, size: tuple[int, int]) -> None:
        with pytest.raises(TooLarge, match="24 million"):
            encode_image(png_that_says(*size))

    def test_a_long_animation(self) -> None:
        frames = [Image.new("L", (2000, 2000), n) for n in range(40)]
        content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

        with pytest.raises(TooLarge, match="animation"):
            encode_image(content)

    def test_more_bytes_than_allowed(self) -> None:
        with pytest.raises(TooLarge, match="20 MB"):
            encode_image(bytes(LARGEST_UPLOAD + 1))
