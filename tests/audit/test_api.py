"""The audit log over HTTP: for those with `view:audit`, and read-only."""

import httpx
import pytest

from stoa.shared.database import Database
from tests.audit.log import ADA, record
from tests.people import People

LOG = "/api/v1/admin/audit"


class TestListAuditEvents:
    async def test_an_admin_reads_it_and_nobody_keeps_it(self, admin: httpx.AsyncClient, db: Database) -> None:
        await record(db, "page.a", "page.b")
        answer = await admin.get(LOG, params={"action": "page.", "actor": str(ADA.id)})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert [item["action"] for item in answer.json()["items"]] == ["page.b", "page.a"]
        assert " ".join(sorted(answer.json()["items"][0])) == (
            "action actor_id actor_kind address at details id position subject_id subject_type"
        )

    async def test_is_not_for_everybody(self, client: httpx.AsyncClient, people: People) -> None:
        assert (await client.get(LOG)).status_code == 401
        moderator = await people.client("moderator")
        assert (await moderator.get(LOG)).status_code == 403

    @pytest.mark.parametrize(
        "query",
        [
            "action=User%20banned", "action=%00", "action=a..b", "actor=ada", "subject_id=%00", "from=yesterday",
            "from=2026-01-01T00:00:00", "from=0001-01-01T00:00:00%2B14:00", "to=9999-12-31T23:59:59-14:00",
            "cursor=x", "limit=101",
        ],
    )  # fmt: skip
    async def test_bad_filters_are_told(self, admin: httpx.AsyncClient, query: str) -> None:
        assert (await admin.get(f"{LOG}?{query}")).status_code in {400, 422}

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    async def test_cannot_be_written(self, admin: httpx.AsyncClient, method: str) -> None:
        assert (await admin.request(method, LOG)).status_code in {403, 405}
