"""Imports in the studio: a file sent by the form, its report, and what is refused."""

import io
import zipfile
from uuid import uuid4

import httpx
import pytest

from tests.web.studio import shown


def archive(**texts: str) -> bytes:
    """A zip of Markdown files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name, text in texts.items():
            file.writestr(f"{name}.md", text)
    return whole.getvalue()


async def uploaded(admin: httpx.AsyncClient, name: str = "notes.zip", **fields: str) -> httpx.Response:
    content = archive(walk="# A walk\n\nOut and back.", river="# The river\n\nDown it goes.")
    return await admin.post("/studio/import", data=fields, files={"file": (name, content, "application/zip")})


class TestImports:
    async def test_are_an_admin_s(self, moderator: httpx.AsyncClient) -> None:
        await shown(moderator, "/studio/import", 403)
        assert (await uploaded(moderator)).status_code == 403

    async def test_a_file_begins_one(self, admin: httpx.AsyncClient) -> None:
        assert "Nothing imported yet" in (await shown(admin, "/studio/import")).text
        answer = await uploaded(admin, dry_run="on", status="draft")
        assert answer.status_code == 303
        one = await admin.get(answer.headers["location"])
        assert ("notes" in one.text, "Waiting" in one.text, "Trial" in one.text) == (True, True, True)
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in one.text
        assert (await shown(admin, "/studio/import")).links["notes"] == answer.headers["location"]

    async def test_is_cancelled_before_it_runs(self, admin: httpx.AsyncClient) -> None:
        address = (await uploaded(admin)).headers["location"]
        answer = await admin.post(f"{address}/cancel", data={"csrf_token": "x"})
        assert answer.headers["location"] == address
        page = await admin.get(address)
        assert "Cancelled" in page.text
        assert "http-equiv" not in page.text
        assert (await admin.post(f"{address}/cancel", data={"csrf_token": "x"})).status_code == 409

    async def test_without_a_file_says_so(self, admin: httpx.AsyncClient) -> None:
        answer = await admin.post("/studio/import", files={"status": (None, "draft")})
        assert answer.status_code == 422
        assert "Choose the file to import." in answer.text

    @pytest.mark.parametrize(
        "fields", [{"author": "nobody-here"}, {"old_site": "javascript:alert(1)"}, {"status": "burnt"}]
    )
    async def test_a_refused_choice_is_told_and_nothing_begins(
        self, admin: httpx.AsyncClient, fields: dict[str, str]
    ) -> None:
        answer = await uploaded(admin, **fields)
        assert answer.status_code == 422
        assert "field-error" in answer.text
        assert "Nothing imported yet" in (await shown(admin, "/studio/import")).text

    async def test_refuses_what_is_no_source(self, admin: httpx.AsyncClient) -> None:
        answer = await uploaded(admin, name="notes.exe")
        assert answer.status_code == 422
        assert ".zip" in answer.text

    @pytest.mark.parametrize("query", ["?outcome=burnt", f"?cursor={'x' * 600}"])
    async def test_refuses_what_cannot_be_asked(self, admin: httpx.AsyncClient, query: str) -> None:
        address = (await uploaded(admin)).headers["location"]
        await shown(admin, f"{address}{query}", 422)

    async def test_another_is_not_there(self, admin: httpx.AsyncClient) -> None:
        await shown(admin, f"/studio/import/{uuid4()}", 404)
