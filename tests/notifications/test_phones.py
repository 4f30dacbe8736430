"""One's telephone number: a code goes there, comes back, and only then notices go there."""

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from stoa.modules.notifications.phones.personal_data import DATA
from stoa.modules.notifications.phones.service import PhoneService
from stoa.shared.database import Database
from tests.people import People, Person

PHONE = "/api/v1/notifications/phone"
NUMBER = "+41791234567"
Codes = Callable[[], Awaitable[list[str]]]


@pytest.fixture
async def ada(people: People) -> Person:
    return await people.person()


@pytest.fixture
async def mine(people: People, ada: Person) -> httpx.AsyncClient:
    return await people.client_of(ada)


@pytest.fixture
def codes(db: Database) -> Codes:
    """Every code that was sent so far, the newest last."""

    async def read(session: AsyncSession) -> list[str]:
        found = await session.scalars(
            text("SELECT content ->> 'text' FROM deliveries WHERE channel = 'sms' ORDER BY id")
        )
        return [re.findall(r"\b[0-9]{6}\b", words)[0] for words in found]

    return lambda: db.transact(read)


async def confirmed(db: Database, user_id: UUID) -> str | None:
    return await db.transact(lambda session: PhoneService(session).confirmed_number(user_id))


async def change(db: Database, statement: str) -> None:
    async def run(session: AsyncSession) -> None:
        await session.execute(text(statement))

    await db.transact(run)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


class TestConfirming:
    async def test_a_number_counts_once_its_code_came_back(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, codes: Codes
    ) -> None:
        asked = await mine.put(PHONE, json={"number": "+41 (79) 123-45 67"})
        assert asked.status_code == 200
        assert (asked.json()["number"], asked.json()["confirmed_at"]) == (NUMBER, None)
        assert asked.json()["code_expires_at"]
        assert await confirmed(db, ada.id) is None
        (code,) = await codes()
        answer = await mine.post(f"{PHONE}/confirm", json={"code": f" {code[:3]} {code[3:]} "})
        assert answer.status_code == 200
        assert answer.json()["confirmed_at"]
        assert answer.json()["code_expires_at"] is None
        assert await confirmed(db, ada.id) == NUMBER

    async def test_the_code_leaves_by_sms_and_stands_nowhere_else(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, codes: Codes
    ) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        (code,) = await codes()

        async def rows(session: AsyncSession) -> tuple[str, str]:
            sent = (await session.execute(text("SELECT kind, recipient, user_id, is_secret FROM deliveries"))).one()
            assert tuple(sent) == ("phone-code", NUMBER, ada.id, True)
            kept = await session.scalar(
                text("SELECT phone_numbers::text || encode(code_hash, 'escape') FROM phone_numbers")
            )
            log = await session.scalar(text("SELECT string_agg(e::text, ' ') FROM audit.events AS e"))
            return str(kept), str(log)

        kept, log = await db.transact(rows)
        assert code not in kept
        assert NUMBER not in log

    async def test_a_wrong_code_says_so_and_five_of_them_end_it(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, codes: Codes
    ) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        (code,) = await codes()
        for _ in range(5):
            wrong = await mine.post(f"{PHONE}/confirm", json={"code": other_than(code)})
            assert wrong.status_code == 422
            assert wrong.json()["errors"][0]["field"] == "body.code"
        right = await mine.post(f"{PHONE}/confirm", json={"code": code})
        assert right.status_code == 409
        assert await confirmed(db, ada.id) is None

    async def test_four_wrong_codes_leave_one_try(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, codes: Codes
    ) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        (code,) = await codes()
        for _ in range(4):
            await mine.post(f"{PHONE}/confirm", json={"code": other_than(code)})
        assert (await mine.post(f"{PHONE}/confirm", json={"code": code})).status_code == 200
        assert await confirmed(db, ada.id) == NUMBER

    async def test_a_code_that_is_too_old(self, mine: httpx.AsyncClient, db: Database, codes: Codes) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        (code,) = await codes()
        await change(db, "UPDATE phone_numbers SET code_expires_at = code_expires_at - interval '10 minutes 1 second'")
        assert (await mine.get(PHONE)).json()["code_expires_at"] is None
        answer = await mine.post(f"{PHONE}/confirm", json={"code": code})
        assert answer.status_code == 409
        assert "new one" in answer.json()["detail"]

    async def test_a_code_opens_one_number_of_one_person_once(
        self, mine: httpx.AsyncClient, people: People, codes: Codes
    ) -> None:
        other = await people.client()
        await mine.put(PHONE, json={"number": NUMBER})
        await other.put(PHONE, json={"number": NUMBER})
        code, code_of_other = await codes()
        if code != code_of_other:
            assert (await other.post(f"{PHONE}/confirm", json={"code": code})).status_code == 422
        assert (await mine.post(f"{PHONE}/confirm", json={"code": code})).status_code == 200
        assert (await mine.post(f"{PHONE}/confirm", json={"code": code})).status_code == 409

    async def test_a_new_code_ends_the_one_before(self, mine: httpx.AsyncClient, codes: Codes) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        await mine.put(PHONE, json={"number": NUMBER})
        former, newest = await codes()
        if former != newest:
            assert (await mine.post(f"{PHONE}/confirm", json={"code": former})).status_code == 422
        assert (await mine.post(f"{PHONE}/confirm", json={"code": newest})).status_code == 200


