"""Access and refresh tokens: OAuth 2 as its clients know it, rotation, revocation, and everything forged."""

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from fastapi import FastAPI

from stoa.modules.auth.gate import AccountGate
from stoa.modules.auth.parts import AuthParts
from stoa.modules.auth.sessions.tokens import AccessTokens
from stoa.shared.keyring import Keyring
from tests.auth.calls import API, assert_problem, me, refresh, sign_in, tokens
from tests.auth.conftest import Mails
from tests.people import PASSWORD, People, Person


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person(with_password=True, username="ada-of-the-tests")


class TestPassword:
    async def test_answers_what_oauth_clients_expect(self, client: httpx.AsyncClient, ada: Person) -> None:
        answer = await sign_in(client, ada.email.upper())
        pair = answer.json()
        assert pair["token_type"] == "Bearer"
        assert pair["expires_in"] == 900
        assert answer.headers["cache-control"] == "no-store"
        assert (await me(client, pair["access_token"])).json()["username"] == ada.username

    async def test_takes_the_username_too(self, client: httpx.AsyncClient, ada: Person) -> None:
        assert (await sign_in(client, ada.username)).status_code == 200

    async def test_says_the_same_for_unknown_and_wrong(self, client: httpx.AsyncClient, ada: Person) -> None:
        wrong = assert_problem(await sign_in(client, ada.email, "not the password"), 400)
        unknown = assert_problem(await sign_in(client, "nobody@example.com"), 400)
        assert wrong["error"] == "invalid_grant"
        assert {k: v for k, v in wrong.items() if k != "request_id"} == {
            k: v for k, v in unknown.items() if k != "request_id"
        }

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"grant_type": "password", "username": "a"}, "invalid_request"),
            ({"username": "a", "password": "b"}, "invalid_request"),
            ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
            ({"grant_type": "password", "username": "a", "password": "b", "role": "admin"}, "invalid_request"),
            ({"grant_type": ["password", "password"], "username": "a", "password": "b"}, "invalid_request"),
            ({"grant_type": "password", "username": "a", "password": "b", "scope": "everything"}, "invalid_scope"),
            ({"grant_type": "password", "username": "a\0", "password": "b"}, "invalid_request"),
            ({"grant_type": "refresh_token"}, "invalid_request"),
            ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, "invalid_grant"),
            ({f"field{n}": "x" for n in range(5000)}, None),
        ],
    )
    async def test_refuses_with_the_code_of_the_rfc(
        self, client: httpx.AsyncClient, form: dict[str, Any], error: str | None
    ) -> None:
        problem = assert_problem(await client.post(f"{API}/token", data=form), 400)
        assert error is None or problem["error"] == error

    @pytest.mark.parametrize(
        "body",
        [
            b"[]",
            b"{",
            b'{"grant_type": {"a": 1}}',
            b'{"grant_type": "password", "username": ["a"], "password": null}',
            b"\xff",
            b'"text"',
            b'{"grant_type": NaN}',
        ],
    )
    async def test_json_of_the_wrong_shape(self, client: httpx.AsyncClient, body: bytes) -> None:
        answer = await client.post(f"{API}/token", content=body, headers={"content-type": "application/json"})
        assert assert_problem(answer, 400)["error"] == "invalid_request"


class TestSlowingDown:
    async def test_failures_have_to_wait_and_the_owner_is_told(
        self, client: httpx.AsyncClient, ada: Person, mails_to: Mails
    ) -> None:
        answers = [await sign_in(client, ada.email, f"guess number {n}") for n in range(8)]
        assert [answer.status_code for answer in answers] == [400] * 6 + [429] * 2
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert_problem(await sign_in(client, ada.email), 429)  # the right one has to wait as well
        assert [mail["kind"] for mail in await mails_to(ada.email)] == ["sign_in_attempts"]

    async def test_unknown_addresses_have_to_wait_as_long(self, client: httpx.AsyncClient) -> None:
        name = f"{uuid4().hex}@example.com"
        answers = [await sign_in(client, name) for _ in range(8)]
        assert [answer.status_code for answer in answers] == [400] * 6 + [429] * 2

    async def test_the_right_password_forgives(self, client: httpx.AsyncClient, ada: Person) -> None:
        for _ in range(3):
            for n in range(4):
                assert (await sign_in(client, ada.email, f"guess number {n}")).status_code == 400
            assert (await sign_in(client, ada.email)).status_code == 200


