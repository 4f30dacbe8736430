"""Bringing pictures over the API: what is answered, kept and forgotten, and for whom."""

import asyncio
import io
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.auth.calls import API, assert_problem
from tests.people import People
from tests.shared.media.pictures import animation, noise, saved
from tests.users.pictures import huge, picture, with_place

UPLOADS = f"{API}/uploads"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator")


async def send(client: httpx.AsyncClient, content: bytes, name: str = "a photo.png") -> httpx.Response:
    return await client.post(UPLOADS, files={"file": (name, content, "text/html")})


async def brought(client: httpx.AsyncClient, content: bytes, name: str = "a photo.png") -> dict[str, Any]:
    answer = await send(client, content, name)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def mine(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get(UPLOADS, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def files(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / "media").rglob("*") if path.is_file()]


class TestBringing:
    async def test_answers_what_a_page_needs_to_show_it(self, writer: httpx.AsyncClient) -> None:
        made = await brought(writer, saved(noise(1000, 500), "PNG"))

        assert (made["width"], made["height"], made["name"]) == (1000, 500, "a photo.png")
        stem = re.escape(made["url"].removesuffix("-1000x500.png"))
        assert re.fullmatch(
            rf"{stem}-1000x500.w480.png 480w, {stem}-1000x500.w960.png 960w, {stem}-1000x500.png 1000w", made["srcset"]
        )

    async def test_every_form_is_there_for_everybody(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        made = await brought(writer, saved(noise(1000, 500), "PNG"))
        for form in made["srcset"].split(", "):
            address, width = form.split(" ")
            answer = await client.get(address)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "image/png"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "immutable" in answer.headers["cache-control"]
            assert f"{Image.open(io.BytesIO(answer.content)).width}w" == width
        assert len((await client.get(made["url"])).content) == made["bytes"]

    async def test_a_browser_that_has_it_is_told_so(self, writer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        url = (await brought(writer, picture()))["url"]
        etag = (await client.get(url)).headers["etag"]
        again = await client.get(url, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get(url, headers={"if-none-match": '"another"'})).status_code == 200

    async def test_the_same_picture_again_is_the_same_upload(self, writer: httpx.AsyncClient) -> None:
        made = await brought(writer, picture())
        again = await send(writer, picture(), "another name.png")
        assert again.status_code == 200
        assert again.json() == made
        assert len((await mine(writer))["items"]) == 1

    async def test_eight_at_once_make_one(self, writer: httpx.AsyncClient, data_dir: Path) -> None:
        answers = await asyncio.gather(*(send(writer, picture()) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["url"] for answer in answers}) == 1
        assert len(files(data_dir)) == 1

    async def test_tells_nobody_where_it_was_taken(self, writer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        sent = with_place("JPEG")
        assert b"taken at home" in sent
        kept = (await client.get((await brought(writer, sent))["url"])).content
        assert b"taken at home" not in kept
        assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}

    async def test_an_animation_moves_and_has_one_form(self, writer: httpx.AsyncClient) -> None:
        made = await brought(writer, animation())
        assert made["url"].endswith("-600x20-animated.webp")
        assert made["srcset"] == ""

    async def test_a_name_of_odd_characters(self, writer: httpx.AsyncClient) -> None:
        made = await brought(writer, picture(), "C:\\photos\\..\\the\u202e  sea\x07.png")
        assert made["name"] == "the sea.png"

    async def test_a_photo_of_over_six_megabytes(self, writer: httpx.AsyncClient) -> None:
        made = await brought(writer, picture("JPEG", (4000, 3000)) + bytes(15_000_000))
        assert (made["width"], made["height"]) == (2560, 1920)


class TestRefusing:
    @pytest.mark.parametrize(
        ("content", "status"),
        [
            (b"", 422), (SVG, 422), (b"\0\0\0\x18ftypheic" + bytes(50), 422), (b"%PDF-1.7 " + picture(), 422),
            (picture("PNG", (300, 300))[:-30], 422), (huge(), 413), (bytes(20 * 1024 * 1024 + 1), 413),
            (bytes(22_000_000), 413),
        ],
        ids=["empty", "svg", "heic", "pdf", "cut", "fifty megapixels", "a byte too many", "far too many bytes"],
    )  # fmt: skip
    async def test_keeps_nothing(self, writer: httpx.AsyncClient, data_dir: Path, content: bytes, status: int) -> None:
        problem = assert_problem(await send(writer, content), status)
        assert problem is None or "\n" not in str(problem)
        assert (await mine(writer))["items"] == []
        assert files(data_dir) == []

    async def test_what_is_no_file(self, writer: httpx.AsyncClient) -> None:
        assert_problem(await writer.post(UPLOADS, data={"file": "text"}), 422)
        assert_problem(await writer.post(UPLOADS, json={"file": "text"}), 422)
        assert_problem(await writer.post(UPLOADS), 422)

    async def test_more_than_sixty_a_minute(self, writer: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(send(writer, SVG) for _ in range(20)))
        answers += await asyncio.gather(*(send(writer, SVG) for _ in range(20)))
        answers += await asyncio.gather(*(send(writer, SVG) for _ in range(21)))
        assert sorted(answer.status_code for answer in answers) == [422] * 60 + [429]
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["retry-after"]) > 0


class TestListing:
    async def test_shows_ones_own_newest_first_page_by_page(self, writer: httpx.AsyncClient, people: People) -> None:
        urls = [(await brought(writer, picture(colour=colour)))["url"] for colour in ("red", "green", "blue")]
        await brought(await people.client("moderator"), picture(colour="white"))

        first = await mine(writer, limit=2, count="true")
        assert [item["url"] for item in first["items"]] == urls[:0:-1]
        assert first["total"] == 3
        rest = await mine(writer, limit=2, cursor=first["next_cursor"])
        assert [item["url"] for item in rest["items"]] == urls[:1]
        assert rest["next_cursor"] is None

    async def test_a_cursor_of_another_list(self, writer: httpx.AsyncClient) -> None:
        assert_problem(await writer.get(UPLOADS, params={"cursor": "bm90IG91cnM"}), 400)


class TestForgetting:
    async def test_takes_it_off_the_list_and_leaves_the_picture(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        made = await brought(writer, picture())
        assert (await writer.delete(f"{UPLOADS}/{made['id']}")).status_code == 204
        assert (await mine(writer))["items"] == []
        assert (await client.get(made["url"])).status_code == 200
        assert_problem(await writer.delete(f"{UPLOADS}/{made['id']}"), 404)

    async def test_not_what_another_brought(self, writer: httpx.AsyncClient, people: People) -> None:
        made = await brought(writer, picture())
        assert_problem(await (await people.client("admin")).delete(f"{UPLOADS}/{made['id']}"), 404)
        assert len((await mine(writer))["items"]) == 1
