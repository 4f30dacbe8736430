"""Pictures in a store that speaks S3: what it is told, and what happens when it is away."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from stoa.main import create_app
from stoa.shared.database import Database
from stoa.shared.errors import Unavailable
from stoa.shared.markdown.pool import MarkdownPool
from stoa.shared.media.choosing import media_store
from stoa.shared.media.encoding import encode_image
from stoa.shared.media.pool import PicturePool
from stoa.shared.media.s3 import ObjectStore
from stoa.shared.settings import Settings, SettingsFault
from tests.people import People

from .object_server import ObjectServer
from .pictures import noise, saved

PHOTO = saved(noise(1000, 700), "JPEG")
IMAGE = encode_image(PHOTO)
FORMS = {IMAGE.name: IMAGE.content, **dict(IMAGE.smaller)}
SECRET = "a-secret-that-nobody-may-see"


@pytest.fixture
def server() -> Any:
    with ObjectServer() as running:
        yield running


@pytest.fixture
def chosen(server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("STOA_ENVIRONMENT", "test")
    monkeypatch.setenv("STOA_PAGE_CACHE_MB", "0")
    for name, value in {
        "MEDIA_STORE": "s3", "S3_BUCKET": "pictures", "S3_ENDPOINT": server.url, "S3_ACCESS_KEY": "an-account",
        "S3_SECRET_KEY": SECRET, "S3_PREFIX": "/site/one/",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"STOA_{name}", value)
    return Settings.load(env_file=None)


@pytest.fixture
def store(chosen: Settings) -> ObjectStore:
    return ObjectStore(chosen.media)


@pytest.fixture
async def app(  # noqa: PLR0917 # fixtures
    db: Database, chosen: Settings, redis_url: str, data_dir: Any, markdown: MarkdownPool, pictures: PicturePool
) -> AsyncIterator[FastAPI]:
    made = create_app(
        chosen, database_url=db.url, redis_url=redis_url, data_dir=data_dir, database=db, markdown=markdown,
        pictures=pictures,
    )  # fmt: skip
    async with made.router.lifespan_context(made):
        yield made


class TestStore:
    def test_every_form_is_an_object_with_its_type_that_never_changes(
        self, store: ObjectStore, server: ObjectServer
    ) -> None:
        url = store.keep(IMAGE).url
        assert store.keep(IMAGE).url == url
        objects = server.objects("pictures")
        assert {name: one["Body"] for name, one in objects.items()} == {f"site/one/{n}": c for n, c in FORMS.items()}
        assert {one["ContentType"] for one in objects.values()} <= {"image/jpeg", "image/webp"}
        assert {one["CacheControl"] for one in objects.values()} == {"public, max-age=31536000, immutable"}
        assert store.read(url) == IMAGE.content
        assert store.has(IMAGE.name)

    def test_all_forms_go_and_what_is_not_there_is_no_fault(self, store: ObjectStore, server: ObjectServer) -> None:
        url = store.keep(IMAGE).url
        store.remove(url)
        store.remove(url)
        assert server.objects("pictures") == {}
        assert store.read(url) is None
        assert store.read("/media/../x") is None
        assert not store.has(IMAGE.name)

    def test_the_check_leaves_nothing_and_says_where(self, store: ObjectStore, server: ObjectServer) -> None:
        assert "bucket pictures" in store.check()
        assert server.objects("pictures") == {}

    def test_what_is_wrong_with_it_is_one_line_without_the_secret(
        self, chosen: Settings, server: ObjectServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        missing = ObjectStore(chosen.media.model_copy(update={"s3_bucket": "nowhere"}))
        server.stop()
        for store in (missing, ObjectStore(chosen.media)):
            for act in (
                store.check,
                lambda store=store: store.keep(IMAGE),
                lambda store=store: store.read(IMAGE.stored.url),
            ):
                with pytest.raises(Unavailable, match="store of pictures does not answer"):
                    act()
        said = capfd.readouterr()
        assert SECRET not in said.out + said.err
        assert SECRET not in repr(chosen.media)


class TestSite:
    async def test_an_upload_is_shown_from_there(
        self, people: People, server: ObjectServer, client: httpx.AsyncClient
    ) -> None:
        creator = await people.client("creator")
        made = await creator.post("/api/v1/uploads", files={"file": ("p.jpg", PHOTO, "image/jpeg")})
        assert made.status_code == 201, made.text
        assert set(server.objects("pictures")) == {f"site/one/{name}" for name in FORMS}
        for name, content in FORMS.items():
            shown = await client.get(f"/media/{name}")
            assert (shown.status_code, shown.content) == (200, content)
            assert shown.headers["content-type"] in {"image/jpeg", "image/webp"}
            assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert shown.headers["x-content-type-options"] == "nosniff"
            assert shown.headers["content-length"] == str(len(content))
            again = await client.get(f"/media/{name}", headers={"if-none-match": shown.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            head = await client.head(f"/media/{name}")
            assert (head.status_code, head.content) == (200, b"")
        gone = await client.get("/media/ab/0123456789abcdef-10x10.png", headers={"if-none-match": "*"})
        assert gone.status_code == 404

    async def test_away_it_is_a_page_and_an_upload_fails_whole(
        self, people: People, server: ObjectServer, client: httpx.AsyncClient
    ) -> None:
        creator = await people.client("creator")
        server.stop()
        shown = await client.get(f"/media/{IMAGE.name}")
        assert shown.status_code == 503
        assert shown.headers["content-type"].startswith("text/html")
        assert "Traceback" not in shown.text
        refused = await creator.post("/api/v1/uploads", files={"file": ("p.jpg", PHOTO, "image/jpeg")})
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        assert (await creator.get("/api/v1/uploads")).json()["items"] == []

    async def test_browsers_may_be_sent_to_a_copy_of_it(
        self, app: FastAPI, chosen: Settings, client: httpx.AsyncClient
    ) -> None:
        media = chosen.media.model_copy(update={"s3_public_url": "https://cdn.example.com/site/one/"})
        app.state.media = ObjectStore(media)
        sent = await client.get(f"/media/{IMAGE.name}")
        assert (sent.status_code, sent.headers["location"]) == (302, f"https://cdn.example.com/site/one/{IMAGE.name}")
        assert (await client.get("/media/ab/x.png")).status_code == 404


class TestSettings:
    def test_what_is_missing_is_told_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STOA_MEDIA_STORE", "s3")
        with pytest.raises(SettingsFault, match=r"STOA_S3_BUCKET.*STOA_S3_ACCESS_KEY.*STOA_S3_SECRET_KEY"):
            Settings.load(env_file=None)

    @pytest.mark.parametrize(
        ("endpoint", "is_fine"),
        [
            ("http://127.0.0.1:9000", True), ("http://localhost:9000", True), ("https://s3.example.com", True),
            ("http://s3.example.com", False), ("http://10.0.0.8:9000", False), ("http://127.0.0.1.example.com", False),
            ("ftp://s3.example.com", False), ("https://user:pass@s3.example.com", False),
        ],
    )  # fmt: skip
    def test_keys_go_nowhere_in_the_clear(self, monkeypatch: pytest.MonkeyPatch, endpoint: str, is_fine: bool) -> None:
        for name, value in (("MEDIA_STORE", "s3"), ("S3_BUCKET", "b"), ("S3_ACCESS_KEY", "k"), ("S3_SECRET_KEY", "s")):
            monkeypatch.setenv(f"STOA_{name}", value)
        monkeypatch.setenv("STOA_S3_ENDPOINT", endpoint)
        if is_fine:
            Settings.load(env_file=None)
            return
        with pytest.raises(SettingsFault, match="STOA_S3_ENDPOINT"):
            Settings.load(env_file=None)

    def test_the_folder_is_what_one_gets_without_a_word(self, settings: Settings, data_dir: Any) -> None:
        assert str(data_dir / "media") in media_store(settings, data_dir).check()