class TestChanging:
    @pytest.fixture
    async def confirmed_phone(self, mine: httpx.AsyncClient, codes: Codes) -> None:
        await mine.put(PHONE, json={"number": NUMBER})
        await mine.post(f"{PHONE}/confirm", json={"code": (await codes())[-1]})

    @pytest.mark.usefixtures("confirmed_phone")
    async def test_a_new_number_needs_a_new_code_and_the_former_one_gets_nothing(
        self, mine: httpx.AsyncClient, ada: Person, db: Database, codes: Codes
    ) -> None:
        changed = await mine.put(PHONE, json={"number": "+41791234568"})
        assert changed.json()["confirmed_at"] is None
        assert await confirmed(db, ada.id) is None
        await mine.post(f"{PHONE}/confirm", json={"code": (await codes())[-1]})
        assert await confirmed(db, ada.id) == "+41791234568"

    @pytest.mark.usefixtures("confirmed_phone")
    async def test_the_number_that_is_confirmed_stays_so(self, mine: httpx.AsyncClient, codes: Codes) -> None:
        again = await mine.put(PHONE, json={"number": "+41 79 123 45 67"})
        assert again.json()["confirmed_at"]
        assert len(await codes()) == 1

    @pytest.mark.usefixtures("confirmed_phone")
    async def test_removing_it(self, mine: httpx.AsyncClient, ada: Person, db: Database) -> None:
        assert (await mine.delete(PHONE)).status_code == 204
        assert (await mine.get(PHONE)).json() == {"number": None, "confirmed_at": None, "code_expires_at": None}
        assert await confirmed(db, ada.id) is None
        assert (await mine.delete(PHONE)).status_code == 204

    @pytest.mark.usefixtures("confirmed_phone")
    async def test_each_act_leaves_one_audit_row(
        self, mine: httpx.AsyncClient, admin: httpx.AsyncClient, ada: Person
    ) -> None:
        await mine.delete(PHONE)
        await mine.delete(PHONE)
        found = (await admin.get("/api/v1/admin/audit", params={"limit": 100})).json()["items"]
        acts = [row["action"] for row in found if row["action"].startswith("phone.")]
        assert acts == ["phone.deleted", "phone.confirmed", "phone.set"]
        assert {row["subject_id"] for row in found if row["action"].startswith("phone.")} == {str(ada.id)}

    @pytest.mark.usefixtures("confirmed_phone")
    async def test_a_person_takes_it_along_and_away(self, ada: Person, db: Database) -> None:
        files = await DATA.export(db.reads, ada.id)
        assert NUMBER.encode() in files["phone.json"]
        await db.transact(lambda session: DATA.erase(session, ada.id))
        assert await confirmed(db, ada.id) is None


class TestLimits:
    async def test_three_codes_an_hour(self, mine: httpx.AsyncClient, codes: Codes) -> None:
        for _ in range(3):
            assert (await mine.put(PHONE, json={"number": NUMBER})).status_code == 200
        refused = await mine.put(PHONE, json={"number": "+41791234568"})
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert len(await codes()) == 3
        assert (await mine.get(PHONE)).json()["number"] == NUMBER

    async def test_ten_codes_a_day_to_one_number_whoever_asks(self, people: People, codes: Codes) -> None:
        answers = []
        for _ in range(6):
            one = await people.client()
            answers += [(await one.put(PHONE, json={"number": NUMBER})).status_code for _ in range(2)]
        assert answers == [200] * 10 + [429] * 2
        assert len(await codes()) == 10

    @pytest.mark.parametrize(
        "number",
        [
            "",
            "079 123 45 67",
            "0041791234567",
            "+0791234567",
            "+41 79",
            "+4179123456789012",
            "+41x791234567",
            "+41791234567;+1",
            "+" + "1" * 60,
        ],
    )
    async def test_what_is_no_number(self, mine: httpx.AsyncClient, number: str, codes: Codes) -> None:
        answer = await mine.put(PHONE, json={"number": number})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.number"
        assert await codes() == []

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６"])  # noqa: RUF001 # wide digits
    async def test_what_is_no_code(self, mine: httpx.AsyncClient, code: str) -> None:
        assert (await mine.post(f"{PHONE}/confirm", json={"code": code})).status_code == 422

    async def test_what_nobody_asked_for(self, mine: httpx.AsyncClient) -> None:
        answer = await mine.put(PHONE, json={"number": NUMBER, "confirmed_at": "2026-01-01T00:00:00Z"})
        assert answer.status_code == 422
