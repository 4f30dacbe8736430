"""Where pictures are shown: the right form for each screen, the room it takes, and only of our own."""

import re

import httpx
import pytest

from stoa.shared.database import Database
from stoa.shared.markdown.document import COMMENT
from stoa.shared.markdown.render import render
from tests.factories import publish

STEM = "/media/ab/0123456789abcdef-1200x800"
URL = f"{STEM}.jpg"
SRCSET = f"{STEM}.w480.jpg 480w, {STEM}.w960.jpg 960w, {URL} 1200w"


def images(html: str) -> list[dict[str, str]]:
    return [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<img [^>]*>", html)]


class TestInTexts:
    def test_a_picture_of_ours_comes_in_all_its_forms(self) -> None:
        assert images(render(f"![Two](  {URL} 'A title')").html) == [
            {
                "src": URL, "alt": "Two", "srcset": SRCSET, "sizes": "(min-width: 800px) 720px, 100vw",
                "width": "1200", "height": "800", "loading": "lazy", "decoding": "async",
            }
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "url",
        [
            "https://elsewhere.example" + URL, "/media/ab/0123456789abcdef.jpg", "/media/x-1200x800.jpg",
            "/media/ab/0123456789abcdef-0x800.jpg", f"{URL}?x", "//elsewhere.example/a-1200x800.jpg",
        ],
    )  # fmt: skip
    def test_of_another_nothing_is_claimed(self, url: str) -> None:
        (image,) = images(render(f"![a]({url})").html)
        assert not {"srcset", "sizes", "width", "height"} & set(image)

    def test_an_animation_has_its_size_alone(self) -> None:
        (image,) = images(render(f"![a]({STEM}-animated.webp)").html)
        assert (image["width"], image["height"]) == ("1200", "800")
        assert "srcset" not in image

    def test_a_smaller_form_stays_what_its_author_chose(self) -> None:
        (image,) = images(render(f"![a]({STEM}.w480.jpg)").html)
        assert (image["width"], image["height"]) == ("480", "320")
        assert "srcset" not in image

    @pytest.mark.parametrize(
        "html",
        [
            f'<img src="{URL}" alt="Two">', f"<IMG alt='Two' SRC = '{URL}' />", f"<img alt=Two src={URL}>",
            f'Words <img loading="eager" alt="Two" src="{URL}"> and more.',
        ],
    )  # fmt: skip
    def test_written_as_html_it_comes_in_all_its_forms_too(self, html: str) -> None:
        assert images(render(html).html) == images(render(f"![Two]({URL})").html)

    def test_what_the_author_says_of_it_stays(self) -> None:
        said = {"srcset": f"{URL} 1x", "sizes": "50vw", "width": "60"}
        written = " ".join(f'{name}="{value}"' for name, value in said.items())
        (image,) = images(render(f'<img {written} src="{URL}" alt="a">').html)
        assert {name: image[name] for name in said} == said
        assert "height" not in image
        (narrow,) = images(render(f'<img sizes="50vw" src="{URL}" alt="a">').html)
        assert (narrow["srcset"], narrow["sizes"], narrow["height"]) == (SRCSET, "50vw", "800")

    @pytest.mark.parametrize(
        "html",
        [
            f'<img alt=" src={URL}" src="/other.png">', f'<img src="/other.png" src="{URL}">',
            '<img src="https://elsewhere.example/media/ab/0123456789abcdef-1200x800.jpg">',
        ],
    )  # fmt: skip
    def test_as_html_nothing_is_claimed_of_another_either(self, html: str) -> None:
        (image,) = images(render(html).html)
        assert not {"srcset", "sizes", "width", "height"} & set(image)

    def test_comments_show_none(self) -> None:
        assert images(render(f"![a]({URL})", COMMENT).html) == []


class TestOnPages:
    async def test_covers_come_in_all_their_forms(self, client: httpx.AsyncClient, db: Database) -> None:
        for number in range(3):
            await publish(db, title=f"A {number}", slug=f"a-{number}", cover_url=URL, cover_alt='It & "this"')

        shown = {
            path: images((await client.get(path)).text) for path in ("/", "/articles/a-1", "/authors/ada-lovelace")
        }

        for found in shown.values():
            covers = [image for image in found if image["src"] == URL]
            assert covers
            for cover in covers:
                assert (cover["srcset"], cover["width"], cover["height"]) == (SRCSET, "1200", "800")
                assert cover["sizes"]
        first, *others = shown["/"]
        assert first["fetchpriority"] == "high"
        assert {other["loading"] for other in others} == {"lazy"}
        assert shown["/articles/a-1"][0]["alt"] == "It &amp; &#34;this&#34;"

    async def test_a_cover_from_elsewhere_is_shown_as_it_is(self, client: httpx.AsyncClient, db: Database) -> None:
        await publish(db, slug="a", cover_url="https://elsewhere.example/a.jpg")
        (cover,) = images((await client.get("/articles/a")).text)
        assert cover["src"] == "https://elsewhere.example/a.jpg"
        assert not {"srcset", "sizes", "width"} & set(cover)
