"""The cover of an article, chosen as a file of the editor's form: the way without a script."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.people import People
from tests.shared.media.pictures import noise, saved
from tests.web.studio import WORDS, Shown, shown, written

PHOTO = saved(noise(1000, 700), "JPEG")
LARGE = saved(noise(1500, 1500), "PNG")  # more than other forms may have


@pytest.fixture
async def writer(people: People) -> httpx.AsyncClient:
    return await people.client("creator", by="cookie", display_name="Ada Example")


async def sent_with(
    client: httpx.AsyncClient, path: str, picture: bytes, name: str = "heron.jpg", **fields: str
) -> httpx.Response:
    """The form as a browser sends it, with a file chosen; without one its name is empty."""
    texts = {"title": "A walk", "body": WORDS, **fields}
    parts = [(f'name="{key}"', value.encode()) for key, value in texts.items()]
    parts.append((f'name="cover_file"; filename="{name}"\r\nContent-Type: application/octet-stream', picture))
    body = b"".join(
        f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    kind = {"content-type": "multipart/form-data; boundary=edge"}
    return await client.post(path, content=body + b"--edge--\r\n", headers=kind)


class TestCoverFile:
    async def test_is_offered_where_there_is_no_script(self, writer: httpx.AsyncClient) -> None:
        page = await shown(writer, "/studio/new")
        field = next(given for _, given in page.elements if given.get("name") == "cover_file")
        assert (field["type"], field["aria-describedby"]) == ("file", "f_cover_file-help")

    async def test_becomes_the_cover_and_one_s_own_upload(
        self, writer: httpx.AsyncClient, client: httpx.AsyncClient
    ) -> None:
        answer = await sent_with(writer, "/studio/new", PHOTO, act="publish", cover_alt="A heron")
        assert answer.status_code == 303, answer.text
        article = (await client.get("/api/v1/articles/a-walk")).json()
        assert article["cover_url"].endswith("-1000x700.jpg")
        assert (await client.get(article["cover_url"])).status_code == 200
        assert (await writer.get("/api/v1/uploads")).json()["items"][0]["name"] == "heron.jpg"

    async def test_replaces_the_one_there_and_none_leaves_it(self, writer: httpx.AsyncClient) -> None:
        path = await written(writer, cover_url="https://elsewhere.example/a.jpg")
        kept = {"cover_url": "https://elsewhere.example/a.jpg"}
        assert (await sent_with(writer, path, b"", "", version="1", **kept)).status_code == 303
        assert (await shown(writer, path)).fields["cover_url"] == kept["cover_url"]
        version = (await shown(writer, path)).fields["version"]
        assert (await sent_with(writer, path, LARGE, version=version, **kept)).status_code == 303
        assert (await shown(writer, path)).fields["cover_url"].endswith("-1500x1500.png")

    async def test_chosen_for_a_preview_or_a_refused_form_it_stays_chosen(self, writer: httpx.AsyncClient) -> None:
        for fields, status in (({"act": "preview"}, 200), ({"slug": "Not A Slug"}, 422)):
            answer = await sent_with(writer, "/studio/new", PHOTO, **fields)
            assert answer.status_code == status
            assert Shown(answer.text).fields["cover_url"].endswith("-1000x700.jpg")

    async def test_that_is_no_picture_is_told_at_its_field_and_nothing_is_saved(
        self, writer: httpx.AsyncClient
    ) -> None:
        answer = await sent_with(writer, "/studio/new", b"<svg onload=alert(1)>", "x.svg")
        assert answer.status_code == 422
        page = Shown(answer.text)
        assert "f_cover_file-error" in page.message_at("cover_file")
        assert page.fields["body"] == WORDS
        assert (await writer.get("/studio/articles/a-walk")).status_code == 404

    @pytest.mark.parametrize("path", ["/studio/new", "/studio/articles/a-walk"])
    async def test_is_not_read_for_a_stranger(self, client: httpx.AsyncClient, path: str) -> None:
        read = []

        async def body() -> AsyncIterator[bytes]:
            for number in range(20):
                read.append(number)
                yield b"x" * 65_536

        kind = {"content-type": "multipart/form-data; boundary=edge"}
        assert (await client.post(path, content=body(), headers=kind)).status_code == 401
        assert read == []

    async def test_text_and_picture_together_have_an_end(self, writer: httpx.AsyncClient) -> None:
        answer = await sent_with(writer, "/studio/new", b"\0" * (22 * 1_048_576))
        assert answer.status_code == 413
