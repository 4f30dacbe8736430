"""Clients that are not ours, against a running site: Authlib's OAuth 2 client, and the Authorize button of /docs."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from stoa.main import create_app
from stoa.shared.settings import Settings
from tests.people import PASSWORD, People, Person
from tests.running_site import CHROMIUM, NO_CHROMIUM, launched_browser, served


@pytest.fixture
async def ada(settings: Settings, own_database_url: str, redis_url: str, tmp_path: Path) -> Person:
    app = create_app(settings, database_url=own_database_url, redis_url=redis_url, data_dir=tmp_path)
    async with app.router.lifespan_context(app):
        return await People(app).person("creator", with_password=True, username="ada")


@pytest.fixture
async def site(
    ada: Person,  # noqa: ARG001 # is there before the site
    own_database_url: str,
    redis_url: str,
    tmp_path: Path,
) -> AsyncIterator[str]:
    with served(own_database_url, redis_url, tmp_path, workers=2) as address:
        yield address


def session(endpoint: str) -> OAuth2Session:
    return OAuth2Session(token_endpoint=endpoint, token_endpoint_auth_method="none")


class TestAuthlib:
    def test_signs_in_refreshes_and_revokes(self, site: str, ada: Person) -> None:
        """With what the metadata says, and nothing of ours."""
        metadata = httpx.get(f"{site}/.well-known/oauth-authorization-server").json()
        endpoint = metadata["token_endpoint"]
        with session(endpoint) as client:
            first = client.fetch_token(endpoint, username=ada.email, password=PASSWORD, grant_type="password")
            assert client.get(f"{site}/api/v1/users/me").json()["username"] == "ada"
            second = client.refresh_token(f"{endpoint}/refresh", refresh_token=first["refresh_token"])
            third = client.refresh_token(endpoint, refresh_token=second["refresh_token"])
            assert client.get(f"{site}/api/v1/users/me").status_code == 200
            answer = client.revoke_token(metadata["revocation_endpoint"], token=third["refresh_token"])
            assert answer.status_code == 200
            assert client.get(f"{site}/api/v1/users/me").status_code == 401
            with pytest.raises(OAuthError, match="invalid_grant"):
                client.refresh_token(endpoint, refresh_token=third["refresh_token"])

    def test_is_told_a_wrong_password(self, site: str, ada: Person) -> None:
        endpoint = f"{site}/api/v1/token"
        with session(endpoint) as client, pytest.raises(OAuthError, match="invalid_grant"):
            client.fetch_token(endpoint, username=ada.email, password="wrong one", grant_type="password")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
class TestDocs:
    async def test_authorize_signs_in(self, site: str, ada: Person) -> None:
        async with launched_browser() as browser:
            page = await browser.new_page()
            faults: list[str] = []
            page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
            await page.goto(f"{site}/docs")
            await page.get_by_role("button", name="Authorize").first.click()
            form = page.locator(".auth-container", has=page.locator("#oauth_username"))
            await form.locator("#oauth_username").fill(ada.email)
            await form.locator("#oauth_password").fill(PASSWORD)
            await form.get_by_role("button", name="Apply given OAuth2 credentials").click()
            await page.get_by_role("button", name="Remove authorization").first.wait_for()
            await page.get_by_role("button", name="Close").first.click()
            operation = page.locator("#operations-users-get_me_api_v1_users_me_get")
            await operation.locator(".opblock-summary-control").click()
            await operation.get_by_role("button", name="Try it out").click()
            await operation.get_by_role("button", name="Execute").click()
            answer = operation.locator(".live-responses-table .response-col_status", has_text="200")
            await answer.wait_for()
            assert faults == []