class TestRefresh:
    async def test_rotates(self, client: httpx.AsyncClient, ada: Person) -> None:
        first = await tokens(client, ada.email)
        second = (await refresh(client, first["refresh_token"])).json()
        third = (await refresh(client, second["refresh_token"])).json()
        assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
        assert (await me(client, third["access_token"])).status_code == 200

    async def test_a_repeat_within_the_grace_gets_the_same_successor(
        self, client: httpx.AsyncClient, ada: Person
    ) -> None:
        first = await tokens(client, ada.email)
        one = (await refresh(client, first["refresh_token"])).json()
        other = (await refresh(client, first["refresh_token"])).json()
        assert one["refresh_token"] == other["refresh_token"]

    async def test_takes_json_and_the_token_endpoint_too(self, client: httpx.AsyncClient, ada: Person) -> None:
        first = await tokens(client, ada.email)
        second = await client.post(f"{API}/token/refresh", json={"refresh_token": first["refresh_token"]})
        form = {"grant_type": "refresh_token", "refresh_token": second.json()["refresh_token"]}
        assert (await client.post(f"{API}/token", data=form)).status_code == 200

    async def test_revoking_ends_the_sign_in(self, client: httpx.AsyncClient, ada: Person) -> None:
        for kind in ("access_token", "refresh_token"):
            pair = await tokens(client, ada.email)
            form = {"token": pair[kind], "token_type_hint": kind}
            assert (await client.post(f"{API}/token/revoke", data=form)).status_code == 200
            assert (await me(client, pair["access_token"])).status_code == 401
            assert assert_problem(await refresh(client, pair["refresh_token"]), 400)["error"] == "invalid_grant"

    async def test_revoking_something_unknown_is_no_fault(self, client: httpx.AsyncClient) -> None:
        assert (await client.post(f"{API}/token/revoke", data={"token": "unknown"})).status_code == 200
        assert_problem(await client.post(f"{API}/token/revoke", data={}), 400)


class TestSessions:
    async def test_shows_where_one_is_signed_in_and_ends_them(self, client: httpx.AsyncClient, ada: Person) -> None:
        browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        client.headers["user-agent"] = browser
        here, there = await tokens(client, ada.email), await tokens(client, ada.email)
        client.headers["authorization"] = f"Bearer {here['access_token']}"
        items = (await client.get(f"{API}/sessions")).json()["items"]
        assert [(item["device"], item["is_current"]) for item in items] == [
            ("Firefox on Linux", True),
            ("Firefox on Linux", False),
        ]
        assert (await client.delete(f"{API}/sessions/{items[1]['id']}")).status_code == 204
        assert (await me(client, there["access_token"])).status_code == 401
        assert (await client.delete(f"{API}/sessions")).status_code == 204
        assert (await me(client)).status_code == 401

    async def test_anothers_session_is_not_there(self, people: People, ada: Person) -> None:
        mine = await people.client_of(ada)
        session_id = (await mine.get(f"{API}/sessions")).json()["items"][0]["id"]
        other = await people.client()
        assert_problem(await other.delete(f"{API}/sessions/{session_id}"), 404)
        assert (await me(mine)).status_code == 200

    async def test_logout_ends_this_one(self, people: People, ada: Person) -> None:
        mine, elsewhere = await people.client_of(ada), await people.client_of(ada, by="cookie")
        assert (await mine.post(f"{API}/logout")).status_code == 204
        assert (await me(mine)).status_code == 401
        assert (await me(elsewhere)).status_code == 200


class TestCookies:
    async def test_a_change_needs_the_header_and_our_origin(self, people: People, ada: Person) -> None:
        mine = await people.client_of(ada, by="cookie")
        good = dict(mine.headers)
        assert (await mine.put(f"{API}/users/me", json={"bio": "One"})).status_code == 200
        for wrong in (
            {"x-csrf-token": "forged"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ):
            answer = await mine.put(f"{API}/users/me", json={"bio": "Two"}, headers=wrong)
            assert assert_problem(answer, 403)["type"].endswith("#csrf")
        del mine.headers["x-csrf-token"]
        assert_problem(await mine.put(f"{API}/users/me", json={"bio": "Two"}), 403)
        assert (await me(mine)).json()["bio"] == "One"
        assert "x-csrf-token" in good

    async def test_anothers_token_does_not_help(self, people: People, ada: Person) -> None:
        mine, other = await people.client_of(ada, by="cookie"), await people.client(by="cookie")
        stolen = {"x-csrf-token": other.headers["x-csrf-token"]}
        assert_problem(await mine.put(f"{API}/users/me", json={"bio": "Two"}, headers=stolen), 403)


def part(value: dict[str, Any]) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value, default=lambda when: int(when.timestamp())).encode()).rstrip(b"=")


def forged(parts: AuthParts, person: Person, session_id: str, **changes: Any) -> str:
    """A token like ours but for one thing; made by hand, since libraries refuse to make most of these."""
    key = parts.keyring.newest("access-token")
    now = datetime.now(UTC)
    algorithm = changes.get("algorithm", "HS256")
    header = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt", **changes.get("headers", {})}
    claims: dict[str, Any] = {
        "iss": "http://localhost:8000",
        "aud": "http://localhost:8000/api",
        "sub": str(person.id),
        "sid": session_id,
        "iat": now,
        "exp": now + timedelta(minutes=5),
        **changes.get("claims", {}),
    }
    signed = part(header) + b"." + part({name: value for name, value in claims.items() if value is not None})
    if algorithm == "none":
        return f"{signed.decode()}."
    digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[algorithm]
    signature = hmac.digest(changes.get("secret", key.secret), signed, digest)
    return f"{signed.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


