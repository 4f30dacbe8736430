"""What every answer carries and every request must be, whatever the route."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import client_of


class TestEveryAnswer:
    @pytest.mark.parametrize("path", ["/", "/api/v1/articles", "/api/v1/articles/nothing", "/nothing", "/healthz"])
    async def test_is_protected_and_can_be_traced(self, client: httpx.AsyncClient, path: str) -> None:
        headers = (await client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"]
        assert headers["x-request-id"]
        assert headers["server-timing"].startswith("app;dur=")

    async def test_carries_the_callers_request_id_when_it_is_one(self, client: httpx.AsyncClient) -> None:
        asked = await client.get("/healthz", headers={"x-request-id": "trace-1234.5"})
        assert asked.headers["x-request-id"] == "trace-1234.5"
        for bad in ("short", "x" * 65, "with space 12345", 'quote"12345'):
            answer = await client.get("/healthz", headers={"x-request-id": bad})
            assert answer.headers["x-request-id"] != bad

    async def test_faults_are_not_stored(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/v1/articles/nothing")).headers["cache-control"] == "no-store"

    async def test_the_request_id_stands_in_the_problem_and_on_the_page(self, client: httpx.AsyncClient) -> None:
        problem = await client.get("/api/v1/articles/nothing")
        assert problem.json()["request_id"] == problem.headers["x-request-id"]
        page = await client.get("/nothing")
        assert page.headers["x-request-id"] in page.text


class TestUnexpectedFault:
    async def test_is_a_500_with_all_headers_and_without_details(self, app: FastAPI) -> None:
        async def broken() -> None:
            raise RuntimeError("the secret detail")

        app.add_api_route("/api/v1/broken", broken)
        app.add_api_route("/broken", broken)
        async with client_of(app) as client:
            for path, kind in (("/api/v1/broken", "application/problem+json"), ("/broken", "text/html; charset=utf-8")):
                answer = await client.get(path)
                assert answer.status_code == 500
                assert answer.headers["content-type"] == kind
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["x-request-id"] in answer.text
                assert "secret detail" not in answer.text


class TestFrontDoor:
    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "localhost@evil"])
    async def test_answers_for_its_own_hosts_only(self, client: httpx.AsyncClient, host: str) -> None:
        answer = await client.get("/", headers={"host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text

    @pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
    async def test_answers_for_these(self, client: httpx.AsyncClient, host: str) -> None:
        assert (await client.get("/healthz", headers={"host": host})).status_code == 200

    async def test_refuses_an_address_that_is_too_long(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/v1/articles?search=" + "[" * 20_000)).status_code == 414

    @pytest.mark.parametrize("path", ["/articles/a%00b", "/search?q=%00", "/%ff%fe", "/search?q=%ff"])
    async def test_refuses_what_is_no_text(self, client: httpx.AsyncClient, path: str) -> None:
        assert (await client.get(path)).status_code in {400, 404}


class TestBodyLimit:
    async def test_refuses_an_announced_body_over_the_limit(self, admin: httpx.AsyncClient) -> None:
        answer = await admin.post("/api/v1/tags", content=b"x" * 1_048_577)
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_refuses_a_streamed_body_over_the_limit(self, admin: httpx.AsyncClient) -> None:
        async def endless() -> AsyncIterator[bytes]:
            for _ in range(40):
                yield b"x" * 65_536

        answer = await admin.post("/api/v1/tags", content=endless(), headers={"content-type": "application/json"})
        assert answer.status_code == 413


class TestMethods:
    async def test_head_is_get_without_the_body(self, client: httpx.AsyncClient) -> None:
        for path in ("/", "/api/v1/articles", "/robots.txt"):
            got, head = await client.get(path), await client.head(path)
            assert head.status_code == 200
            assert head.content == b""
            assert head.headers["content-length"] == got.headers["content-length"]

    async def test_a_method_that_is_not_taken_is_a_405_problem(self, client: httpx.AsyncClient) -> None:
        answer = await client.put("/api/v1/articles")
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"


class TestHealth:
    async def test_ready_names_each_part(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/readyz")).json() == {"status": "ready", "database": "ok", "valkey": "ok"}
