"""Requests that no client of good will sends: each is refused, none gets through, none is a fault of ours."""

import re

import httpx
import pytest
from fastapi import FastAPI

from stoa.modules.auth.pace import LEAST
from stoa.shared.security import permissions_of
from tests.auth.calls import API, assert_problem, me
from tests.conftest import client_of
from tests.people import PASSWORD, People
from tests.rights.test_pages import address

FORMS = ("/sign-in", "/register", "/forgot-password", f"{API}/token", f"{API}/token/refresh", f"{API}/token/revoke")
JSON = {"content-type": "application/json"}
# What browsers send to other sites without asking them first, and what they ask for.
KINDS = {
    "text/plain": "csrf_token=%s",
    "application/x-www-form-urlencoded": "csrf_token=%s",
    "multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=csrf_token\r\n\r\n%s\r\n--x--\r\n",
    "application/json": '{"csrf_token":"%s"}',
}
SENDERS = ("http://[", "http://[::1", "null", "", "//localhost:8000@evil.example", "localhost:8000")
PATHS = ("//evil.example", "/%2Fevil.example", "/%5Cevil.example", "/sign-in/", "/studio//")
HOSTS = ("evil.example", "localhost@evil.example", "localhost:evil", "", "localhost, evil")
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


def multipart(value: bytes) -> bytes:
    fields = (b"grant_type", b"password"), (b"username", value), (b"password", value), (b"token", value)
    return b"".join(PART % field for field in fields) + b"--x--\r\n"


class TestEncodings:
    @pytest.mark.parametrize("path", FORMS)
    @pytest.mark.parametrize(
        ("charset", "value"),
        [
            ("undefined", b"a"), ("punycode", b"a"), ("idna", b"a..b"), ("unicode_escape", b"\\ud800"), ("zlib", b"a"),
            ("utf-7", b"+2AA-"), ("utf-16", b"\x00\xd8"), ("a\\0b", b"a"), ('"UNDEFINED"', b"a"),
            ("utf-8;charset=idna", b"a"),
        ],
    )  # fmt: skip
    async def test_other_than_utf_8_are_refused(
        self, client: httpx.AsyncClient, path: str, charset: str, value: bytes
    ) -> None:
        headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}", "cookie": "stoa_form=x"}
        answer = await client.post(path, content=multipart(value), headers=headers)
        assert "UTF-8" in assert_problem(answer, 400)["detail"]

    @pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
    async def test_utf_8_is_taken(self, client: httpx.AsyncClient, charset: str) -> None:
        headers = {"content-type": f"application/x-www-form-urlencoded; charset={charset}"}
        body = b"grant_type=password&username=nobody&password=a"
        answer = await client.post(f"{API}/token", content=body, headers=headers)
        assert assert_problem(answer, 400)["error"] == "invalid_grant"

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("DELETE", "/users/me", b'{"password":"\\ud800 a long one"}'),
            ("POST", "/password/change", b'{"current_password":"\\udfff","password":"a long password"}'),
            ("POST", "/password/change", b'{"current_password":"%s","password":"a long \\ud800 one"}'),
            ("POST", "/register", b'{"email":"half@example.com","password":"a long \\ud800 one"}'),
        ],
    )
    async def test_half_a_character_is_no_password(self, people: People, method: str, path: str, body: bytes) -> None:
        client = await people.client(with_password=True)
        sent = body.replace(b"%s", PASSWORD.encode())
        answer = await client.request(method, f"{API}{path}", content=sent, headers=JSON)
        assert_problem(answer, 422)
        assert (await me(client)).status_code == 200


class TestTwoCredentials:
    async def test_two_headers_are_one_too_many(self, people: People, app: FastAPI) -> None:
        viewer, admin = await people.client(), await people.client("admin")
        both = [client.headers["authorization"] for client in (viewer, admin)]
        for sent in (both, both[::-1], [both[1], "Bearer x"], [both[1]] * 2):
            answer = await client_of(app).get(f"{API}/users/me", headers=[("authorization", one) for one in sent])
            assert_problem(answer, 401)

    async def test_the_header_decides_and_a_bad_one_lets_nobody_in(self, people: People) -> None:
        browser = await people.client("admin", by="cookie")
        viewer = await people.client("viewer")
        sent = {"authorization": viewer.headers["authorization"]}
        assert (await browser.get(f"{API}/users/me", headers=sent)).json()["role"] == "viewer"
        assert (await browser.get(f"{API}/users", headers=sent)).status_code == 403
        for bad in ("", "Bearer", "Bearer x", "Basic YTpi", "bearer\tx"):
            assert_problem(await browser.get(f"{API}/users/me", headers={"authorization": bad}), 401)


class TestTime:
    @pytest.mark.parametrize("path", ["/password/forgot", "/verify-email/resend"])
    async def test_tells_nobody_whether_there_is_an_account(
        self, client: httpx.AsyncClient, people: People, path: str
    ) -> None:
        """Both wait for the same moment, long after either is done."""
        person = await people.person(is_verified=False)
        for email in (person.email, "nobody@example.com"):
            answer = await client.post(f"{API}{path}", json={"email": email})
            assert answer.status_code == 202
            assert answer.elapsed.total_seconds() > LEAST * 0.9


class TestForgery:
    async def test_no_kind_of_body_replaces_the_header(self, app: FastAPI, people: People) -> None:
        browser = await people.client("admin", by="cookie")
        token = browser.headers.pop("x-csrf-token")
        calls = [key for key, needs in permissions_of(app).items() if key[1].startswith(API) and needs != "public"]
        for method, path in calls:
            for kind, body in KINDS.items() if method != "GET" else ():
                headers = {"content-type": kind}
                answer = await browser.request(method, address(path), content=body % token, headers=headers)
                assert assert_problem(answer, 403)["type"].endswith("#csrf"), (method, path, kind)
        assert (await me(browser)).status_code == 200

    @pytest.mark.parametrize("sender", SENDERS)
    @pytest.mark.parametrize("name", ["origin", "referer"])
    async def test_senders_that_are_no_address(
        self, client: httpx.AsyncClient, people: People, name: str, sender: str
    ) -> None:
        browser = await people.client(by="cookie")
        del browser.headers["origin"]
        assert_problem(await browser.put(f"{API}/users/me", json={}, headers={name: sender}), 403)
        found = re.search(r'name="csrf_token" value="([^"]+)"', (await client.get("/sign-in")).text)
        assert found
        form = {"csrf_token": found[1]}
        assert (await client.post("/sign-in", data=form, headers={name: sender})).status_code == 403
        own = await client.post("/sign-in", data=form, headers={name: "http://localhost:8000"})
        assert own.status_code == 422

    async def test_the_method_is_the_method(self, people: People) -> None:
        person = await people.person()
        client = await people.client_of(person)
        headers = {"x-http-method-override": "DELETE", "x-method-override": "DELETE", "x-http-method": "DELETE"}
        answer = await client.post(f"{API}/users/me?_method=DELETE", json={"_method": "DELETE"}, headers=headers)
        assert answer.status_code == 405
        assert (await me(client)).status_code == 200


class TestAddresses:
    @pytest.mark.parametrize("path", PATHS)
    async def test_lead_to_no_other_site(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(f"http://localhost:8000{path}")
        assert answer.status_code == 404
        assert "location" not in answer.headers

    @pytest.mark.parametrize("host", HOSTS)
    async def test_of_other_hosts_are_not_answered(self, client: httpx.AsyncClient, host: str) -> None:
        assert_problem(await client.get("/", headers={"host": host}), 400)