class TestForged:
    @pytest.fixture
    async def session_id(self, people: People, ada: Person) -> str:
        mine = await people.client_of(ada)
        found: str = (await mine.get(f"{API}/sessions")).json()["items"][0]["id"]
        return found

    async def test_the_forger_is_able(
        self, client: httpx.AsyncClient, app: FastAPI, ada: Person, session_id: str
    ) -> None:
        assert (await me(client, forged(app.state.auth, ada, session_id))).status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"secret": b"another key of thirty-two characters or more"},
            {"secret": b""},
            {"algorithm": "none"},
            {"algorithm": "none", "headers": {"alg": "NoNe"}},
            {"algorithm": "HS512"},
            {"algorithm": "HS384"},
            {"headers": {"kid": "unknown"}},
            {"headers": {"kid": ["a"]}},
            {"headers": {"kid": {"a": 1}}},
            {"headers": {"kid": "../../etc/passwd"}},
            {"headers": {"kid": None}},
            {"headers": {"typ": "JWT"}},
            {"headers": {"typ": None}},
            {"headers": {"jku": "https://evil.example/keys", "kid": "evil"}},
            {"claims": {"aud": "http://localhost:8000"}},
            {"claims": {"aud": None}},
            {"claims": {"aud": ["https://evil.example"]}},
            {"claims": {"iss": "https://evil.example"}},
            {"claims": {"exp": datetime(2020, 1, 1, tzinfo=UTC)}},
            {"claims": {"exp": None}},
            {"claims": {"exp": "never"}},
            {"claims": {"iat": datetime(2999, 1, 1, tzinfo=UTC)}},
            {"claims": {"sub": "00000000-0000-0000-0000-000000000000"}},
            {"claims": {"sub": "ada"}},
            {"claims": {"sub": None}},
            {"claims": {"sid": "00000000-0000-0000-0000-000000000000"}},
            {"claims": {"sid": "' OR 1=1"}},
            {"claims": {"sid": ["a"]}},
            {"claims": {"sid": None}},
        ],
        ids=str,
    )
    async def test_lets_nobody_in(
        self, client: httpx.AsyncClient, app: FastAPI, ada: Person, session_id: str, changes: dict[str, Any]
    ) -> None:
        token = forged(app.state.auth, ada, session_id, **changes)
        answer = await me(client, token)
        assert assert_problem(answer, 401)["error"] == "invalid_token"
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'

    async def test_hmac_with_what_is_public(
        self, client: httpx.AsyncClient, app: FastAPI, ada: Person, session_id: str
    ) -> None:
        """The name of the key, and the metadata, are all that a forger can see."""
        kid = app.state.auth.keyring.newest("access-token").kid
        metadata = (await client.get("/.well-known/oauth-authorization-server")).content
        for secret in (kid.encode() * 4, metadata):
            token = forged(app.state.auth, ada, session_id, secret=secret)
            assert_problem(await me(client, token), 401)

    @pytest.mark.parametrize("typ", ["csrf", "form"])
    async def test_keys_of_other_purposes(
        self, client: httpx.AsyncClient, app: FastAPI, ada: Person, session_id: str, typ: str
    ) -> None:
        other = app.state.auth.keyring.newest(typ)
        token = forged(app.state.auth, ada, session_id, secret=other.secret, headers={"kid": other.kid})
        assert_problem(await me(client, token), 401)

    @pytest.mark.parametrize(
        "token",
        ["", "a", "a.b", "a.b.c", "." * 10, "x" * 5000, "stoa_", "stoa_" + "x" * 43, "null", "\u00e9\u00e8", "..",
         "eyJhbGciOiJub25lIn0.e30.",
         base64.urlsafe_b64encode(json.dumps({"alg": "HS256"}).encode()).decode() + ".e30.x"],
    )  # fmt: skip
    async def test_nonsense(self, client: httpx.AsyncClient, token: str) -> None:
        answer = await client.get(f"{API}/users/me", headers={b"authorization": f"Bearer {token}".encode()})
        assert_problem(answer, 401)

    async def test_another_scheme(self, client: httpx.AsyncClient) -> None:
        basic = {"authorization": "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()}
        assert_problem(await client.get(f"{API}/users/me", headers=basic), 401)

    async def test_a_key_is_no_secret_of_a_cookie(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        client.cookies.set(app.state.auth.cookie_name, "x" * 43)
        assert_problem(await client.get(f"{API}/users/me"), 401)


class TestKeys:
    async def test_rotating_signs_nobody_out(self, client: httpx.AsyncClient, app: FastAPI, ada: Person) -> None:
        pair = await tokens(client, ada.email)
        old = app.state.auth.keyring._secrets[0].decode()  # noqa: SLF001 # what an operator has in a file
        keyring = Keyring(["the new key of thirty-two characters", old])
        access = AccessTokens(keyring, issuer="http://localhost:8000", minutes=15)
        app.state.auth = replace(app.state.auth, keyring=keyring, tokens=access)
        app.state.gate = AccountGate(app.state.auth)
        assert (await me(client, pair["access_token"])).status_code == 200
        new = (await refresh(client, pair["refresh_token"])).json()
        header = jwt.get_unverified_header(new["access_token"])
        assert header["kid"] == keyring.newest("access-token").kid
        assert (await me(client, new["access_token"])).status_code == 200
