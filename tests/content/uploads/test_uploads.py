"""Pictures that people bring: one row each, one file, no more than allowed, and nobody else's business."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from stoa.shared.database import Database
from stoa.shared.media.folder import FolderStore
from stoa.shared.media.images import LARGEST_UPLOAD
from tests.auth.calls import API, assert_problem
from tests.people import PASSWORD, People
from tests.shared.media.pictures import animation, noise, saved
from tests.users.pictures import huge, with_place

UPLOADS = f"{API}/uploads"
PHOTO = saved(noise(1000, 700), "JPEG")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def ada(people: People) -> httpx.AsyncClient:
    return await people.client("creator")


async def send(client: httpx.AsyncClient, content: bytes, name: str = "p.jpg") -> httpx.Response:
    return await client.post(UPLOADS, files={"file": (name, content, "image/jpeg")})


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(UPLOADS, params=query)).json()["items"]
    return found


def files(data_dir: Path) -> list[str]:
    return files_in(data_dir / "media")


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


class TestBringing:
    async def test_everybody_sees_it_in_every_size(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient, data_dir: Path
    ) -> None:
        answer = await send(ada, PHOTO, "C:\\holiday\\Mein  Foto\u202e.jpg")

        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["width"], made["height"], made["name"]) == (1000, 700, "Mein Foto.jpg")
        forms = [part.split() for part in made["srcset"].split(", ")]
        assert [width for _, width in forms] == ["480w", "960w", "1000w"]
        for url, width in forms:
            shown = await client.get(url)
            assert shown.status_code == 200
            assert f"{Image.open(io.BytesIO(shown.content)).width}w" == width
        assert len((await client.get(made["url"])).content) == made["bytes"]
        assert len(files(data_dir)) == 3

    async def test_the_same_again_is_the_same(self, ada: httpx.AsyncClient, data_dir: Path) -> None:
        first, second = await send(ada, PHOTO), await send(ada, PHOTO, "other.jpg")
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert len(await listed(ada)) == 1
        assert len(files(data_dir)) == 3

    async def test_metadata_is_gone(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        url = (await send(ada, with_place("JPEG"))).json()["url"]
        kept = (await client.get(url)).content
        assert b"taken" not in kept
        assert dict(Image.open(io.BytesIO(kept)).getexif()) == {}

    async def test_an_animation_has_one_size(self, ada: httpx.AsyncClient) -> None:
        made = (await send(ada, animation())).json()
        assert (made["width"], made["srcset"]) == (600, "")

    async def test_more_than_other_bodies_may_have(self, ada: httpx.AsyncClient) -> None:
        assert (await send(ada, PHOTO + bytes(LARGEST_UPLOAD - len(PHOTO)))).status_code == 201


class TestRefusing:
    @pytest.mark.parametrize(
        ("content", "status"),
        [
            (bytes(LARGEST_UPLOAD + 1), 413), (bytes(LARGEST_UPLOAD + 100_000), 413), (huge(), 413), (SVG, 422),
            (b"", 422), (b"\0\0\0\x18ftypheic", 422), (PHOTO[:3000], 422), (saved(noise(9, 9), "BMP"), 422),
        ],
        ids=["one byte", "far too long", "fifty megapixels", "svg", "empty", "heic", "cut", "bmp"],
    )  # fmt: skip
    async def test_keeps_nothing_and_says_why(
        self, ada: httpx.AsyncClient, data_dir: Path, content: bytes, status: int
    ) -> None:
        answer = await send(ada, content)
        assert_problem(answer, status)
        assert "\n" not in answer.json()["detail"]
        assert await listed(ada) == []
        assert files(data_dir) == []

    async def test_a_field_of_another_name_or_kind(self, ada: httpx.AsyncClient) -> None:
        assert_problem(await ada.post(UPLOADS, files={"image": ("a.png", PHOTO, "image/png")}), 422)
        assert_problem(await ada.post(UPLOADS, data={"file": "text"}), 422)
        assert_problem(await ada.post(UPLOADS, json={"file": "text"}), 422)

    async def test_sixty_in_a_minute(self, ada: httpx.AsyncClient) -> None:
        answers = [await send(ada, b"no picture") for _ in range(61)]
        assert {answer.status_code for answer in answers[:60]} == {422}
        assert answers[60].status_code == 429
        assert 0 < int(answers[60].headers["retry-after"]) <= 60

    async def test_a_full_disk_keeps_nothing(self, ada: httpx.AsyncClient, app: FastAPI, small_disk: Path) -> None:
        app.state.media = FolderStore(small_disk)
        answer = await send(ada, PHOTO)
        assert_problem(answer, 507)
        assert files_in(small_disk) == []
        assert await listed(ada) == []

    @pytest.mark.parametrize(("method", "path"), [("POST", "uploads"), ("POST", "imports"), ("PUT", "users/me/avatar")])
    async def test_who_may_not_is_answered_before_a_byte_is_read(
        self, client: httpx.AsyncClient, people: People, method: str, path: str
    ) -> None:
        sent = []

        async def body() -> AsyncIterator[bytes]:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="p.jpg"\r\n\r\n'
            for number in range(20):
                sent.append(number)
                yield b"x" * 65_536

        kind = {"content-type": "multipart/form-data; boundary=x"}
        assert_problem(await client.request(method, f"{API}/{path}", content=body(), headers=kind), 401)
        key = await people.client_of(await people.person("viewer"), by="key")
        assert_problem(await key.request(method, f"{API}/{path}", content=body(), headers=kind), 403)
        assert sent == []


class TestListing:
    async def test_newest_first_page_by_page(self, ada: httpx.AsyncClient) -> None:
        urls = [
            (await send(ada, saved(Image.new("RGB", (9, n + 1)), "PNG"), f"{n}.png")).json()["url"] for n in range(5)
        ]
        found: list[str] = []
        cursor: str | None = ""
        for _ in range(3):
            page = (await ada.get(UPLOADS, params={"limit": 2, "cursor": cursor, "count": True})).json()
            assert page["total"] == 5
            found += [item["url"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert sorted(found) == sorted(urls)
        assert cursor is None
        assert [item["url"] for item in await listed(ada, limit=2, skip=2)] == found[2:4]
        assert_problem(await ada.get(UPLOADS, params={"cursor": "nonsense"}), 400)

    async def test_nobody_sees_or_removes_what_another_brought(
        self, ada: httpx.AsyncClient, people: People, admin: httpx.AsyncClient
    ) -> None:
        made = (await send(ada, PHOTO)).json()
        for other in (await people.client("creator"), admin):
            assert await listed(other) == []
            assert_problem(await other.delete(f"{UPLOADS}/{made['id']}"), 404)
        assert len(await listed(ada)) == 1


class TestForgetting:
    async def test_the_picture_stays(self, ada: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
        made = (await send(ada, PHOTO)).json()
        assert (await ada.delete(f"{UPLOADS}/{made['id']}")).status_code == 204
        assert_problem(await ada.delete(f"{UPLOADS}/{made['id']}"), 404)
        assert_problem(await ada.delete(f"{UPLOADS}/{uuid4()}"), 404)
        assert await listed(ada) == []
        assert (await client.get(made["url"])).status_code == 200
        assert (await send(ada, PHOTO)).status_code == 201

    async def test_it_is_taken_along_and_nobodys_afterwards(
        self, people: People, client: httpx.AsyncClient, db: Database
    ) -> None:
        person = await people.person("creator", with_password=True)
        leaver = await people.client_of(person)
        made = (await send(leaver, PHOTO, "me at home.jpg")).json()

        archive = (await leaver.get(f"{API}/users/me/export")).content
        with zipfile.ZipFile(io.BytesIO(archive)) as taken:
            assert json.loads(taken.read("uploads.json"))[0]["url"] == made["url"]
        gone = await leaver.request("DELETE", f"{API}/users/me", json={"password": PASSWORD})

        assert gone.status_code == 204, gone.text
        assert (await client.get(made["url"])).status_code == 200
        async with db.reads.connection() as connection:
            (row,) = await connection.fetch("SELECT owner_id, name FROM uploads")
        assert tuple(row) == (None, "")


class TestServing:
    async def test_it_never_changes_and_is_nothing_but_a_picture(
        self, ada: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        url = (await send(ada, PHOTO)).json()["url"]
        shown = await client.get(url)
        assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-type"] in {"image/jpeg", "image/webp"}
        for known in ({"if-none-match": shown.headers["etag"]}, {"if-none-match": f'"x", W/{shown.headers["etag"]}'},
                      {"if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"}):  # fmt: skip
            again = await client.get(url, headers=known)
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == shown.headers["etag"]
        assert (await client.get(url, headers={"if-none-match": '"another"'})).status_code == 200
        part = await client.get(url, headers={"range": "bytes=0-9"})
        assert (part.status_code, part.content) == (206, shown.content[:10])

    @pytest.mark.parametrize("path", ["ab/0123456789abcdef-10x10.png", "ab/0123456789abcdef-900x10.w480.png", "x", ""])
    async def test_all_else_is_not_there(self, client: httpx.AsyncClient, path: str) -> None:
        for headers in ({}, {"if-none-match": "*"}):
            assert (await client.get(f"/media/{path}", headers=headers)).status_code == 404


class TestRaces:
    async def test_eight_at_once_bring_one(self, own_app: FastAPI, tmp_path: Path) -> None:
        people = People(own_app)
        person = await people.person("creator")
        clients = [await people.client_of(person) for _ in range(8)]
        answers = await asyncio.gather(*(send(client, PHOTO) for client in clients))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert len(files(tmp_path)) == 3
        assert len(await listed(clients[0])) == 1
