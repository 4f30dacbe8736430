"""Pictures of people: only pixels are kept, in a small square, and no longer than somebody shows them."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.auth.calls import API, assert_problem, me
from tests.people import People
from tests.users.pictures import huge, picture, with_place

AVATAR = f"{API}/users/me/avatar"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def ada(people: People) -> httpx.AsyncClient:
    return await people.client(username="ada-with-a-face")


async def put(client: httpx.AsyncClient, content: bytes, name: str = "face.png", kind: str = "image/png") -> Any:
    return await client.put(AVATAR, files={"file": (name, content, kind)})


async def shown(client: httpx.AsyncClient, content: bytes) -> str:
    answer = await put(client, content)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["avatar_url"])


def files(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / "media").rglob("*") if path.is_file()]


class TestSetting:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
    async def test_everybody_sees_a_small_square(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient, kind: str
    ) -> None:
        url = await shown(ada, picture(kind, (900, 300), "blue"))
        assert (await client.get(f"{API}/users/ada-with-a-face")).json()["avatar_url"] == url
        answer = await client.get(url)
        assert answer.headers["content-type"] == "image/webp"
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (400, 400)
            red, _, blue = image.convert("RGB").getpixel((200, 200))  # type: ignore[misc] # of RGB a tuple
        assert blue > 200 > red

    @pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
    async def test_tells_nobody_where_it_was_taken(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient, kind: str
    ) -> None:
        sent = with_place(kind)
        assert b"taken at home" in sent
        kept = (await client.get(await shown(ada, sent))).content
        assert b"taken at home" not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert dict(image.getexif()) == {}

    async def test_nothing_behind_the_picture_is_kept(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        kept = (await client.get(await shown(ada, picture("GIF") + SVG))).content
        assert b"script" not in kept

    async def test_what_it_calls_itself_does_not_matter(self, ada: httpx.AsyncClient) -> None:
        answer = await put(ada, picture("PNG"), name="../../etc/passwd", kind="text/html")
        assert answer.json()["avatar_url"].endswith(".webp")
        assert ".." not in answer.json()["avatar_url"]


class TestRefusing:
    @pytest.mark.parametrize(
        ("content", "status"),
        [
            (huge(), 413), (SVG, 422), (b"", 422), (b"not a picture", 422), (b"%PDF-1.7 " + picture(), 422),
            (picture("BMP"), 422), (picture("TIFF"), 422), (picture("JPEG", (300, 300))[:200], 422),
            (picture("PNG", (300, 300))[:-30], 422), (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, 422),
            (b"\xff\xd8\xff\xe0" + SVG, 422), (b"x" * 6_300_000, 413),
        ],
        ids=[
            "fifty megapixels", "svg", "empty", "text", "pdf", "bmp", "tiff", "cut jpeg", "cut png", "png of nothing",
            "svg as jpeg", "over six megabytes",
        ],
    )  # fmt: skip
    async def test_keeps_nothing(self, ada: httpx.AsyncClient, data_dir: Path, content: bytes, status: int) -> None:
        assert_problem(await put(ada, content), status)
        assert (await me(ada)).json()["avatar_url"] is None
        assert files(data_dir) == []

    async def test_a_large_photo_is_taken(self, ada: httpx.AsyncClient) -> None:
        content = picture("JPEG", (4000, 3000)) + b"\0" * 5_500_000
        assert (await put(ada, content)).status_code == 200

    async def test_a_field_of_another_name_or_kind(self, ada: httpx.AsyncClient) -> None:
        assert_problem(await ada.put(AVATAR, files={"image": ("a.png", picture(), "image/png")}), 422)
        assert_problem(await ada.put(AVATAR, data={"file": "text"}), 422)
        assert_problem(await ada.put(AVATAR, json={"file": "text"}), 422)


class TestForgetting:
    async def test_the_former_file_goes(self, ada: httpx.AsyncClient, data_dir: Path) -> None:
        await shown(ada, picture(colour="red"))
        url = await shown(ada, picture(colour="blue"))
        assert [f"/media/{path.parent.name}/{path.name}" for path in files(data_dir)] == [url]

    async def test_not_while_somebody_else_shows_it(
        self, ada: httpx.AsyncClient, people: People, client: httpx.AsyncClient
    ) -> None:
        url = await shown(ada, picture())
        grace = await people.client()
        assert await shown(grace, picture()) == url
        assert (await ada.delete(AVATAR)).status_code == 204
        assert (await client.get(url)).status_code == 200
        assert (await grace.delete(AVATAR)).status_code == 204
        assert (await client.get(url)).status_code == 404

    async def test_the_same_again_stays(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        url = await shown(ada, picture())
        assert await shown(ada, picture()) == url
        assert (await client.get(url)).status_code == 200

    async def test_removing_none_is_no_fault(self, ada: httpx.AsyncClient) -> None:
        assert (await ada.delete(AVATAR)).status_code == 204
        assert (await me(ada)).json()["avatar_url"] is None
